// What an author uses besides the types of the contract: texts, memory, failures, settings, logs, base64 and any JSON.
//
// All memory is an arena that the next call empties. Keep nothing of it from call to call.
#ifndef PLUGWIRE_H
#define PLUGWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- texts and bytes ----

// UTF-8 text, or bytes. It does not end with a zero: use the length.
typedef struct {
  const char *at;
  uint32_t length;
} pw_text;

// The text of a string literal.
#define PW_TEXT(literal) ((pw_text){(literal), sizeof(literal) - 1})

bool pw_equals(pw_text one, pw_text other);
// The text from one offset to before another. Offsets behind the end mean the end.
pw_text pw_slice(pw_text whole, uint32_t from, uint32_t to);
// Joins texts: PW_CONCAT(PW_TEXT("hello, "), request->name).
#define PW_CONCAT(...) \
  pw_concat((const pw_text[]){__VA_ARGS__}, sizeof((const pw_text[]){__VA_ARGS__}) / sizeof(pw_text))
pw_text pw_concat(const pw_text *parts, uint32_t count);
// An integer in decimal digits.
pw_text pw_decimal(uint64_t value);
// The text of a string that ends with a zero.
pw_text pw_text_of(const char *string);

// ---- memory, until the call ends ----

// Zeroed memory. Where there is none left, the plugin logs that and traps: there is no need to check.
void *pw_allocate(size_t bytes);
// An array of `count` zeroed elements.
#define PW_ARRAY(type, count) ((type *)pw_allocate_array((count), sizeof(type)))
void *pw_allocate_array(uint32_t count, uint32_t size);
// A list of these elements: response->tags = (pw_text_list)PW_LIST(pw_text, PW_TEXT("one"), PW_TEXT("two")).
#define PW_LIST(type, ...) \
  {(type *)pw_keep((type[]){__VA_ARGS__}, sizeof((type[]){__VA_ARGS__})), sizeof((type[]){__VA_ARGS__}) / sizeof(type)}
// A copy of a value that outlives the handler, for keys that are pointers: response->age = PW_NEW(uint32_t, 7).
#define PW_NEW(type, ...) ((type *)pw_keep((type[1]){__VA_ARGS__}, sizeof(type)))
void *pw_keep(const void *value, size_t bytes);

// ---- failures ----

// Notes why a call fails; the first note stands. Always false: return pw_fail("no such user").
bool pw_fail(const char *why);
bool pw_fail_text(pw_text why);
bool pw_has_failed(void);

// ---- settings and logs ----

// What the operator configured under this key. False if there is nothing.
bool pw_config(pw_text key, pw_text *value);

typedef enum { PW_TRACE, PW_DEBUG, PW_INFO, PW_WARN, PW_ERROR } pw_log_level;
// Writes to the host's log, through Extism. Needs no capability. Not during handshake and self-check.
void pw_log(pw_log_level level, pw_text message);

// A variable of Extism, which the plugin keeps from call to call. False if it is not set.
bool pw_variable(pw_text key, pw_text *value);
void pw_set_variable(pw_text key, pw_text value);

// Whether the host writes lines of this level.
bool pw_logs(pw_log_level level);

// ---- capabilities ----

// Define it where what the plugin requires depends on its configuration, or on what the host grants. The handshake asks it for each
// capability that the plugin was generated with. Without it all of them are required. It may call `pw_config` and `pw_fail`.
bool pw_requires(pw_text capability, bool is_granted);

// ---- base64 ----

pw_text pw_base64_encode(pw_text bytes);
// Strict: the standard alphabet, with padding, and no bits set behind the last byte. False for anything else.
bool pw_base64_decode(pw_text from, pw_text *bytes);

// ---- any JSON ----

// A JSON value as it is written. Those of a request are valid JSON. One of your own is checked when the response is written.
typedef struct {
  const char *at;
  uint32_t length;
} pw_json;

// JSON from a string literal: PW_JSON("{\"keys\":[]}").
#define PW_JSON(literal) ((pw_json){(literal), sizeof(literal) - 1})

typedef enum { PW_JSON_NULL, PW_JSON_BOOLEAN, PW_JSON_NUMBER, PW_JSON_STRING, PW_JSON_LIST, PW_JSON_OBJECT } pw_json_kind;
pw_json_kind pw_json_kind_of(pw_json value);

// Each is false, without a failure, if the value is of another kind or out of range. Integers are exact.
bool pw_json_to_bool(pw_json value, bool *result);
bool pw_json_to_text(pw_json value, pw_text *result);
bool pw_json_to_number(pw_json value, double *result);
bool pw_json_to_u64(pw_json value, uint64_t *result);
bool pw_json_to_i64(pw_json value, int64_t *result);

// The value of a key. False if there is none, or if `object` is no object.
bool pw_json_get(pw_json object, pw_text key, pw_json *value);

// Goes through a list or an object; any other value has no parts.
//   for (pw_json_parts part = pw_json_begin(value); pw_json_next(&part);) use(part.key, part.value);
typedef struct {
  pw_text key;
  pw_json value;
  const char *next;
  bool is_object;
} pw_json_parts;
pw_json_parts pw_json_begin(pw_json container);
bool pw_json_next(pw_json_parts *parts);

// Reads text as strict JSON. False, without a failure, if it is none.
bool pw_json_parse(pw_text from, pw_json *value);
// Text as a JSON string, in quotation marks and escaped.
pw_json pw_json_of_text(pw_text text);

#endif
