// The self-check: reads and writes each sample of the contract.
#include "runtime.h"

#define MOST_FUNCTIONS 16

// ---- the request ----

typedef struct {
  uint64_t initiated_at;
  pw_elements names;
} self_check;

static const pw_codec read_integer = {pw_read_integer, NULL}, read_list = {pw_read_list, NULL}, read_object = {pw_read_object, NULL};
static const pw_integer_range positive = {1, INT64_MAX, true};
static const pw_type time_type = {&read_integer, &positive, sizeof(uint64_t), 0};
static const pw_type name_type = {&pw_string, NULL, sizeof(pw_text), 0};
static const pw_type names_type = {&read_list, &name_type, sizeof(pw_elements), 0};
static const pw_field self_check_fields[] = {
  {.key = "functions_to_test", .key_length = 17, .type = &names_type, .offset = offsetof(self_check, names)},
  {.key = "initiated_at", .key_length = 12, .type = &time_type, .offset = offsetof(self_check, initiated_at)},
};
static const pw_type self_check_type = {&read_object, self_check_fields, sizeof(self_check), 2};

// ---- the response ----

// Reading and writing a sample must give the same text.
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

static const pw_function *find_function(const pw_plugin *plugin, const pw_text *name) {
  for (uint32_t i = 0; i < plugin->function_count; i++) {
    const char *own = plugin->functions[i].name;
    if (pw_is_key(own, pw_text_of(own).length, name)) return plugin->functions + i;
  }
  return NULL;
}

int32_t pw_answer_self_check(const pw_plugin *plugin) {
  self_check asked;
  bool has_failures = false;
  if (!pw_begin_call() || !pw_read_input(&self_check_type, &asked, 0)) return pw_end_call("request");
  if (asked.names.length < 1 || asked.names.length > MOST_FUNCTIONS) pw_refuse("expected 1 to 16 functions_to_test");
  PW_PUT("{\"failures\":[");
  const pw_text *name = (const pw_text *)asked.names.at;
  for (uint32_t i = 0; i < asked.names.length && !pw_has_failed(); i++, name++) {
    const pw_function *function = find_function(plugin, name);
    // A host may ask for functions that this plugin does not have.
    if (!function || is_sound(function)) continue;
    if (has_failures) PW_PUT(",");
    has_failures = true;
    PW_PUT("{\"stage\":\"wire_function_test\",\"message\":\"a sample changes when it is read and written, of ");
    pw_put(name->at, name->length);
    PW_PUT("\"}");
  }
  has_failures ? PW_PUT("],\"status\":\"failure") : PW_PUT("],\"status\":\"success");
  // Without a clock, the only time that a plugin has is that of the request.
  PW_PUT("\",\"completed_at\":");
  pw_put_decimal(asked.initiated_at);
  PW_PUT("}");
  return pw_end_call("request");
}
