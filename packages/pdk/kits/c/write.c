// The output, written piece by piece. It is the newest block of the arena while a response is written, so it grows in place.
#include "runtime.h"

bool pw_make_room(uint32_t bytes) {
  uint64_t wanted = (uint64_t)pw_out.used + bytes;
  if (wanted <= pw_out.room) return true;
  uint64_t room = wanted + wanted / 2 + 256;
  char *to = pw_try_grow(pw_out.at, pw_out.room, room);
  if (!to) return false;
  pw_out.at = to;
  pw_out.room = room;
  return true;
}

bool pw_put(pw_text piece) {
  if (!pw_make_room(piece.length)) return false;
  pw_copy(pw_out.at + pw_out.used, piece.at, piece.length);
  pw_out.used += piece.length;
  return true;
}

// Writes what JSON.stringify writes for a byte that a string may not hold as it is.
static uint32_t escape(char *to, uint8_t byte) {
  static const char from[] = "\"\\\b\f\n\r\t", meant[] = "\"\\bfnrt", digits[] = "0123456789abcdef";
  to[0] = '\\';
  for (uint32_t i = 0; i < sizeof from - 1; i++)
    if ((uint8_t)from[i] == byte) return to[1] = meant[i], 2;
  __builtin_memcpy(to + 1, "u00", 3);
  to[4] = digits[byte >> 4];
  to[5] = digits[byte & 15];
  return 6;
}

// Copies what stands for itself, eight bytes at once where none is special. The room is there.
static const char *put_plain(const char *at, const char *end) {
  const uint64_t ones = 0x0101010101010101;
  char *to = pw_out.at + pw_out.used;
  for (;;) {
    uint64_t word;
    for (; end - at >= 8; at += 8, to += 8) {
      __builtin_memcpy(&word, at, 8);
      uint64_t special = word | (word - ones * 0x20) | ((word ^ ones * '"') - ones) | ((word ^ ones * '\\') - ones);
      if (special & ones * 0x80) break;
      __builtin_memcpy(to, &word, 8);
    }
    if (at == end) break;
    uint8_t byte = *at;
    if (byte < 0x20 || byte == '"' || byte == '\\') break;
    uint32_t more = byte < 0x80 ? 0 : pw_continuation(at, end);
    if (byte >= 0x80 && !more) break;
    for (uint32_t i = 0; i <= more; i++) *to++ = *at++;
  }
  pw_out.used = to - pw_out.at;
  return at;
}

bool pw_put_string(pw_text value) {
  const char *at = value.at, *end = at + value.length;
  if (!pw_make_room(value.length + 2)) return false;
  pw_out.at[pw_out.used++] = '"';
  while ((at = put_plain(at, end)) < end) {
    if ((uint8_t)*at >= 0x80) return pw_refuse("not UTF-8");
    // Besides the escape there is room for the rest, and the quotation mark.
    if (!pw_make_room(end - at + 7)) return false;
    pw_out.used += escape(pw_out.at + pw_out.used, *at++);
  }
  pw_out.at[pw_out.used++] = '"';
  return true;
}

bool pw_put_decimal(uint64_t value) {
  if (!pw_make_room(20)) return false;
  char digits[20], *from = digits + 20;
  do *--from = '0' + value % 10;
  while (value /= 10);
  return pw_put((pw_text){from, digits + 20 - from});
}
