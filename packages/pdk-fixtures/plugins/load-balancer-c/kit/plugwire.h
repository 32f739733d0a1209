// The functions for authors: texts, memory, failures, settings, logs, base64 and any JSON.
//
// All memory is in an arena that the next call empties. Do not keep pointers into it between calls.
#ifndef PLUGWIRE_H
#define PLUGWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- texts and bytes ----

// UTF-8 text, or bytes. No zero byte ends it: use the length.
typedef struct {
  const char *at;
  uint32_t length;
} pw_text;

// The text of a string literal.
#define PW_TEXT(literal) ((pw_text){(literal), sizeof(literal) - 1})

// Returns whether two texts have the same bytes.
bool pw_equals(pw_text one, pw_text other);
// Returns the text from one offset up to another. Offsets after the end count as the end.
pw_text pw_slice(pw_text whole, uint32_t from, uint32_t to);
// Joins texts: PW_CONCAT(PW_TEXT("hello, "), request->name).
#define PW_CONCAT(...) \
  pw_concat((const pw_text[]){__VA_ARGS__}, sizeof((const pw_text[]){__VA_ARGS__}) / sizeof(pw_text))
pw_text pw_concat(const pw_text *parts, uint32_t count);
// Returns an integer in decimal digits.
pw_text pw_decimal(uint64_t value);
// Returns the text of a string that ends with a zero byte.
pw_text pw_text_of(const char *string);

// ---- memory, valid until the call ends ----

// Returns zeroed memory. If no memory is left, the plugin logs that and traps, so the result needs no check.
void *pw_allocate(size_t bytes);
// Returns an array of `count` zeroed elements.
#define PW_ARRAY(type, count) ((type *)pw_allocate_array((count), sizeof(type)))
void *pw_allocate_array(uint32_t count, uint32_t size);
// A list of these elements: response->tags = (pw_text_list)PW_LIST(pw_text, PW_TEXT("one"), PW_TEXT("two")).
#define PW_LIST(type, ...) \
  {(type *)pw_keep((type[]){__VA_ARGS__}, sizeof((type[]){__VA_ARGS__})), sizeof((type[]){__VA_ARGS__}) / sizeof(type)}
// Copies a value, for keys that are pointers: response->age = PW_NEW(uint32_t, 7). The copy is valid until the call ends.
#define PW_NEW(type, ...) ((type *)pw_keep((type[1]){__VA_ARGS__}, sizeof(type)))
void *pw_keep(const void *value, size_t bytes);

// ---- failures ----

// Fails the call with a reason. The first reason counts. Always returns false: return pw_fail("no such user").
bool pw_fail(const char *why);
bool pw_fail_text(pw_text why);
// Returns whether this call has failed.
bool pw_has_failed(void);

// ---- settings and logs ----

// Reads what the operator configured under this key. Returns false if there is no value.
bool pw_config(pw_text key, pw_text *value);

typedef enum { PW_TRACE, PW_DEBUG, PW_INFO, PW_WARN, PW_ERROR } pw_log_level;
// Writes to the host's log, through Extism. It needs no capability. Do not use it during handshake and self-check.
void pw_log(pw_log_level level, pw_text message);

// Reads a variable of Extism, which the plugin keeps between calls. Returns false if it is not set.
bool pw_variable(pw_text key, pw_text *value);
// Sets a variable of Extism.
void pw_set_variable(pw_text key, pw_text value);

// Returns whether the host logs lines of this level.
bool pw_logs(pw_log_level level);

// ---- capabilities ----

// Optional. Define it if the required capabilities depend on the configuration or on what the host grants. The handshake calls it for each
// capability that the plugin was generated with. Without it, all of them are required. It may call `pw_config` and `pw_fail`.
bool pw_requires(pw_text capability, bool is_granted);

// ---- base64 ----

// Encodes with the standard alphabet and padding.
pw_text pw_base64_encode(pw_text bytes);
// Decodes strictly: standard alphabet, with padding, no bits set after the last byte. Returns false for anything else.
bool pw_base64_decode(pw_text from, pw_text *bytes);

// ---- any JSON ----

// A JSON value with its original text. Values from a request are valid. Values that you make are checked when the response is written.
typedef struct {
  const char *at;
  uint32_t length;
} pw_json;

// JSON from a string literal: PW_JSON("{\"keys\":[]}").
#define PW_JSON(literal) ((pw_json){(literal), sizeof(literal) - 1})

typedef enum { PW_JSON_NULL, PW_JSON_BOOLEAN, PW_JSON_NUMBER, PW_JSON_STRING, PW_JSON_LIST, PW_JSON_OBJECT } pw_json_kind;
// Returns the kind of a value.
pw_json_kind pw_json_kind_of(pw_json value);

// Each returns false, without a failure, if the value is of another kind or out of range. Integers are exact.
bool pw_json_to_bool(pw_json value, bool *result);
bool pw_json_to_text(pw_json value, pw_text *result);
bool pw_json_to_number(pw_json value, double *result);
bool pw_json_to_u64(pw_json value, uint64_t *result);
bool pw_json_to_i64(pw_json value, int64_t *result);

// Finds the value of a key. Returns false if the key is missing, or if `object` is not an object.
bool pw_json_get(pw_json object, pw_text key, pw_json *value);

// Iterates over a list or an object. Any other value has no parts.
//   for (pw_json_parts part = pw_json_begin(value); pw_json_next(&part);) use(part.key, part.value);
typedef struct {
  pw_text key;
  pw_json value;
  const char *next;
  bool is_object;
} pw_json_parts;
pw_json_parts pw_json_begin(pw_json container);
bool pw_json_next(pw_json_parts *parts);

// Parses text as strict JSON. Returns false, without a failure, if it is not JSON.
bool pw_json_parse(pw_text from, pw_json *value);
// Returns text as a JSON string, quoted and escaped.
pw_json pw_json_of_text(pw_text text);

#endif
