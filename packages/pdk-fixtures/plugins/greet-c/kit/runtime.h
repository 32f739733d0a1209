// Declarations that the files of the kit share. Authors need only plugwire.h.
#ifndef PLUGWIRE_RUNTIME_H
#define PLUGWIRE_RUNTIME_H

#include "plugwire.h"

// ---- types: the contract's types, as the codecs use them ----

typedef struct pw_type pw_type;

// How values of a kind are read from `pw_in` and written to `pw_out`. A message also has the key `_v`, which must be `version`. For other
// values, `version` is 0. Codecs that no type of the contract uses are not linked.
typedef struct {
  bool (*read)(const pw_type *type, void *to, uint32_t version);
  bool (*write)(const pw_type *type, const void *from);
} pw_codec;

extern const pw_codec pw_string, pw_boolean, pw_null, pw_any_json, pw_any_object, pw_integer, pw_double, pw_constant, pw_enum;
extern const pw_codec pw_list, pw_map, pw_nullable, pw_boxed, pw_object, pw_tuple, pw_union;

struct pw_type {
  const pw_codec *codec;
  const void *parts; // depends on the codec: the type inside, or one of the structs below
  uint32_t size;     // of the C type, in bytes
  uint16_t count;    // number of fields, items, options, values or keys
};

// Both bounds are inclusive. Unsigned bounds have the same bits.
typedef struct {
  int64_t minimum, maximum;
  bool is_signed;
} pw_integer_range;

typedef struct {
  double minimum, maximum;
  bool is_minimum_excluded, is_maximum_excluded;
} pw_double_range;

// A value of an enum or a constant: the text of a string, or the JSON of another scalar. Numbers have `pw_equal_numbers`.
typedef struct {
  const char *text;
  bool (*is_equal)(pw_text one, pw_text other);
  uint16_t length;
  uint8_t kind; // pw_json_kind
} pw_scalar;

typedef enum {
  PW_REQUIRED,
  PW_DEFAULTED,
  PW_OPTIONAL,      // a pointer; NULL means absent
  PW_OPTIONAL_FLAG, // a flag and a pointer; NULL means null
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

// `count` items, then any number of `rest`, if it is not NULL.
typedef struct {
  const pw_item *items;
  const pw_type *rest;
  uint16_t rest_offset;
} pw_tuple_parts;

// `count` keys, if only those are allowed.
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

// The tags of all options, in order.
typedef struct {
  const char *discriminator; // NULL: take the first option that fits
  const pw_option *options;
  const pw_scalar *tags;
  uint16_t discriminator_length, tag_count, content_offset;
} pw_union_parts;

// The memory layout of lists and maps.
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

// Each returns NULL, with a failure, if no memory is left. The memory is not zeroed. Eight bytes after it can be read and written.
void *pw_try_allocate(uint64_t bytes);
void *pw_try_grow(void *block, uint32_t old_bytes, uint64_t bytes);
uint32_t pw_arena_mark(void);
void pw_arena_release(uint32_t mark);
void pw_arena_reset(void);
void pw_copy(char *to, const char *from, uint32_t length);

// ---- failures with a place ----

// Records a failure at this place. Callers add the steps to the place, from the inside to the outside.
bool pw_refuse(const char *why);
bool pw_at_key(const char *key, uint32_t length);
bool pw_at_index(uint32_t index);
void pw_forget_failure(void);
// `request.candidates[2].name: expected a string`.
pw_text pw_failure(const char *root);

// ---- input and output ----

typedef struct {
  const char *at;  // a zero byte ends the text, and eight bytes after it can be read
  uint32_t levels; // nesting levels so far
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
// Copy between the plugin's memory and blocks of the host.
uint64_t pw_to_block(pw_text from);
pw_text pw_from_block(uint64_t block);
void pw_free_block(uint64_t block);

// ---- strict JSON: each returns false, with a failure, if the text is wrong ----

void pw_skip_blanks(void);
bool pw_read_string(pw_text *to);
bool pw_skip_number(bool *is_whole);
bool pw_skip_value(void);
// Begin and end a list or an object. `pw_next_part` moves to the next part; it returns false at the end and after a failure.
bool pw_open(char bracket, char close, bool *is_empty);
bool pw_next_part(char close, bool *is_last);
bool pw_read_key(pw_text *key);
// Sorts the keys.
bool pw_are_distinct(pw_text *keys, uint32_t count);
// Ends the text: only whitespace may follow.
bool pw_at_end(const char *end);
// Returns the end of the plain part of a string: the first quotation mark, backslash, control character or byte that is not UTF-8. Checks
// eight bytes at once.
const char *pw_skip_plain(const char *at, const char *end);
// Returns the number of bytes after the first of a UTF-8 character, or 0 if it is not UTF-8. For bytes above ASCII.
uint32_t pw_continuation(const char *at, const char *end);

// ---- numbers ----

// Returns the double nearest to a JSON number.
double pw_parse_double(const char *at, const char *end);
// Writes a finite number as JavaScript does, in at most 25 characters.
uint32_t pw_print_double(char *to, double value);

// Writes decimal digits that end before `end`, and returns their beginning.
#define PW_MOST_DIGITS 20
char *pw_digits(char *end, uint64_t value);

// ---- writing JSON ----

bool pw_make_room(uint32_t bytes);
bool pw_put(const char *at, uint32_t length);
bool pw_put_string(const char *at, uint32_t length);
bool pw_put_decimal(uint64_t value);
#define PW_PUT(literal) pw_put((literal), sizeof(literal) - 1)

// ---- shared by codecs ----

bool pw_is_key(const char *key, uint32_t length, const pw_text *read);
// Reads the digits of a JSON number that is whole and fits in 64 bits.
bool pw_read_magnitude(uint64_t *magnitude, bool *is_negative);
// Reads a scalar and finds it in a table.
bool pw_find_scalar(const pw_scalar *scalars, uint32_t count, uint32_t *index);
bool pw_equal_numbers(pw_text one, pw_text other);
// For tables that are only read.
bool pw_read_integer(const pw_type *type, void *to, uint32_t version);
bool pw_read_list(const pw_type *type, void *to, uint32_t version);
bool pw_read_map(const pw_type *type, void *to, uint32_t version);
bool pw_read_object(const pw_type *type, void *to, uint32_t version);
// Returns the place for the next element of a list with a capacity of `room`. Returns NULL, with a failure, if no memory is left.
char *pw_next_element(pw_elements *to, uint32_t *room, uint32_t size);
bool pw_write_elements(const pw_type *element, const pw_elements *from, uint32_t first);
// Reads a value into new memory.
bool pw_read_boxed(const pw_type *type, void **to, uint32_t version);

// Write a value as JSON into a block of the host, and read one. Return false, with a failure that begins with `what`.
bool pw_write_block(const pw_type *type, const void *from, const char *what, uint64_t *block);
bool pw_read_block(const pw_type *type, uint64_t block, const char *what, void *to);

// ---- the protocol ----

// Reads the whole input as a value of a type. Returns false, with a failure, if it does not fit.
bool pw_read_input(const pw_type *type, void *to, uint32_t version);

int32_t pw_answer_handshake(const pw_plugin *plugin);
int32_t pw_answer_self_check(const pw_plugin *plugin);
int32_t pw_answer(const pw_function *function);

#endif
