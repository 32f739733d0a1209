// Texts, for authors.
#include "runtime.h"

bool pw_equals(pw_text one, pw_text other) {
  if (one.length != other.length) return false;
  for (uint32_t i = 0; i < one.length; i++)
    if (one.at[i] != other.at[i]) return false;
  return true;
}

pw_text pw_slice(pw_text whole, uint32_t from, uint32_t to) {
  if (to > whole.length) to = whole.length;
  if (from > to) from = to;
  return (pw_text){whole.at + from, to - from};
}

pw_text pw_concat(const pw_text *parts, uint32_t count) {
  uint64_t length = 0;
  for (uint32_t i = 0; i < count; i++) length += parts[i].length;
  char *to = pw_allocate(length > UINT32_MAX ? UINT32_MAX : length), *end = to;
  for (uint32_t i = 0; i < count; i++) {
    __builtin_memcpy(end, parts[i].at, parts[i].length);
    end += parts[i].length;
  }
  return (pw_text){to, length};
}

char *pw_digits(char *end, uint64_t value) {
  do *--end = '0' + value % 10;
  while (value /= 10);
  return end;
}

pw_text pw_decimal(uint64_t value) {
  char *end = (char *)pw_allocate(PW_MOST_DIGITS) + PW_MOST_DIGITS, *from = pw_digits(end, value);
  return (pw_text){from, end - from};
}

pw_text pw_text_of(const char *string) {
  uint32_t length = 0;
  while (string[length]) length++;
  return (pw_text){string, length};
}
