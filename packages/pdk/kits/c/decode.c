// Reads messages by the tables of the contract's types. Each reader is false, with a failure, for what does not fit; on the way back each
// adds its step to the place.
#include "runtime.h"

#define ENVELOPE_KEY "_v"

static bool is_key(const char *key, uint32_t length, pw_text read) {
  if (read.length != length) return false;
  for (uint32_t i = 0; i < length; i++)
    if (read.at[i] != key[i]) return false;
  return true;
}

// ---- scalars ----

// Digits of a whole number, up to UINT64_MAX; false if there are more. One that is written with a point or an exponent has to be whole,
// and small enough to be exact.
bool pw_read_magnitude(uint64_t *magnitude, bool *is_negative) {
  const char *from = pw_in.at;
  bool is_whole;
  if ((*from < '0' || *from > '9') && *from != '-') return pw_refuse("expected an integer");
  if (!pw_skip_number(&is_whole)) return false;
  *is_negative = *from == '-';
  if (is_whole) {
    *magnitude = 0;
    for (const char *at = from + *is_negative; at < pw_in.at; at++) {
      uint32_t digit = *at - '0';
      if (*magnitude > UINT64_MAX / 10 || (*magnitude == UINT64_MAX / 10 && digit > 5)) return pw_refuse("out of range");
      *magnitude = *magnitude * 10 + digit;
    }
    return true;
  }
  double value = pw_parse_double(from, pw_in.at);
  if (value < 0) value = -value;
  if (value > 9007199254740992.0) return pw_refuse("out of range");
  *magnitude = value;
  return (double)*magnitude == value || pw_refuse("expected an integer");
}

static bool is_signed(const pw_type *type) { return type->kind == PW_I32 || type->kind == PW_I64; }

bool pw_is_in_range(const pw_type *type, uint64_t bits) {
  const pw_integer_range *range = type->parts;
  if (is_signed(type)) return (int64_t)bits >= (int64_t)range->minimum && (int64_t)bits <= (int64_t)range->maximum;
  return bits >= range->minimum && bits <= range->maximum;
}

static bool read_integer(const pw_type *type, void *to) {
  uint64_t bits;
  bool is_negative;
  if (!pw_read_magnitude(&bits, &is_negative)) return false;
  if (is_negative && bits) {
    if (!is_signed(type) || bits > 1ull << 63) return pw_refuse("out of range");
    bits = -bits;
  } else if (is_signed(type) && bits >> 63) return pw_refuse("out of range");
  if (!pw_is_in_range(type, bits)) return pw_refuse("out of range");
  if (type->size == 4) *(uint32_t *)to = bits;
  else *(uint64_t *)to = bits;
  return true;
}

bool pw_fits_number(const pw_number_range *range, double value) {
  if (range->is_minimum_excluded ? !(value > range->minimum) : !(value >= range->minimum)) return false;
  return range->is_maximum_excluded ? value < range->maximum : value <= range->maximum;
}

static bool read_number(const pw_type *type, double *to) {
  const char *from = pw_in.at;
  bool is_whole;
  if ((*from < '0' || *from > '9') && *from != '-') return pw_refuse("expected a number");
  if (!pw_skip_number(&is_whole)) return false;
  *to = pw_parse_double(from, pw_in.at);
  if (*to - *to != 0) return pw_refuse("too large for a number");
  return pw_fits_number(type->parts, *to) || pw_refuse("out of range");
}

static bool read_bool(bool *to) {
  *to = *pw_in.at == 't';
  if (!*to && *pw_in.at != 'f') return pw_refuse("expected a boolean");
  return pw_skip_value();
}

static bool read_null(void) { return *pw_in.at == 'n' ? pw_skip_value() : pw_refuse("expected null"); }

static bool read_json(bool is_object, pw_json *to) {
  const char *from = pw_in.at;
  if (is_object && *from != '{') return pw_refuse("expected an object");
  if (!pw_skip_value()) return false;
  *to = (pw_json){from, pw_in.at - from};
  return true;
}

// A scalar that is compared with those of a table: the text of a string, the JSON of any other.
typedef struct {
  pw_json_kind kind;
  pw_text text;
} scalar;

static bool read_scalar(scalar *to) {
  const char *from = pw_in.at;
  to->kind = pw_json_kind_of((pw_json){from, 1});
  if (to->kind == PW_JSON_STRING) return pw_read_string(&to->text);
  if (to->kind == PW_JSON_LIST || to->kind == PW_JSON_OBJECT) return pw_refuse("no value that is expected here");
  if (!pw_skip_value()) return false;
  to->text = (pw_text){from, pw_in.at - from};
  return true;
}

static bool is_scalar(const scalar *read, const pw_scalar *wanted) {
  if (read->kind != wanted->kind) return false;
  if (is_key(wanted->text, wanted->length, read->text)) return true;
  if (read->kind != PW_JSON_NUMBER) return false;
  return pw_parse_double(read->text.at, read->text.at + read->text.length) ==
         pw_parse_double(wanted->text, wanted->text + wanted->length);
}

static bool find_scalar(const pw_scalar *wanted, uint32_t count, uint32_t *index) {
  scalar read;
  if (!read_scalar(&read)) return false;
  for (*index = 0; *index < count; ++*index)
    if (is_scalar(&read, wanted + *index)) return true;
  return pw_refuse("no value that is expected here");
}

// ---- lists and maps ----

// How lists and maps lie in memory.
typedef struct {
  char *at;
  uint32_t length;
} parts;

static char *next_place(parts *to, uint32_t *room, uint32_t size) {
  if (to->length == *room) {
    uint32_t more = *room ? 2 * *room : 4;
    char *at = pw_try_grow(to->at, *room * size, (uint64_t)more * size);
    if (!at) return NULL;
    to->at = at;
    *room = more;
  }
  return to->at + to->length++ * size;
}

static bool read_list(const pw_type *type, parts *to) {
  const pw_type *element = type->parts;
  bool is_last;
  uint32_t room = 0;
  *to = (parts){0};
  if (!pw_open('[', ']', &is_last)) return false;
  while (!is_last) {
    char *place = next_place(to, &room, element->size);
    if (!place) return false;
    if (!pw_decode(element, place)) return pw_at_index(to->length - 1);
    if (!pw_next_part(']', &is_last)) return false;
  }
  return true;
}

static bool has_key(const pw_map *map, uint32_t count, pw_text key) {
  for (uint32_t i = 0; i < count; i++)
    if (is_key(map->keys[i].text, map->keys[i].length, key)) return true;
  return count == 0;
}

static bool read_map(const pw_type *type, parts *to) {
  const pw_map *map = type->parts;
  bool is_last;
  uint32_t room = 0;
  *to = (parts){0};
  if (!pw_open('{', '}', &is_last)) return false;
  while (!is_last) {
    char *place = next_place(to, &room, map->entry_size);
    if (!place || !pw_read_key((pw_text *)place)) return false;
    if (!has_key(map, type->count, *(pw_text *)place)) return pw_refuse("an unknown key");
    // The key is of the request, so the place does not tell it.
    if (!pw_decode(map->value, place + map->value_offset)) return pw_at_key("*", 1);
    if (!pw_next_part('}', &is_last)) return false;
  }
  uint32_t mark = pw_arena_mark();
  pw_text *keys = pw_try_allocate((uint64_t)to->length * sizeof *keys);
  if (!keys) return false;
  for (uint32_t i = 0; i < to->length; i++) keys[i] = *(pw_text *)(to->at + i * map->entry_size);
  if (!pw_are_distinct(keys, to->length)) return false;
  pw_arena_release(mark);
  // Each key is one of the table's and there once.
  return !map->is_complete || to->length == type->count || pw_refuse("a key is missing");
}

// ---- objects ----

static bool read_boxed(const pw_type *type, void **to) {
  *to = pw_try_allocate(type->size);
  return *to && pw_decode(type, *to);
}

static bool read_field(const pw_field *field, char *object) {
  void *to = object + field->offset;
  if (field->presence == PW_OPTIONAL_FLAG) object[field->flag_offset] = true;
  bool is_read = field->presence == PW_OPTIONAL ? read_boxed(field->type, to) : pw_decode(field->type, to);
  return is_read || pw_at_key(field->key, field->key_length);
}

static bool read_default(const pw_field *field, char *object) {
  pw_reader reader = pw_in;
  pw_in.at = field->default_json;
  bool is_read = read_field(field, object);
  pw_in = reader;
  return is_read;
}

// What stands for a key that is missing.
static bool leave_out(const pw_field *field, char *object) {
  if (field->presence == PW_DEFAULTED) return read_default(field, object);
  if (field->presence == PW_REQUIRED) return pw_refuse("missing"), pw_at_key(field->key, field->key_length);
  if (field->presence == PW_OPTIONAL_FLAG) object[field->flag_offset] = false;
  *(void **)(object + field->offset) = NULL;
  return true;
}

static bool read_version(uint32_t version, bool *is_seen) {
  uint64_t read;
  bool is_negative;
  if (*is_seen) return pw_refuse("there twice"), pw_at_key(ENVELOPE_KEY, 2);
  *is_seen = true;
  if (!pw_read_magnitude(&read, &is_negative)) return pw_at_key(ENVELOPE_KEY, 2);
  return (read == version && !is_negative) || (pw_refuse("another version than this function has"), pw_at_key(ENVELOPE_KEY, 2));
}

#define BITS 32

static bool read_struct(const pw_type *type, char *to, uint32_t version) {
  const pw_field *fields = type->parts;
  uint32_t few[2] = {0}, *seen = few, count = type->count, found = 0, next = 0;
  bool is_last, has_version = false;
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
    // Keys mostly come in the order of the contract.
    uint32_t left = count;
    for (; left; left--, next++) {
      if (next >= count) next = 0;
      if (is_key(fields[next].key, fields[next].key_length, key)) break;
    }
    if (left) {
      uint32_t bit = 1u << next % BITS;
      if (seen[next / BITS] & bit) return pw_refuse("there twice"), pw_at_key(fields[next].key, fields[next].key_length);
      seen[next / BITS] |= bit;
      found++;
      if (!read_field(fields + next++, to)) return false;
    } else if (version && is_key(ENVELOPE_KEY, 2, key)) {
      if (!read_version(version, &has_version)) return false;
    } else return pw_refuse("an unknown key");
    if (!pw_next_part('}', &is_last)) return false;
  }
  if (version && !has_version) return pw_refuse("missing"), pw_at_key(ENVELOPE_KEY, 2);
  for (uint32_t i = 0; i < count && found < count; i++)
    if (!(seen[i / BITS] & 1u << i % BITS) && !leave_out(fields + i, to)) return false;
  return true;
}

static bool read_tuple(const pw_type *type, char *to) {
  const pw_tuple *tuple = type->parts;
  parts *rest = (parts *)(to + tuple->rest_offset);
  uint32_t index = 0, room = 0;
  bool is_last;
  if (tuple->rest) *rest = (parts){0};
  if (!pw_open('[', ']', &is_last)) return false;
  for (; !is_last; index++) {
    bool is_item = index < type->count;
    if (!is_item && !tuple->rest) return pw_refuse("more elements than expected");
    const pw_type *element = is_item ? tuple->items[index].type : tuple->rest;
    char *place = is_item ? to + tuple->items[index].offset : next_place(rest, &room, element->size);
    if (!place) return false;
    if (!pw_decode(element, place)) return pw_at_index(index);
    if (!pw_next_part(']', &is_last)) return false;
  }
  return index >= type->count || pw_refuse("fewer elements than expected");
}

// ---- unions ----

// Looks for the key that chooses the option, and goes back to the beginning of the object.
static bool find_option(const pw_type *type, uint32_t *chosen) {
  const pw_union *options = type->parts;
  pw_reader start = pw_in;
  bool is_last;
  if (!pw_open('{', '}', &is_last)) return false;
  while (!is_last) {
    pw_text key;
    if (!pw_read_key(&key)) return false;
    if (!is_key(options->discriminator, options->discriminator_length, key)) {
      if (!pw_skip_value() || !pw_next_part('}', &is_last)) return false;
      continue;
    }
    scalar tag;
    if (!read_scalar(&tag)) return pw_at_key(options->discriminator, options->discriminator_length);
    pw_in = start;
    for (*chosen = 0; *chosen < type->count; ++*chosen) {
      const pw_option *option = options->options + *chosen;
      for (uint32_t i = 0; i < option->tag_count; i++)
        if (is_scalar(&tag, option->tags + i)) return true;
    }
    return pw_refuse("no value that is expected here"), pw_at_key(options->discriminator, options->discriminator_length);
  }
  return pw_refuse("missing"), pw_at_key(options->discriminator, options->discriminator_length);
}

static bool read_union(const pw_type *type, char *to, uint32_t version) {
  const pw_union *options = type->parts;
  char *content = to + options->content_offset;
  uint32_t chosen = 0;
  if (options->discriminator) {
    if (!find_option(type, &chosen)) return false;
    *(uint32_t *)to = chosen;
    return pw_decode_message(options->options[chosen].type, content, version);
  }
  pw_reader start = pw_in;
  uint32_t mark = pw_arena_mark();
  for (; chosen < type->count; chosen++) {
    *(uint32_t *)to = chosen;
    if (pw_decode_message(options->options[chosen].type, content, version)) return true;
    pw_forget_failure();
    pw_arena_release(mark);
    pw_in = start;
  }
  return pw_refuse("fits none of the types that are expected here");
}

// ---- all of them ----

bool pw_decode_message(const pw_type *type, void *to, uint32_t version) {
  if (type->kind == PW_STRUCT) return read_struct(type, to, version);
  if (type->kind == PW_UNION) return read_union(type, to, version);
  if (type->kind == PW_BOXED) {
    const pw_type *inner = type->parts;
    void *box = *(void **)to = pw_try_allocate(inner->size);
    return box && pw_decode_message(inner, box, version);
  }
  return version ? pw_refuse("expected an object") : pw_decode(type, to);
}

bool pw_decode(const pw_type *type, void *to) {
  uint32_t index;
  switch (type->kind) {
    case PW_STRING: return pw_read_string(to);
    case PW_BOOL: return read_bool(to);
    case PW_NULL: return *(char *)to = 0, read_null();
    case PW_ANY_JSON: return read_json(false, to);
    case PW_ANY_OBJECT: return read_json(true, to);
    case PW_I32:
    case PW_U32:
    case PW_I64:
    case PW_U64: return read_integer(type, to);
    case PW_NUMBER: return read_number(type, to);
    case PW_CONSTANT: return find_scalar(type->parts, 1, &index);
    case PW_ENUM: return find_scalar(type->parts, type->count, to);
    case PW_LIST: return read_list(type, to);
    case PW_MAP: return read_map(type, to);
    case PW_NULLABLE:
      if (*pw_in.at != 'n') return read_boxed(type->parts, to);
      *(void **)to = NULL;
      return read_null();
    case PW_TUPLE: return read_tuple(type, to);
    default: return pw_decode_message(type, to, 0);
  }
}
