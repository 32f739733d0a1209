// The self-check: each sample of the contract is read and written.
#include "runtime.h"

// A sample has to be the same after it was read and written.
static bool survives(const pw_type *type, const char *sample) {
  pw_writer response = pw_out;
  pw_out = (pw_writer){0};
  pw_in = (pw_reader){sample, 0};
  void *value = pw_try_allocate(type->size);
  bool is_same = value && type->codec->read(type, value, 0) && type->codec->write(type, value);
  const pw_text written = {pw_out.at, pw_out.used};
  is_same = is_same && pw_is_key(sample, pw_text_of(sample).length, &written);
  pw_forget_failure();
  pw_out = response;
  return is_same;
}

static bool is_sound(const pw_function *function) {
  const pw_version *end = function->versions + function->version_count;
  for (const pw_version *version = function->versions; version < end; version++)
    if (!survives(version->request, version->sample_request) || !survives(version->response, version->sample_response)) return false;
  return true;
}

static const pw_function *find_function(const pw_plugin *plugin, pw_text name) {
  for (uint32_t i = 0; i < plugin->function_count; i++)
    if (pw_equals(pw_text_of(plugin->functions[i].name), name)) return plugin->functions + i;
  return NULL;
}

int32_t pw_answer_self_check(const pw_plugin *plugin) {
  pw_json request, names, time;
  uint64_t initiated_at;
  bool has_failures = false;
  if (!pw_read_input_object(&request) || !pw_take(request, "functions_to_test", PW_JSON_LIST, &names) ||
      !pw_take(request, "initiated_at", PW_JSON_NUMBER, &time)) return pw_end_call("request");
  if (!pw_json_to_u64(time, &initiated_at) || initiated_at == 0) {
    pw_refuse("expected a positive integer");
    pw_at_key("initiated_at", 12);
  }
  PW_PUT("{\"failures\":[");
  for (pw_json_parts part = pw_json_begin(names); pw_json_next(&part) && !pw_has_failed();) {
    pw_text name;
    if (!pw_json_to_text(part.value, &name)) {
      pw_refuse("expected names");
      pw_at_key("functions_to_test", 17);
      break;
    }
    const pw_function *function = find_function(plugin, name);
    // A host may ask for functions that this plugin does not have.
    if (!function || is_sound(function)) continue;
    if (has_failures) PW_PUT(",");
    has_failures = true;
    PW_PUT("{\"stage\":\"wire_function_test\",\"message\":\"a sample changes when it is read and written, of ");
    pw_put(name.at, name.length);
    PW_PUT("\"}");
  }
  has_failures ? PW_PUT("],\"status\":\"failure") : PW_PUT("],\"status\":\"success");
  // A plugin without a clock knows no later time than the one that it was told.
  PW_PUT("\",\"completed_at\":");
  pw_put_decimal(initiated_at);
  PW_PUT("}");
  return pw_end_call("request");
}
