// The codecs of enums and constants. They compare scalars with those of a table.
#include "runtime.h"

static bool is_scalar(const pw_scalar *scalar, pw_json_kind kind, const pw_text *read) {
  if (kind != scalar->kind) return false;
  if (pw_is_key(scalar->text, scalar->length, read)) return true;
  return scalar->is_equal && scalar->is_equal(*read, (pw_text){scalar->text, scalar->length});
}

bool pw_find_scalar(const pw_scalar *scalars, uint32_t count, uint32_t *index) {
  const char *from = pw_in.at;
  pw_json_kind kind = pw_json_kind_of((pw_json){from, 1});
  pw_text read;
  if (kind == PW_JSON_STRING) {
    if (!pw_read_string(&read)) return false;
  } else {
    if (!pw_skip_value()) return false;
    read = (pw_text){from, pw_in.at - from};
  }
  for (*index = 0; *index < count; ++*index)
    if (is_scalar(scalars + *index, kind, &read)) return true;
  return pw_refuse("not one of the values that are expected here");
}

static bool write_scalar(const pw_scalar *scalar) {
  return scalar->kind == PW_JSON_STRING ? pw_put_string(scalar->text, scalar->length) : pw_put(scalar->text, scalar->length);
}

static bool read_enum(const pw_type *type, void *to, uint32_t version) {
  (void)version;
  return pw_find_scalar(type->parts, type->count, to);
}

static bool write_enum(const pw_type *type, const void *from) {
  uint32_t index = *(const uint32_t *)from;
  return index < type->count ? write_scalar((const pw_scalar *)type->parts + index) : pw_refuse("not a value of the enum");
}

// A constant is not stored in memory.
static bool read_constant(const pw_type *type, void *to, uint32_t version) {
  uint32_t index;
  (void)to, (void)version;
  return pw_find_scalar(type->parts, 1, &index);
}

static bool write_constant(const pw_type *type, const void *from) {
  (void)from;
  return write_scalar(type->parts);
}

const pw_codec pw_enum = {read_enum, write_enum};
const pw_codec pw_constant = {read_constant, write_constant};
