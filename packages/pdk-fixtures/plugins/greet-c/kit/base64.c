#include "runtime.h"

static uint32_t sextet(uint8_t byte) {
  if (byte >= 'A' && byte <= 'Z') return byte - 'A';
  if (byte >= 'a' && byte <= 'z') return byte - 'a' + 26;
  if (byte >= '0' && byte <= '9') return byte - '0' + 52;
  return byte == '+' ? 62 : byte == '/' ? 63 : 0xff;
}

bool pw_base64_decode(pw_text from, pw_text *bytes) {
  if (from.length % 4) return false;
  uint32_t padding = 0, written = 0;
  if (from.length && from.at[from.length - 1] == '=') padding = from.at[from.length - 2] == '=' ? 2 : 1;
  char *to = pw_allocate(from.length / 4 * 3);
  for (uint32_t i = 0; i < from.length; i += 4) {
    uint32_t skipped = i + 4 == from.length ? padding : 0, group = 0, all = 0;
    for (uint32_t j = 0; j < 4; j++) {
      uint32_t six = j < 4 - skipped ? sextet(from.at[i + j]) : 0;
      all |= six;
      group = group << 6 | (six & 63);
    }
    if (all > 63 || (group & ((1u << 8 * skipped) - 1))) return false;
    for (uint32_t j = 0; j < 3 - skipped; j++) to[written++] = group >> (16 - 8 * j);
  }
  *bytes = (pw_text){to, written};
  return true;
}

pw_text pw_base64_encode(pw_text from) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const uint8_t *bytes = (const uint8_t *)from.at;
  char *to = pw_allocate(((size_t)from.length + 2) / 3 * 4);
  uint32_t written = 0;
  for (uint32_t i = 0; i < from.length; i += 3) {
    uint32_t left = from.length - i;
    uint32_t group = bytes[i] << 16 | (left > 1 ? bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0);
    for (uint32_t j = 0; j < 4; j++) to[written++] = j <= left ? letters[group >> (18 - 6 * j) & 63] : '=';
  }
  return (pw_text){to, written};
}
