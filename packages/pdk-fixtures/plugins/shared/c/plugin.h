// A plugin in C without a framework and without a C library: input and output, an arena, strict JSON, and the protocol.
#ifndef PLUGIN_H
#define PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;

#define EXPORT(name) __attribute__((export_name(#name))) int name(void)

// ---- bytes, in an arena that is emptied at each call ----

typedef struct {
  const u8 *at;
  u32 length;
} text;

#define LITERAL(words) ((text){(const u8 *)(words), sizeof(words) - 1})

// Never null: what does not fit is noted as a failure, and gets a few bytes that nobody reads.
void *allocate(u32 length);
bool equals(text one, text other);
bool equals_ignoring_case(text one, text other);
text part(text whole, u32 from, u32 to);

// ---- one call ----

// Notes why a call fails: the first note stands. A literal, never anything of the request.
void fail(const char *why);
bool has_failed(void);
void forget_failure(void);
text begin_call(void);
int end_call(void);
bool configured(text key, text *value);

// The output, written piece by piece. `put_text` writes a JSON string.
void put(text piece);
void put_text(text value);
void put_decimal(u64 value);
u32 output_length(void);

// ---- JSON ----

typedef enum { NOTHING, BOOLEAN, NUMBER, TEXT, LIST, OBJECT } kind;

typedef struct value value;
struct value {
  kind kind;
  u32 size;
  bool is_taken;
  text key;
  text content; // a text's, without escapes; otherwise the same as json
  text json;
  value *first;
  value *next;
};

value *read_json(text input);
// Takes a key, which must be there; `take_optional` gives null. `take_no_more` refuses keys that nobody took.
value *take(value *object, const char *key);
value *take_optional(value *object, const char *key);
void take_no_more(value *object);
text to_text(value *from);
u64 to_count(value *from, u64 largest);
double to_number(value *from);
bool to_flag(value *from);
value *elements(value *from);
value *members(value *from);

// ---- protocol ----

// The input as an object, with `_v` checked and taken.
value *open_request(void);
int answer_handshake(const char *const *functions, u32 count);
// `check` sends a function's samples through the readers, and notes what it finds wrong as a failure. It skips unknown functions.
int answer_self_check(void (*check)(text name));

#endif
