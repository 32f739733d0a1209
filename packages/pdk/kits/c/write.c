// Writes the output piece by piece. While a response is written, the output is the newest block of the arena, so it grows in place.
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

bool pw_put(const char *at, uint32_t length) {
  if (!pw_make_room(length)) return false;
  pw_copy(pw_out.at + pw_out.used, at, length);
  pw_out.used += length;
  return true;
}

// Escapes a byte as JSON.stringify does.
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

bool pw_put_string(const char *at, uint32_t length) {
  const char *end = at + length;
  if (!PW_PUT("\"")) return false;
  for (;;) {
    const char *stop = pw_skip_plain(at, end);
    if (!pw_put(at, stop - at) || !pw_make_room(8)) return false;
    if (stop == end) return PW_PUT("\"");
    if ((uint8_t)*stop >= 0x80) return pw_refuse("not UTF-8");
    pw_out.used += escape(pw_out.at + pw_out.used, *stop);
    at = stop + 1;
  }
}

bool pw_put_decimal(uint64_t value) {
  char digits[PW_MOST_DIGITS], *end = digits + sizeof digits, *from = pw_digits(end, value);
  return pw_put(from, end - from);
}
