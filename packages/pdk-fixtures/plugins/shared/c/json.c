// Strict JSON: bytes that are no UTF-8, lone surrogates, keys that stand twice, too deep a nesting and trailing text fail.
#include "plugin.h"

#define DEEPEST 128
#define MOST_KEYS 512
#define MOST_VALUES 65536u

static const u8 *at, *end;
static u32 values;
static value nothing;

static value *refuse(const char *why) {
  fail(why);
  // Whatever comes after a failure reads nothing, from the same place.
  nothing = (value){.kind = NOTHING};
  return &nothing;
}

static u8 peek(void) { return at < end ? *at : 0; }
static void skip_blanks(void) {
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
}
static bool skip(u8 byte) {
  skip_blanks();
  if (peek() != byte) return false;
  at++;
  return true;
}

static u32 read_hex(void) {
  u32 code = 0;
  for (int i = 0; i < 4; i++, at++) {
    u8 byte = peek(), letter = byte | 0x20;
    if (byte >= '0' && byte <= '9') code = code << 4 | (byte - '0');
    else if (letter >= 'a' && letter <= 'f') code = code << 4 | (letter - 'a' + 10);
    else return fail("not JSON"), 0;
  }
  return code;
}

static u8 *put_utf8(u8 *to, u32 point) {
  u32 more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  if (more == 0) return *to = point, to + 1;
  for (u32 i = more; i > 0; i--, point >>= 6) to[i] = 0x80 | (point & 0x3f);
  to[0] = (u8)(0xf00 >> (more + 1)) | point;
  return to + more + 1;
}

static u8 *unescape(u8 *to) {
  static const char from[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  u8 byte = (at++, peek());
  at++;
  for (u32 i = 0; i < sizeof from - 1; i++)
    if (byte == from[i]) return *to = meant[i], to + 1;
  if (byte != 'u') return fail("not JSON"), to;
  u32 point = read_hex();
  if (point < 0xd800 || point > 0xdfff) return put_utf8(to, point);
  if (point > 0xdbff || end - at < 6 || at[0] != '\\' || at[1] != 'u') return fail("a lone surrogate"), to;
  at += 2;
  u32 low = read_hex();
  if (low < 0xdc00 || low > 0xdfff) return fail("a lone surrogate"), to;
  return put_utf8(to, 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00));
}

// Bytes after a lead byte above ASCII, or 0 where there is no UTF-8.
static u32 continuation(void) {
  u8 lead = *at;
  u32 more = lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 0;
  if (end - at <= (ptrdiff_t)more) return 0;
  for (u32 i = 1; i <= more; i++)
    if ((at[i] & 0xc0) != 0x80) return 0;
  if ((lead == 0xe0 && at[1] < 0xa0) || (lead == 0xed && at[1] > 0x9f)) return 0;
  if ((lead == 0xf0 && at[1] < 0x90) || (lead == 0xf4 && at[1] > 0x8f)) return 0;
  return more;
}

// Skips what stands for itself, eight bytes at once where none of them is special.
static void skip_plain(void) {
  const u64 ones = 0x0101010101010101;
  for (;;) {
    u64 word;
    while (end - at >= 8) {
      __builtin_memcpy(&word, at, 8);
      u64 special = word | (word - ones * 0x20) | ((word ^ ones * '"') - ones) | ((word ^ ones * '\\') - ones);
      if (special & ones * 0x80) break;
      at += 8;
    }
    u8 byte = peek();
    if (byte == '"' || byte == '\\') return;
    if (byte < 0x20) return fail("not JSON");
    if (byte >= 0x80) {
      u32 more = continuation();
      if (!more) return fail("not UTF-8");
      at += more;
    }
    at++;
  }
}

static text read_text(void) {
  const u8 *start = ++at;
  skip_plain();
  if (peek() == '"' || has_failed()) return (text){start, at++ - start};
  const u8 *quote = at;
  while (quote < end && *quote != '"') quote += *quote == '\\' ? 2 : 1;
  // What an escape stands for is shorter than it.
  u8 *room = allocate(quote - start + 8), *to = room;
  if (has_failed()) return LITERAL("");
  for (;;) {
    __builtin_memcpy(to, start, at - start);
    to += at - start;
    if (has_failed() || peek() == '"') break;
    to = unescape(to);
    start = at;
    if (!has_failed()) skip_plain();
  }
  at++;
  return (text){room, to - room};
}

static bool digits(void) {
  const u8 *start = at;
  while (peek() >= '0' && peek() <= '9') at++;
  return at > start;
}

static bool skip_number(void) {
  if (peek() == '-') at++;
  const u8 *start = at;
  if (!digits() || (*start == '0' && at > start + 1)) return false;
  if (peek() == '.' && (at++, !digits())) return false;
  if ((peek() | 0x20) != 'e') return true;
  at++;
  if (peek() == '+' || peek() == '-') at++;
  return digits();
}

static bool skip_word(text word) {
  if (end - at < (ptrdiff_t)word.length || !equals((text){at, word.length}, word)) return false;
  at += word.length;
  return true;
}

static value *read_value(u32 depth);

static void read_children(value *parent, u8 close, u32 depth) {
  at++;
  if (skip(close)) return;
  value **to = &parent->first;
  do {
    text key = {0};
    if (parent->kind == OBJECT) {
      skip_blanks();
      if (peek() != '"') return fail("not JSON");
      key = read_text();
      if (!skip(':')) return fail("not JSON");
      // Larger objects than the contracts have are not for this plugin: comparing each with each would take too long.
      if (parent->size >= MOST_KEYS) return fail("an object has too many keys");
      for (value *one = parent->first; one; one = one->next)
        if (equals(one->key, key)) return fail("a key stands twice");
    }
    value *child = read_value(depth);
    if (has_failed()) return;
    child->key = key;
    *to = child;
    to = &child->next;
    parent->size++;
  } while (skip(','));
  if (!skip(close)) fail("not JSON");
}

static value *read_value(u32 depth) {
  skip_blanks();
  if (++values > MOST_VALUES) return refuse("too many JSON values");
  value *read = allocate(sizeof *read);
  if (has_failed()) return refuse("out of memory");
  *read = (value){.kind = NUMBER};
  const u8 *start = at;
  u8 byte = peek();
  if (byte == '"') {
    read->kind = TEXT;
    read->content = read_text();
  } else if (byte == '{' || byte == '[') {
    if (depth >= DEEPEST) return refuse("JSON nests too deep");
    read->kind = byte == '{' ? OBJECT : LIST;
    read_children(read, byte == '{' ? '}' : ']', depth + 1);
  } else if (skip_word(LITERAL("true")) || skip_word(LITERAL("false"))) {
    read->kind = BOOLEAN;
  } else if (skip_word(LITERAL("null"))) {
    read->kind = NOTHING;
  } else if (!skip_number()) {
    return refuse("not JSON");
  }
  read->json = (text){start, at - start};
  if (read->kind != TEXT) read->content = read->json;
  return has_failed() ? refuse("not JSON") : read;
}

value *read_json(text input) {
  at = input.at;
  end = input.at + input.length;
  values = 0;
  value *read = read_value(0);
  skip_blanks();
  return at == end ? read : refuse("text after the JSON");
}

value *take_optional(value *object, const char *key) {
  u32 length = 0;
  while (key[length]) length++;
  for (value *one = members(object); one; one = one->next)
    if (equals(one->key, (text){(const u8 *)key, length})) return one->is_taken = true, one;
  return NULL;
}

value *take(value *object, const char *key) {
  value *found = take_optional(object, key);
  return found ? found : refuse("a key is missing");
}

void take_no_more(value *object) {
  for (value *one = members(object); one; one = one->next)
    if (!one->is_taken) fail("an unknown key");
}

static value *checked(value *from, kind wanted, const char *why) { return from->kind == wanted ? from : refuse(why); }

text to_text(value *from) { return checked(from, TEXT, "expected a string")->content; }
value *elements(value *from) { return checked(from, LIST, "expected a list")->first; }
value *members(value *from) { return checked(from, OBJECT, "expected an object")->first; }
bool to_flag(value *from) { return equals(checked(from, BOOLEAN, "expected a boolean")->content, LITERAL("true")); }

u64 to_count(value *from, u64 largest) {
  text written = checked(from, NUMBER, "expected an unsigned integer")->content;
  u64 count = 0;
  for (u32 i = 0; i < written.length; i++) {
    if (written.at[i] < '0' || written.at[i] > '9') return fail("expected an unsigned integer"), 0;
    count = count * 10 + (written.at[i] - '0');
    if (count > largest) return fail("an unsigned integer is too large"), 0;
  }
  return count;
}

// Exact enough to be compared with a threshold.
double to_number(value *from) {
  text written = checked(from, NUMBER, "expected a number")->content;
  double number = 0, divisor = 1;
  int exponent = 0, shown = 0, sign = 1;
  u32 i = 0;
  bool is_negative = written.length && written.at[0] == '-' && ++i, is_fraction = false;
  for (; i < written.length && (written.at[i] | 0x20) != 'e'; i++) {
    if (written.at[i] == '.') is_fraction = true;
    else number = number * 10 + (written.at[i] - '0'), exponent -= is_fraction;
  }
  for (i++; i < written.length; i++) {
    if (written.at[i] == '-') sign = -1;
    else if (written.at[i] != '+' && shown < 100000) shown = shown * 10 + (written.at[i] - '0');
  }
  exponent += sign * shown;
  for (; exponent > 0 && number != 0 && number < 1e300; exponent--) number *= 10;
  if (exponent > 0 && number != 0) fail("a number is too large");
  for (; exponent < 0 && divisor < 1e22; exponent++) divisor *= 10;
  for (number /= divisor; exponent < 0 && number != 0; exponent++) number /= 10;
  return is_negative ? -number : number;
}
