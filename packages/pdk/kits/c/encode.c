// Writes messages by the tables of the contract's types, as JSON.stringify would. Each writer is false, with a failure, for what the
// contract does not have; on the way back each adds its step to the place.
#include "runtime.h"

static bool write_integer(const pw_type *type, const void *from) {
  uint64_t bits = type->size == 8 ? *(const uint64_t *)from
                  : type->kind == PW_I32 ? (uint64_t)(int64_t)*(const int32_t *)from
                                         : *(const uint32_t *)from;
  if (!pw_is_in_range(type, bits)) return pw_refuse("out of range");
  if ((type->kind == PW_I32 || type->kind == PW_I64) && bits >> 63) return PW_PUT("-") && pw_put_decimal(-bits);
  return pw_put_decimal(bits);
}

static bool write_number(const pw_type *type, double value) {
  if (value - value != 0) return pw_refuse("not a finite number");
  if (!pw_fits_number(type->parts, value)) return pw_refuse("out of range");
  if (!pw_make_room(32)) return false;
  pw_out.used += pw_print_double(pw_out.at + pw_out.used, value);
  return true;
}

// What lies in the request was checked when that was read. The rest is checked where it is written, since a zero ends it there.
static bool write_json(bool is_object, pw_json value) {
  if (value.length == 0) return pw_refuse("no JSON was set");
  if (is_object && *value.at != '{') return pw_refuse("expected an object");
  bool is_checked = value.at >= pw_input.at && value.at + value.length <= pw_input.at + pw_input.length;
  uint32_t start = pw_out.used;
  if (!pw_make_room(value.length + 8) || !pw_put((pw_text){value.at, value.length})) return false;
  if (is_checked) return true;
  __builtin_memset(pw_out.at + pw_out.used, 0, 8);
  // Reading may need memory behind the output, which then moves when it grows.
  pw_in = (pw_reader){pw_out.at + start, 0};
  const char *end = pw_out.at + pw_out.used;
  return pw_skip_value() && pw_at_end(end);
}

static bool write_scalar(const pw_scalar *scalar) {
  pw_text text = {scalar->text, scalar->length};
  return scalar->kind == PW_JSON_STRING ? pw_put_string(text) : pw_put(text);
}

static bool write_enum(const pw_type *type, uint32_t index) {
  const pw_scalar *values = type->parts;
  return index < type->count ? write_scalar(values + index) : pw_refuse("no value of the enum");
}

typedef struct {
  const char *at;
  uint32_t length;
} parts;

static bool write_elements(const pw_type *element, const parts *from, uint32_t first) {
  for (uint32_t i = 0; i < from->length; i++) {
    if ((first + i) && !PW_PUT(",")) return false;
    if (!pw_encode(element, from->at + i * element->size)) return pw_at_index(first + i);
  }
  return true;
}

static bool write_map(const pw_type *type, const parts *from) {
  const pw_map *map = type->parts;
  pw_text *keys = pw_try_allocate((uint64_t)from->length * sizeof *keys);
  if (!keys || !PW_PUT("{")) return false;
  for (uint32_t i = 0; i < from->length; i++) {
    const char *entry = from->at + i * map->entry_size;
    pw_text key = keys[i] = *(const pw_text *)entry;
    uint32_t known = 0;
    while (known < type->count && !pw_equals(key, (pw_text){map->keys[known].text, map->keys[known].length})) known++;
    if (type->count && known == type->count) return pw_refuse("an unknown key");
    if ((i && !PW_PUT(",")) || !pw_put_string(key) || !PW_PUT(":")) return false;
    if (!pw_encode(map->value, entry + map->value_offset)) return pw_at_key("*", 1);
  }
  if (!pw_are_distinct(keys, from->length)) return false;
  if (map->is_complete && from->length < type->count) return pw_refuse("a key is missing");
  return PW_PUT("}");
}

static bool write_key(const pw_field *field, bool is_first) {
  pw_text key = {field->key, field->key_length};
  if (field->is_escaped) return (is_first || PW_PUT(",")) && pw_put_string(key) && PW_PUT(":");
  if (!pw_make_room(key.length + 12)) return false;
  char *to = pw_out.at + pw_out.used;
  if (!is_first) *to++ = ',';
  *to++ = '"';
  pw_copy(to, key.at, key.length);
  to += key.length;
  *to++ = '"';
  *to++ = ':';
  pw_out.used = to - pw_out.at;
  return true;
}

static bool write_field(const pw_field *field, const char *object, bool *is_first) {
  const void *from = object + field->offset;
  if (field->presence == PW_OPTIONAL && !(from = *(const void *const *)from)) return true;
  if (field->presence == PW_OPTIONAL_FLAG && !object[field->flag_offset]) return true;
  if (!write_key(field, *is_first)) return false;
  *is_first = false;
  return pw_encode(field->type, from);
}

static bool write_struct(const pw_type *type, const char *from) {
  const pw_field *fields = type->parts;
  bool is_first = true;
  if (!PW_PUT("{")) return false;
  for (uint32_t i = 0; i < type->count; i++)
    if (!write_field(fields + i, from, &is_first)) return pw_at_key(fields[i].key, fields[i].key_length);
  return PW_PUT("}");
}

static bool write_tuple(const pw_type *type, const char *from) {
  const pw_tuple *tuple = type->parts;
  if (!PW_PUT("[")) return false;
  for (uint32_t i = 0; i < type->count; i++) {
    if (i && !PW_PUT(",")) return false;
    if (!pw_encode(tuple->items[i].type, from + tuple->items[i].offset)) return pw_at_index(i);
  }
  if (tuple->rest && !write_elements(tuple->rest, (const parts *)(from + tuple->rest_offset), type->count)) return false;
  return PW_PUT("]");
}

static bool write_union(const pw_type *type, const char *from) {
  const pw_union *options = type->parts;
  uint32_t chosen = *(const uint32_t *)from;
  if (chosen >= type->count) return pw_refuse("no option of the union");
  return pw_encode(options->options[chosen].type, from + options->content_offset);
}

bool pw_encode(const pw_type *type, const void *from) {
  const void *inner;
  switch (type->kind) {
    case PW_STRING: return pw_put_string(*(const pw_text *)from);
    case PW_BOOL: return *(const bool *)from ? PW_PUT("true") : PW_PUT("false");
    case PW_NULL: return PW_PUT("null");
    case PW_ANY_JSON: return write_json(false, *(const pw_json *)from);
    case PW_ANY_OBJECT: return write_json(true, *(const pw_json *)from);
    case PW_I32:
    case PW_U32:
    case PW_I64:
    case PW_U64: return write_integer(type, from);
    case PW_NUMBER: return write_number(type, *(const double *)from);
    case PW_CONSTANT: return write_scalar(type->parts);
    case PW_ENUM: return write_enum(type, *(const uint32_t *)from);
    case PW_LIST: return PW_PUT("[") && write_elements(type->parts, from, 0) && PW_PUT("]");
    case PW_MAP: return write_map(type, from);
    case PW_NULLABLE:
    case PW_BOXED:
      inner = *(const void *const *)from;
      if (inner) return pw_encode(type->parts, inner);
      return type->kind == PW_NULLABLE ? PW_PUT("null") : pw_refuse("was not set");
    case PW_STRUCT: return write_struct(type, from);
    case PW_TUPLE: return write_tuple(type, from);
    default: return write_union(type, from);
  }
}

// With the version as the first key.
bool pw_encode_message(const pw_type *type, const void *from, uint32_t version) {
  if (!PW_PUT("{\"_v\":") || !pw_put_decimal(version)) return false;
  uint32_t brace = pw_out.used;
  if (!pw_encode(type, from)) return false;
  if (pw_out.at[brace] != '{') return pw_refuse("expected an object");
  if (pw_out.used - brace > 2) pw_out.at[brace] = ',';
  else {
    pw_out.at[brace] = '}';
    pw_out.used--;
  }
  return true;
}
