// What the files of the kit share. An author needs plugwire.h only.
#ifndef PLUGWIRE_RUNTIME_H
#define PLUGWIRE_RUNTIME_H

#include "plugwire.h"

// ---- types: how the codecs see the types of the contract ----

typedef struct pw_type pw_type;

// How values of a kind are read from `pw_in` and written to `pw_out`. A message has one more key, `_v`, which must be `version`; 0 if it
// is no message. What no type of the contract uses is not linked.
typedef struct {
  bool (*read)(const pw_type *type, void *to, uint32_t version);
  bool (*write)(const pw_type *type, const void *from);
} pw_codec;

extern const pw_codec pw_string, pw_boolean, pw_null, pw_any_json, pw_any_object, pw_integer, pw_double, pw_constant, pw_enum;
extern const pw_codec pw_list, pw_map, pw_nullable, pw_boxed, pw_object, pw_tuple, pw_union;

struct pw_type {
  const pw_codec *codec;
  const void *parts; // by codec: the type inside, or one of the structs below
  uint32_t size;     // of the C type, in bytes
  uint16_t count;    // fields, items, options, values or keys
};

// Both bounds are included. Those of unsigned integers are the same bits.
typedef struct {
  int64_t minimum, maximum;
  bool is_signed;
} pw_integer_range;

typedef struct {
  double minimum, maximum;
  bool is_minimum_excluded, is_maximum_excluded;
} pw_double_range;

// A value of an enum or a constant: the text of a string, or the JSON of any other scalar. Numbers have `pw_equal_numbers`.
typedef struct {
  const char *text;
  bool (*is_equal)(pw_text one, pw_text other);
  uint16_t length;
  uint8_t kind; // pw_json_kind
} pw_scalar;

typedef enum {
  PW_REQUIRED,
  PW_DEFAULTED,
  PW_OPTIONAL,      // a pointer; NULL is absent
  PW_OPTIONAL_FLAG, // a flag beside a pointer, where NULL is null
} pw_presence;

typedef struct {
  const char *key;
  const pw_type *type;
  const char *default_json;
  uint16_t key_length, offset, flag_offset;
  uint8_t presence;
  bool is_escaped; // the key needs escapes in JSON
} pw_field;

typedef struct {
  const pw_type *type;
  uint16_t offset;
} pw_item;

// `count` items, then any number of `rest`, if there is one.
typedef struct {
  const pw_item *items;
  const pw_type *rest;
  uint16_t rest_offset;
} pw_tuple_parts;

// `count` keys, if only those fit.
typedef struct {
  const pw_type *value;
  const pw_scalar *keys;
  uint16_t value_offset, entry_size;
  bool is_complete;
} pw_map_parts;

typedef struct {
  const pw_type *type;
  uint16_t tag_count;
} pw_option;

// The tags of all options, in their order.
typedef struct {
  const char *discriminator; // NULL: the first option that fits
  const pw_option *options;
  const pw_scalar *tags;
  uint16_t discriminator_length, tag_count, content_offset;
} pw_union_parts;

// How lists and maps lie in memory.
typedef struct {
  char *at;
  uint32_t length;
} pw_elements;

typedef struct {
  const pw_type *request, *response;
  bool (*handle)(const void *request, void *response);
  const char *sample_request, *sample_response;
  uint32_t version;
} pw_version;

typedef struct {
  const char *name, *supported;  // `greet` and `"greet":[1,2]`
  const pw_version *versions; // ascending
  uint32_t version_count;
} pw_function;

typedef struct {
  const pw_function *functions;    // sorted by name
  const char *const *capabilities; // sorted
  uint32_t function_count, capability_count;
} pw_plugin;

// ---- memory ----

// Each is NULL, with a failure, where no memory is left. The memory is not zeroed; eight bytes behind it may be read and written.
void *pw_try_allocate(uint64_t bytes);
void *pw_try_grow(void *block, uint32_t old_bytes, uint64_t bytes);
uint32_t pw_arena_mark(void);
void pw_arena_release(uint32_t mark);
void pw_arena_reset(void);
void pw_copy(char *to, const char *from, uint32_t length);

// ---- failures with a place ----

// Notes a failure at this place; callers add the steps that lead to it, from the inside to the outside.
bool pw_refuse(const char *why);
bool pw_at_key(const char *key, uint32_t length);
bool pw_at_index(uint32_t index);
void pw_forget_failure(void);
// `request.candidates[2].name: expected a string`.
pw_text pw_failure(const char *root);

// ---- input and output ----

typedef struct {
  const char *at;  // the text ends with a zero, and eight bytes behind it may be read
  uint32_t levels; // of nesting, so far
} pw_reader;
extern pw_reader pw_in;
extern pw_text pw_input;

typedef struct {
  char *at;
  uint32_t used, room;
} pw_writer;
extern pw_writer pw_out;

bool pw_begin_call(void);
int32_t pw_end_call(const char *root);
// Copies between the plugin's memory and blocks of the host.
uint64_t pw_to_block(pw_text from);
pw_text pw_from_block(uint64_t block);
void pw_free_block(uint64_t block);

// ---- strict JSON: each is false, with a failure, for what is not ----

void pw_skip_blanks(void);
bool pw_read_string(pw_text *to);
bool pw_skip_number(bool *is_whole);
bool pw_skip_value(void);
// Begins and ends a list or an object; `pw_next_part` is for what follows a part: false at the end, or if it has failed.
bool pw_open(char bracket, char close, bool *is_empty);
bool pw_next_part(char close, bool *is_last);
bool pw_read_key(pw_text *key);
// Sorts the keys.
bool pw_are_distinct(pw_text *keys, uint32_t count);
// After the last value: only blanks may be left.
bool pw_at_end(const char *end);
// The end of what a string may hold as it is: the first quotation mark, backslash, control character or byte that is not UTF-8. Eight
// bytes at once where none is special.
const char *pw_skip_plain(const char *at, const char *end);
// Bytes that the character after the first has, if this is UTF-8; 0 if it is not. For bytes above ASCII.
uint32_t pw_continuation(const char *at, const char *end);

// ---- numbers ----

// The number that a JSON number is, to the nearest double.
double pw_parse_double(const char *at, const char *end);
// As JavaScript writes it, in at most 25 characters. The number is finite.
uint32_t pw_print_double(char *to, double value);

// Writes decimal digits in front of `end`, and gives where they begin.
#define PW_MOST_DIGITS 20
char *pw_digits(char *end, uint64_t value);

// ---- writing JSON ----

bool pw_make_room(uint32_t bytes);
bool pw_put(const char *at, uint32_t length);
bool pw_put_string(const char *at, uint32_t length);
bool pw_put_decimal(uint64_t value);
#define PW_PUT(literal) pw_put((literal), sizeof(literal) - 1)

// ---- what codecs share ----

bool pw_is_key(const char *key, uint32_t length, const pw_text *read);
// The digits of a JSON number that is whole and fits 64 bits.
bool pw_read_magnitude(uint64_t *magnitude, bool *is_negative);
// Reads a scalar, and finds it in a table.
bool pw_find_scalar(const pw_scalar *scalars, uint32_t count, uint32_t *index);
bool pw_equal_numbers(pw_text one, pw_text other);
// For tables that are only read.
bool pw_read_integer(const pw_type *type, void *to, uint32_t version);
bool pw_read_list(const pw_type *type, void *to, uint32_t version);
bool pw_read_map(const pw_type *type, void *to, uint32_t version);
bool pw_read_object(const pw_type *type, void *to, uint32_t version);
// The place for the next element of a list that has room for `room`; NULL, with a failure, if no memory is left.
char *pw_next_element(pw_elements *to, uint32_t *room, uint32_t size);
bool pw_write_elements(const pw_type *element, const pw_elements *from, uint32_t first);
// Reads a value into memory of its own.
bool pw_read_boxed(const pw_type *type, void **to, uint32_t version);

// A value as JSON in a block of the host, and back. False, with a failure that begins with `what`.
bool pw_write_block(const pw_type *type, const void *from, const char *what, uint64_t *block);
bool pw_read_block(const pw_type *type, uint64_t block, const char *what, void *to);

// ---- the protocol ----

// Reads the whole input as a value of a type. False, with a failure, if it is none.
bool pw_read_input(const pw_type *type, void *to, uint32_t version);

int32_t pw_answer_handshake(const pw_plugin *plugin);
int32_t pw_answer_self_check(const pw_plugin *plugin);
int32_t pw_answer(const pw_function *function);

#endif
