// Strict JSON. Invalid UTF-8, lone surrogates, control characters, more than 128 levels and duplicate keys fail.
#include "runtime.h"

#define MOST_LEVELS 128
#define NOT_JSON "not valid JSON"

void pw_skip_blanks(void) {
  const char *at = pw_in.at;
  while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') at++;
  pw_in.at = at;
}

// ---- strings ----

uint32_t pw_continuation(const char *text, const char *end) {
  const uint8_t *at = (const uint8_t *)text;
  uint8_t lead = *at;
  uint32_t more = lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 0;
  if (end - text <= (ptrdiff_t)more) return 0;
  for (uint32_t i = 1; i <= more; i++)
    if ((at[i] & 0xc0) != 0x80) return 0;
  if ((lead == 0xe0 && at[1] < 0xa0) || (lead == 0xed && at[1] > 0x9f)) return 0;
  if ((lead == 0xf0 && at[1] < 0x90) || (lead == 0xf4 && at[1] > 0x8f)) return 0;
  return more;
}

const char *pw_skip_plain(const char *at, const char *end) {
  const uint64_t ones = 0x0101010101010101;
  while (at < end) {
    uint64_t word, special = 0;
    __builtin_memcpy(&word, at, 8);
    special = word | (word - ones * 0x20) | ((word ^ ones * '"') - ones) | ((word ^ ones * '\\') - ones);
    if (!(special & ones * 0x80) && end - at >= 8) {
      at += 8;
      continue;
    }
    uint8_t byte = *at;
    if (byte < 0x20 || byte == '"' || byte == '\\') break;
    uint32_t more = byte < 0x80 ? 0 : pw_continuation(at, end);
    if (byte >= 0x80 && !more) break;
    at += more + 1;
  }
  return at;
}

// Skips to the next quotation mark or escape.
static bool skip_plain(void) {
  // The zero byte after the text ends the loop at the latest.
  pw_in.at = pw_skip_plain(pw_in.at, (const char *)INTPTR_MAX);
  if (*pw_in.at == '"' || *pw_in.at == '\\') return true;
  return pw_refuse((uint8_t)*pw_in.at < 0x20 ? NOT_JSON : "not UTF-8");
}

static bool read_hex(uint32_t *code) {
  *code = 0;
  for (int i = 0; i < 4; i++, pw_in.at++) {
    uint8_t byte = *pw_in.at, letter = byte | 0x20;
    if (byte >= '0' && byte <= '9') *code = *code << 4 | (byte - '0');
    else if (letter >= 'a' && letter <= 'f') *code = *code << 4 | (letter - 'a' + 10);
    else return pw_refuse(NOT_JSON);
  }
  return true;
}

static char *put_utf8(char *to, uint32_t point) {
  uint32_t more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  if (more == 0) return *to = point, to + 1;
  for (uint32_t i = more; i > 0; i--, point >>= 6) to[i] = 0x80 | (point & 0x3f);
  to[0] = (char)((0xf00 >> (more + 1)) | point);
  return to + more + 1;
}

// Reads an escape, from its backslash, and writes its character in at most four bytes. Returns NULL if it is not an escape.
static char *unescape(char *to) {
  static const char from[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  char byte = *++pw_in.at;
  if (byte) pw_in.at++;
  for (uint32_t i = 0; i < sizeof from - 1; i++)
    if (byte == from[i]) return *to = meant[i], to + 1;
  if (byte != 'u') return pw_refuse(NOT_JSON), NULL;
  uint32_t point, low;
  if (!read_hex(&point)) return NULL;
  if (point < 0xd800 || point > 0xdfff) return put_utf8(to, point);
  if (point > 0xdbff || pw_in.at[0] != '\\' || pw_in.at[1] != 'u') return pw_refuse("a lone surrogate"), NULL;
  pw_in.at += 2;
  if (!read_hex(&low)) return NULL;
  if (low < 0xdc00 || low > 0xdfff) return pw_refuse("a lone surrogate"), NULL;
  return put_utf8(to, 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00));
}

bool pw_read_string(pw_text *to) {
  if (*pw_in.at != '"') return pw_refuse("expected a string");
  const char *from = ++pw_in.at;
  if (!skip_plain()) return false;
  if (*pw_in.at == '"') {
    *to = (pw_text){from, pw_in.at++ - from};
    return true;
  }
  const char *quote = pw_in.at;
  while (*quote && *quote != '"') quote += *quote == '\\' && quote[1] ? 2 : 1;
  // The character of an escape is shorter than the escape.
  char *start = pw_try_allocate(quote - from), *end = start;
  if (!start) return false;
  for (;;) {
    __builtin_memcpy(end, from, pw_in.at - from);
    end += pw_in.at - from;
    if (*pw_in.at == '"') break;
    end = unescape(end);
    from = pw_in.at;
    if (!end || !skip_plain()) return false;
  }
  pw_in.at++;
  *to = (pw_text){start, end - start};
  return true;
}

static bool skip_string(void) {
  pw_text ignored;
  uint32_t mark = pw_arena_mark();
  bool is_read = pw_read_string(&ignored);
  pw_arena_release(mark);
  return is_read;
}

// ---- numbers and words ----

static bool skip_digits(void) {
  const char *from = pw_in.at;
  while (*pw_in.at >= '0' && *pw_in.at <= '9') pw_in.at++;
  return pw_in.at > from;
}

bool pw_skip_number(bool *is_whole) {
  *is_whole = true;
  if (*pw_in.at == '-') pw_in.at++;
  const char *from = pw_in.at;
  if (!skip_digits() || (*from == '0' && pw_in.at > from + 1)) return pw_refuse(NOT_JSON);
  if (*pw_in.at == '.') {
    *is_whole = false;
    pw_in.at++;
    if (!skip_digits()) return pw_refuse(NOT_JSON);
  }
  if ((*pw_in.at | 0x20) != 'e') return true;
  *is_whole = false;
  pw_in.at++;
  if (*pw_in.at == '+' || *pw_in.at == '-') pw_in.at++;
  return skip_digits() || pw_refuse(NOT_JSON);
}

static bool skip_word(const char *word) {
  while (*word)
    if (*pw_in.at++ != *word++) return pw_in.at--, pw_refuse(NOT_JSON);
  return true;
}

// ---- lists and objects ----

bool pw_open(char bracket, char close, bool *is_empty) {
  if (*pw_in.at != bracket) return pw_refuse(bracket == '{' ? "expected an object" : "expected a list");
  if (++pw_in.levels > MOST_LEVELS) return pw_refuse("nests deeper than 128 levels");
  pw_in.at++;
  pw_skip_blanks();
  *is_empty = *pw_in.at == close;
  if (*is_empty) pw_in.at++, pw_in.levels--;
  return true;
}

bool pw_next_part(char close, bool *is_last) {
  pw_skip_blanks();
  *is_last = *pw_in.at == close;
  if (!*is_last && *pw_in.at != ',') return pw_refuse(NOT_JSON);
  pw_in.at++;
  // What follows the end is not part of this value.
  if (*is_last) pw_in.levels--;
  else pw_skip_blanks();
  return true;
}

bool pw_read_key(pw_text *key) {
  if (*pw_in.at != '"') return pw_refuse(NOT_JSON);
  if (!pw_read_string(key)) return false;
  pw_skip_blanks();
  if (*pw_in.at != ':') return pw_refuse(NOT_JSON);
  pw_in.at++;
  pw_skip_blanks();
  return true;
}

static int compare(pw_text one, pw_text other) {
  if (one.length != other.length) return one.length < other.length ? -1 : 1;
  for (uint32_t i = 0; i < one.length; i++)
    if (one.at[i] != other.at[i]) return (uint8_t)one.at[i] < (uint8_t)other.at[i] ? -1 : 1;
  return 0;
}

bool pw_are_distinct(pw_text *keys, uint32_t count) {
  // Sorts, so that no choice of keys makes this slow. This is Shellsort with gaps of (3^n - 1) / 2.
  uint32_t gap = 1;
  while (gap < count / 3) gap = 3 * gap + 1;
  for (; gap > 0; gap /= 3)
    for (uint32_t i = gap; i < count; i++) {
      pw_text key = keys[i];
      uint32_t to = i;
      for (; to >= gap && compare(keys[to - gap], key) > 0; to -= gap) keys[to] = keys[to - gap];
      keys[to] = key;
    }
  for (uint32_t i = 1; i < count; i++)
    if (compare(keys[i - 1], keys[i]) == 0) return pw_refuse("a key is there twice");
  return true;
}

static bool skip_parts(char bracket, char close) {
  bool is_last;
  if (!pw_open(bracket, close, &is_last)) return false;
  pw_elements keys = {0};
  uint32_t room = 0, mark = pw_arena_mark();
  while (!is_last) {
    if (bracket == '{') {
      pw_text key, *to = (pw_text *)pw_next_element(&keys, &room, sizeof key);
      if (!to || !pw_read_key(&key)) return false;
      *to = key;
    }
    if (!pw_skip_value() || !pw_next_part(close, &is_last)) return false;
  }
  pw_arena_release(mark);
  return pw_are_distinct((pw_text *)keys.at, keys.length);
}

bool pw_skip_value(void) {
  bool is_whole;
  switch (*pw_in.at) {
    case '"': return skip_string();
    case '{': return skip_parts('{', '}');
    case '[': return skip_parts('[', ']');
    case 't': return skip_word("true");
    case 'f': return skip_word("false");
    case 'n': return skip_word("null");
    default: return pw_skip_number(&is_whole);
  }
}

bool pw_at_end(const char *end) {
  pw_skip_blanks();
  return pw_in.at == end || pw_refuse("text behind the JSON");
}
