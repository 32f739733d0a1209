// Handshake, self-check, and one call of a function.
#include "runtime.h"

__attribute__((weak)) bool pw_requires(pw_text capability) {
  (void)capability;
  return true;
}

// The input as any JSON, which has to be an object.
static bool read_object(pw_json *to) {
  if (!pw_begin_call()) return false;
  pw_skip_blanks();
  const char *from = pw_in.at;
  if (!pw_skip_value()) return false;
  *to = (pw_json){from, pw_in.at - from};
  if (!pw_at_end(pw_input.at + pw_input.length)) return false;
  return pw_json_kind_of(*to) == PW_JSON_OBJECT || pw_refuse("expected an object");
}

static bool read_key(pw_json object, pw_text key, pw_json_kind kind, pw_json *value) {
  if (!pw_json_get(object, key, value)) pw_refuse("missing");
  else if (pw_json_kind_of(*value) != kind) pw_refuse("another kind of value than expected");
  else return true;
  return pw_at_key(key.at, key.length);
}

// ---- handshake ----

static bool is_offered(pw_json versions, uint32_t version) {
  uint64_t offered;
  for (pw_json_parts part = pw_json_begin(versions); pw_json_next(&part);)
    if (pw_json_to_u64(part.value, &offered) && offered == version) return true;
  return false;
}

static void put_chosen(const pw_function *function, pw_json offered) {
  uint32_t at = function->version_count;
  while (at > 0 && !is_offered(offered, function->versions[at - 1].version)) at--;
  if (at == 0) return;
  pw_put_string(pw_text_of(function->name));
  PW_PUT(":");
  pw_put_decimal(function->versions[at - 1].version);
}

static void put_supported(const pw_function *function, pw_json offered) {
  (void)offered;
  pw_put_string(pw_text_of(function->name));
  for (uint32_t i = 0; i < function->version_count; i++) {
    pw_put(i ? PW_TEXT(",") : PW_TEXT(":["));
    pw_put_decimal(function->versions[i].version);
  }
  PW_PUT("]");
}

static void put_name(const pw_function *function, pw_json offered) {
  (void)offered;
  pw_put_string(pw_text_of(function->name));
}

// A host knows nothing of functions that it does not offer.
static void put_each(const pw_plugin *plugin, pw_json offer, void (*put)(const pw_function *function, pw_json offered)) {
  bool is_first = true;
  for (uint32_t i = 0; i < plugin->function_count; i++) {
    pw_json offered;
    if (!pw_json_get(offer, pw_text_of(plugin->functions[i].name), &offered)) continue;
    uint32_t before = pw_out.used;
    if (!is_first) PW_PUT(",");
    uint32_t begun = pw_out.used;
    put(plugin->functions + i, offered);
    if (pw_out.used == begun) pw_out.used = before;
    else is_first = false;
  }
}

static void put_capabilities(const pw_plugin *plugin) {
  bool is_first = true;
  for (uint32_t i = 0; i < plugin->capability_count; i++) {
    pw_text capability = pw_text_of(plugin->capabilities[i]);
    if (!pw_requires(capability)) continue;
    if (!is_first) PW_PUT(",");
    is_first = false;
    pw_put_string(capability);
  }
}

int32_t pw_answer_handshake(const pw_plugin *plugin) {
  pw_json offer, versions;
  if (!read_object(&offer) || !read_key(offer, PW_TEXT("function_versions"), PW_JSON_OBJECT, &versions)) return pw_end_call("offer");
  PW_PUT("{\"handshake_schema_version\":1,\"envelope_version\":1,\"chosen_versions\":{");
  put_each(plugin, versions, put_chosen);
  PW_PUT("},\"plugin_supported\":{");
  put_each(plugin, versions, put_supported);
  PW_PUT("},\"implemented_functions\":[");
  put_each(plugin, versions, put_name);
  PW_PUT("],\"required_capabilities\":[");
  put_capabilities(plugin);
  PW_PUT("]}");
  return pw_end_call("offer");
}

// ---- self-check ----

// A sample has to be the same after it was read and written.
static bool survives(const pw_type *type, const char *sample, const char *root, pw_text *why) {
  pw_writer response = pw_out;
  pw_out = (pw_writer){0};
  pw_in = (pw_reader){sample, 0};
  pw_text text = pw_text_of(sample);
  void *value = pw_try_allocate(type->size);
  bool is_same = value && pw_decode(type, value) && pw_encode(type, value);
  if (is_same && !pw_equals((pw_text){pw_out.at, pw_out.used}, text)) is_same = pw_refuse("the sample changes when it is read and written");
  if (!is_same) *why = PW_CONCAT(pw_failure(root));
  pw_forget_failure();
  pw_out = response;
  return is_same;
}

static bool is_sound(const pw_function *function, pw_text *why) {
  for (uint32_t i = 0; i < function->version_count; i++) {
    const pw_version *version = function->versions + i;
    if (!survives(version->request, version->sample_request, "request", why)) return false;
    if (!survives(version->response, version->sample_response, "response", why)) return false;
  }
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
  if (!read_object(&request) || !read_key(request, PW_TEXT("functions_to_test"), PW_JSON_LIST, &names) ||
      !read_key(request, PW_TEXT("initiated_at"), PW_JSON_NUMBER, &time)) return pw_end_call("request");
  if (!pw_json_to_u64(time, &initiated_at) || initiated_at == 0) {
    pw_refuse("expected a positive integer");
    pw_at_key("initiated_at", 12);
  }
  PW_PUT("{\"failures\":[");
  for (pw_json_parts part = pw_json_begin(names); pw_json_next(&part) && !pw_has_failed();) {
    pw_text name, why;
    if (!pw_json_to_text(part.value, &name)) {
      pw_refuse("expected names");
      pw_at_key("functions_to_test", 17);
      break;
    }
    const pw_function *function = find_function(plugin, name);
    // A host may ask for functions that this plugin does not have.
    if (!function || is_sound(function, &why)) continue;
    if (has_failures) PW_PUT(",");
    has_failures = true;
    PW_PUT("{\"stage\":\"wire_function_test\",\"message\":");
    pw_put_string(PW_CONCAT(name, PW_TEXT(": "), why));
    PW_PUT("}");
  }
  pw_put(has_failures ? PW_TEXT("],\"status\":\"failure\"") : PW_TEXT("],\"status\":\"success\""));
  // A plugin without a clock knows no later time than the one that it was told.
  PW_PUT(",\"completed_at\":");
  pw_put_decimal(initiated_at);
  PW_PUT("}");
  return pw_end_call("request");
}

// ---- a call ----

// Hosts write the version last: `…,"_v":2}`. The decoder checks it all the same. 0 if it is not there.
static uint64_t last_version(void) {
  const char *at = pw_input.at + pw_input.length - 1, *start = pw_input.at;
  if (at <= start || *at != '}') return 0;
  uint64_t version = 0, scale = 1;
  for (at--; at > start && *at >= '0' && *at <= '9' && scale < 1000000; at--, scale *= 10) version += (*at - '0') * scale;
  if (at - start < 5 || *at != ':' || at[-1] != '"' || at[-2] != 'v' || at[-3] != '_' || at[-4] != '"') return 0;
  return at[-5] == ',' || at[-5] == '{' ? version : 0;
}

static uint64_t find_version(void) {
  uint64_t version = last_version();
  if (version) return version;
  pw_reader start = pw_in;
  const char *from = pw_in.at;
  pw_json found;
  if (pw_skip_value() && pw_json_get((pw_json){from, pw_in.at - from}, PW_TEXT("_v"), &found) &&
      pw_json_kind_of(found) == PW_JSON_NUMBER) pw_json_to_u64(found, &version);
  pw_in = start;
  return version;
}

static const pw_version *choose_version(const pw_function *function) {
  if (function->version_count == 1) return function->versions;
  uint64_t wanted = find_version();
  for (uint32_t i = 0; i < function->version_count; i++)
    if (function->versions[i].version == wanted) return function->versions + i;
  if (!pw_has_failed()) pw_refuse("no version of this function"), pw_at_key("_v", 2);
  return NULL;
}

int32_t pw_answer(const pw_function *function) {
  if (!pw_begin_call()) return pw_end_call("request");
  pw_skip_blanks();
  const pw_version *version = choose_version(function);
  void *request = version ? pw_try_allocate(version->request->size) : NULL;
  if (!request || !pw_decode_message(version->request, request, version->version) ||
      !pw_at_end(pw_input.at + pw_input.length)) return pw_end_call("request");
  void *response = pw_try_allocate(version->response->size);
  if (!response) return pw_end_call("response");
  __builtin_memset(response, 0, version->response->size);
  if (!version->handle(request, response)) pw_fail("the handler failed and did not say why");
  else if (!pw_has_failed()) pw_encode_message(version->response, response, version->version);
  return pw_end_call("response");
}
