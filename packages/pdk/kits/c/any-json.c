// The codecs of any JSON value and any JSON object. They keep the bytes unchanged.
#include "runtime.h"

static bool read_json(const pw_type *type, void *to, uint32_t version) {
  (void)type, (void)version;
  const char *from = pw_in.at;
  if (!pw_skip_value()) return false;
  *(pw_json *)to = (pw_json){from, pw_in.at - from};
  return true;
}

static bool read_object(const pw_type *type, void *to, uint32_t version) {
  return *pw_in.at == '{' ? read_json(type, to, version) : pw_refuse("expected an object");
}

// JSON that is part of the request was already checked. Other JSON is checked in the output, where a zero byte can be added.
static bool write_json(const pw_type *type, const void *from) {
  (void)type;
  pw_json value = *(const pw_json *)from;
  if (value.length == 0) return pw_refuse("no JSON was set");
  uint32_t start = pw_out.used;
  if (!pw_make_room(value.length + 8) || !pw_put(value.at, value.length)) return false;
  if (value.at >= pw_input.at && value.at + value.length <= pw_input.at + pw_input.length) return true;
  const char *end = pw_out.at + pw_out.used;
  __builtin_memset(pw_out.at + pw_out.used, 0, 8);
  pw_in = (pw_reader){pw_out.at + start, 0};
  return pw_skip_value() && pw_at_end(end);
}

static bool write_object(const pw_type *type, const void *from) {
  const pw_json *value = from;
  return value->length == 0 || *value->at == '{' ? write_json(type, from) : pw_refuse("expected an object");
}

const pw_codec pw_any_json = {read_json, write_json};
const pw_codec pw_any_object = {read_object, write_object};
