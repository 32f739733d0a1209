// What the files of the kit share. An author needs plugwire.h only.
#ifndef PLUGWIRE_RUNTIME_H
#define PLUGWIRE_RUNTIME_H

#include "plugwire.h"

// ---- tables: a type of the contract, as the codecs see it ----

typedef enum {
  PW_STRING,
  PW_BOOL,
  PW_NULL,
  PW_ANY_JSON,
  PW_ANY_OBJECT,
  PW_I32,
  PW_U32,
  PW_I64,
  PW_U64,
  PW_NUMBER,
  PW_CONSTANT,
  PW_ENUM,
  PW_LIST,
  PW_MAP,
  PW_NULLABLE, // a pointer; NULL is null
  PW_BOXED,    // a pointer, since the type holds itself
  PW_STRUCT,
  PW_TUPLE,
  PW_UNION,
} pw_type_kind;

typedef struct pw_type {
  uint8_t kind;
  uint16_t count;    // fields, items, options or values
  uint32_t size;     // of the C type, in bytes
  const void *parts; // by kind: a pw_type, or one of the structs below
} pw_type;

// An integer's bounds, both included, as the bits of its 64-bit value.
typedef struct {
  uint64_t minimum, maximum;
} pw_integer_range;

typedef struct {
  double minimum, maximum;
  bool is_minimum_excluded, is_maximum_excluded;
} pw_number_range;

// A value of an enum or a constant: the text of a string, or the JSON of any other scalar.
typedef struct {
  uint8_t kind; // pw_json_kind
  uint16_t length;
  const char *text;
} pw_scalar;

typedef enum {
  PW_REQUIRED,
  PW_DEFAULTED,
  PW_OPTIONAL,      // a pointer; NULL is absent
  PW_OPTIONAL_FLAG, // a flag beside a pointer, where NULL is null
} pw_presence;

typedef struct {
  const char *key;
  uint16_t key_length;
  uint8_t presence;
  bool is_escaped; // the key needs escapes in JSON
  uint16_t offset, flag_offset;
  const pw_type *type;
  const char *default_json;
} pw_field;

typedef struct {
  uint16_t offset;
  const pw_type *type;
} pw_item;

// `count` items, then any number of `rest`, if there is one.
typedef struct {
  const pw_item *items;
  const pw_type *rest;
  uint16_t rest_offset;
} pw_tuple;

// `count` keys, if only those fit.
typedef struct {
  const pw_type *value;
  const pw_scalar *keys;
  uint16_t value_offset, entry_size;
  bool is_complete;
} pw_map;

typedef struct {
  const pw_scalar *tags;
  uint16_t tag_count;
  const pw_type *type;
} pw_option;

typedef struct {
  const char *discriminator; // NULL: the first option that fits
  uint16_t discriminator_length, content_offset;
  const pw_option *options;
} pw_union;

typedef struct {
  uint32_t version;
  const pw_type *request, *response;
  bool (*handle)(const void *request, void *response);
  const char *sample_request, *sample_response;
} pw_version;

typedef struct {
  const char *name;
  const pw_version *versions; // ascending
  uint32_t version_count;
} pw_function;

typedef struct {
  const pw_function *functions; // sorted by name
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
bool pw_are_distinct(const pw_text *keys, uint32_t count);
// After the last value: only blanks may be left.
bool pw_at_end(const char *end);
// Bytes that the character after the first has, if this is UTF-8; 0 if it is not. For bytes above ASCII.
uint32_t pw_continuation(const char *at, const char *end);

// ---- numbers ----

// The number that a JSON number is, to the nearest double.
double pw_parse_double(const char *at, const char *end);
// As JavaScript writes it, in at most 25 characters. The number is finite.
uint32_t pw_print_double(char *to, double value);

// ---- writing JSON ----

bool pw_make_room(uint32_t bytes);
bool pw_put(pw_text piece);
bool pw_put_string(pw_text value);
bool pw_put_decimal(uint64_t value);
#define PW_PUT(literal) pw_put(PW_TEXT(literal))

// ---- codecs ----

// Reads a value of a type from `pw_in`. A message has one more key, `_v`, which must be `version`; 0: it is none.
bool pw_decode_message(const pw_type *type, void *to, uint32_t version);
bool pw_decode(const pw_type *type, void *to);
bool pw_encode_message(const pw_type *type, const void *from, uint32_t version);
bool pw_encode(const pw_type *type, const void *from);
// The digits of a JSON number that is whole and fits 64 bits.
bool pw_read_magnitude(uint64_t *magnitude, bool *is_negative);
bool pw_is_in_range(const pw_type *type, uint64_t bits);
bool pw_fits_number(const pw_number_range *range, double value);

// A value as JSON in a block of the host, and back. False, with a failure that begins with `what`.
bool pw_write_block(const pw_type *type, const void *from, const char *what, uint64_t *block);
bool pw_read_block(const pw_type *type, uint64_t block, const char *what, void *to);

// ---- the protocol ----

int32_t pw_answer_handshake(const pw_plugin *plugin);
int32_t pw_answer_self_check(const pw_plugin *plugin);
int32_t pw_answer(const pw_function *function);
// Whether the plugin requires one of its capabilities, as the handshake asks. Always true, unless the author defines another.
bool pw_requires(pw_text capability);

#endif
