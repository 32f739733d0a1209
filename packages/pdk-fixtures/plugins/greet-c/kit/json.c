// Reads any JSON from its text. Nothing here fails a call.
#include "runtime.h"

pw_json_kind pw_json_kind_of(pw_json value) {
  switch (value.length ? *value.at : 0) {
    case '{': return PW_JSON_OBJECT;
    case '[': return PW_JSON_LIST;
    case '"': return PW_JSON_STRING;
    case 't':
    case 'f': return PW_JSON_BOOLEAN;
    case 'n': return PW_JSON_NULL;
    default: return PW_JSON_NUMBER;
  }
}

static bool begin(pw_json value, pw_json_kind kind) {
  pw_in = (pw_reader){value.at, 0};
  return value.length && pw_json_kind_of(value) == kind;
}

bool pw_json_to_bool(pw_json value, bool *result) {
  *result = value.length && *value.at == 't';
  return begin(value, PW_JSON_BOOLEAN);
}

bool pw_json_to_text(pw_json value, pw_text *result) { return begin(value, PW_JSON_STRING) && pw_read_string(result); }

bool pw_json_to_number(pw_json value, double *result) {
  if (!begin(value, PW_JSON_NUMBER)) return false;
  *result = pw_parse_double(value.at, value.at + value.length);
  return *result - *result == 0;
}

static bool to_magnitude(pw_json value, uint64_t *magnitude, bool *is_negative) {
  bool had_failed = pw_has_failed();
  bool is_read = begin(value, PW_JSON_NUMBER) && pw_read_magnitude(magnitude, is_negative);
  if (!had_failed) pw_forget_failure();
  return is_read;
}

bool pw_json_to_u64(pw_json value, uint64_t *result) {
  bool is_negative;
  return to_magnitude(value, result, &is_negative) && (!is_negative || *result == 0);
}

bool pw_json_to_i64(pw_json value, int64_t *result) {
  uint64_t magnitude;
  bool is_negative;
  if (!to_magnitude(value, &magnitude, &is_negative) || magnitude > INT64_MAX + (uint64_t)is_negative) return false;
  *result = is_negative ? -magnitude : magnitude;
  return true;
}

pw_json_parts pw_json_begin(pw_json container) {
  pw_json_parts parts = {.is_object = pw_json_kind_of(container) == PW_JSON_OBJECT};
  if (!parts.is_object && pw_json_kind_of(container) != PW_JSON_LIST) return parts;
  bool is_empty;
  pw_in = (pw_reader){container.at, 0};
  pw_open(*container.at, parts.is_object ? '}' : ']', &is_empty);
  if (!is_empty) parts.next = pw_in.at;
  return parts;
}

bool pw_json_next(pw_json_parts *parts) {
  bool is_last;
  if (!parts->next) return false;
  pw_in = (pw_reader){parts->next, 0};
  if (parts->is_object && !pw_read_key(&parts->key)) return false;
  const char *from = pw_in.at;
  if (!pw_skip_value()) return false;
  parts->value = (pw_json){from, pw_in.at - from};
  if (!pw_next_part(parts->is_object ? '}' : ']', &is_last)) return false;
  parts->next = is_last ? NULL : pw_in.at;
  return true;
}

bool pw_json_get(pw_json object, pw_text key, pw_json *value) {
  pw_json_parts part = pw_json_begin(object);
  while (part.is_object && pw_json_next(&part)) {
    *value = part.value;
    if (pw_equals(part.key, key)) return true;
  }
  return false;
}

bool pw_json_parse(pw_text from, pw_json *value) {
  bool had_failed = pw_has_failed();
  char *to = pw_allocate((size_t)from.length + 8);
  __builtin_memcpy(to, from.at, from.length);
  pw_in = (pw_reader){to, 0};
  pw_skip_blanks();
  const char *start = pw_in.at;
  bool is_read = pw_skip_value();
  *value = (pw_json){start, pw_in.at - start};
  is_read = is_read && pw_at_end(to + from.length);
  if (!had_failed) pw_forget_failure();
  return is_read;
}

pw_json pw_json_of_text(pw_text text) {
  pw_writer response = pw_out;
  pw_out = (pw_writer){0};
  pw_put_string(text.at, text.length);
  pw_json written = {pw_out.at, pw_out.used};
  pw_out = response;
  return written;
}
