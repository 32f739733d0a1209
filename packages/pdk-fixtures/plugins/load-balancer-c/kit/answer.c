// Answers a call of a function: finds the version, reads the request, calls the handler, writes the response.
#include "runtime.h"

// Hosts write the version last: `…,"_v":2}`. The decoder checks it again. Returns 0 if it is not there.
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

// The version is the first key.
static bool write_message(const pw_type *type, const void *from, uint32_t version) {
  if (!PW_PUT("{\"_v\":") || !pw_put_decimal(version)) return false;
  uint32_t brace = pw_out.used;
  if (!type->codec->write(type, from)) return false;
  bool is_empty = pw_out.used - brace == 2;
  pw_out.at[brace] = is_empty ? '}' : ',';
  pw_out.used -= is_empty;
  return true;
}

bool pw_read_input(const pw_type *type, void *to, uint32_t version) {
  pw_skip_blanks();
  return type->codec->read(type, to, version) && pw_at_end(pw_input.at + pw_input.length);
}

int32_t pw_answer(const pw_function *function) {
  if (!pw_begin_call()) return pw_end_call("request");
  pw_skip_blanks();
  const pw_version *version = choose_version(function);
  void *request = version ? pw_try_allocate(version->request->size) : NULL;
  if (!request || !pw_read_input(version->request, request, version->version)) return pw_end_call("request");
  void *response = pw_try_allocate(version->response->size);
  if (!response) return pw_end_call("response");
  __builtin_memset(response, 0, version->response->size);
  if (!version->handle(request, response)) pw_fail("the handler failed and did not say why");
  else if (!pw_has_failed()) write_message(version->response, response, version->version);
  return pw_end_call("response");
}
