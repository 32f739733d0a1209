// The codec of objects. They have exactly the keys of the contract, each once.
#include "runtime.h"

#define ENVELOPE_KEY "_v"
#define BITS 32

bool pw_is_key(const char *key, uint32_t length, const pw_text *read) {
  if (read->length != length) return false;
  for (uint32_t i = 0; i < length; i++)
    if (read->at[i] != key[i]) return false;
  return true;
}

// ---- reading ----

static bool read_field(const pw_field *field, char *object) {
  void *to = object + field->offset;
  if (field->presence == PW_OPTIONAL_FLAG) object[field->flag_offset] = true;
  bool is_read = field->presence == PW_OPTIONAL ? pw_read_boxed(field->type, to, 0) : field->type->codec->read(field->type, to, 0);
  return is_read || pw_at_key(field->key, field->key_length);
}

// Sets the value of a missing key.
static bool leave_out(const pw_field *field, char *object) {
  if (field->presence == PW_REQUIRED) return pw_refuse("missing"), pw_at_key(field->key, field->key_length);
  if (field->presence == PW_DEFAULTED) {
    pw_reader reader = pw_in;
    pw_in.at = field->default_json;
    bool is_read = read_field(field, object);
    pw_in = reader;
    return is_read;
  }
  if (field->presence == PW_OPTIONAL_FLAG) object[field->flag_offset] = false;
  *(void **)(object + field->offset) = NULL;
  return true;
}

static bool read_version(uint32_t version, bool *is_seen) {
  uint64_t read;
  bool is_negative;
  if (*is_seen) pw_refuse("there twice");
  else if (pw_read_magnitude(&read, &is_negative) && (is_negative || read != version)) pw_refuse("another version than this function has");
  *is_seen = true;
  return !pw_has_failed() || pw_at_key(ENVELOPE_KEY, 2);
}

bool pw_read_object(const pw_type *type, void *to, uint32_t version) {
  const pw_field *fields = type->parts;
  uint32_t few[2] = {0}, *seen = few, count = type->count, found = 0, next = 0;
  bool is_last, has_version = !version;
  if (!pw_open('{', '}', &is_last)) return false;
  if (count > 2 * BITS) {
    uint32_t bytes = (count + BITS - 1) / BITS * sizeof *seen;
    seen = pw_try_allocate(bytes);
    if (!seen) return false;
    __builtin_memset(seen, 0, bytes);
  }
  while (!is_last) {
    pw_text key;
    if (!pw_read_key(&key)) return false;
    // Keys usually come in the order of the contract.
    uint32_t left = count;
    for (; left; left--, next++) {
      if (next >= count) next = 0;
      if (pw_is_key(fields[next].key, fields[next].key_length, &key)) break;
    }
    if (left) {
      const pw_field *field = fields + next;
      uint32_t *word = seen + next / BITS, bit = 1u << next % BITS;
      if (*word & bit) return pw_refuse("there twice"), pw_at_key(field->key, field->key_length);
      *word |= bit;
      found++;
      next++;
      if (!read_field(field, to)) return false;
    } else if (!version || !pw_is_key(ENVELOPE_KEY, 2, &key)) return pw_refuse("an unknown key");
    else if (!read_version(version, &has_version)) return false;
    if (!pw_next_part('}', &is_last)) return false;
  }
  if (!has_version) return pw_refuse("missing"), pw_at_key(ENVELOPE_KEY, 2);
  for (uint32_t i = 0; i < count && found < count; i++)
    if (!(seen[i / BITS] & 1u << i % BITS) && !leave_out(fields + i, to)) return false;
  return true;
}

// ---- writing ----

static bool write_key(const pw_field *field, bool is_first) {
  uint32_t length = field->key_length;
  if (field->is_escaped) return (is_first || PW_PUT(",")) && pw_put_string(field->key, length) && PW_PUT(":");
  if (!pw_make_room(length + 12)) return false;
  char *to = pw_out.at + pw_out.used;
  if (!is_first) *to++ = ',';
  *to++ = '"';
  pw_copy(to, field->key, length);
  to += length;
  *to++ = '"';
  *to++ = ':';
  pw_out.used = to - pw_out.at;
  return true;
}

static bool is_left_out(const pw_field *field, const char *object) {
  if (field->presence == PW_OPTIONAL) return !*(const void *const *)(object + field->offset);
  return field->presence == PW_OPTIONAL_FLAG && !object[field->flag_offset];
}

static bool write_object(const pw_type *type, const void *from) {
  const pw_field *fields = type->parts;
  bool is_first = true;
  if (!PW_PUT("{")) return false;
  for (uint32_t i = 0; i < type->count; i++) {
    const pw_field *field = fields + i;
    if (is_left_out(field, from)) continue;
    const void *value = (const char *)from + field->offset;
    if (field->presence == PW_OPTIONAL) value = *(const void *const *)value;
    if (!write_key(field, is_first)) return false;
    is_first = false;
    if (!field->type->codec->write(field->type, value)) return pw_at_key(field->key, field->key_length);
  }
  return PW_PUT("}");
}

const pw_codec pw_object = {pw_read_object, write_object};
