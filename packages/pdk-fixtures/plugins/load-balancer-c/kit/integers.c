// The codec of integers.
#include "runtime.h"

#define MOST_EXACT (1ull << 53)

// Reads an exponent. It is limited to more than any number of digits can compensate.
static int64_t read_exponent(const char *at, const char *end) {
  if (at == end) return 0;
  bool is_negative = *++at == '-';
  int64_t exponent = 0;
  for (at += is_negative || *at == '+'; at < end; at++)
    if (exponent < INT64_MAX / 100) exponent = exponent * 10 + (*at - '0');
  return is_negative ? -exponent : exponent;
}

// A number with a decimal point or an exponent must be whole and exact as a double: `1.0` and `1e3` are integers.
bool pw_read_magnitude(uint64_t *magnitude, bool *is_negative) {
  const char *from = pw_in.at, *end;
  bool is_plain;
  *magnitude = 0;
  *is_negative = *from == '-';
  if ((*from < '0' || *from > '9') && !*is_negative) return pw_refuse("expected an integer");
  if (!pw_skip_number(&is_plain)) return false;
  from += *is_negative;
  const char *point = NULL;
  for (end = from; end < pw_in.at && (*end | 0x20) != 'e'; end++)
    if (*end == '.') point = end;
  // The number of digits before the decimal point.
  int64_t whole = (point ? point : end) - from + read_exponent(end, pw_in.at);
  for (; from < end || (*magnitude && whole > 0); whole--) {
    if (from == point) from++;
    uint32_t digit = from < end ? *from++ - '0' : 0;
    if (whole <= 0 && digit) return pw_refuse("expected an integer");
    if (whole <= 0) continue;
    if (*magnitude > (UINT64_MAX - digit) / 10) return pw_refuse("out of range");
    *magnitude = *magnitude * 10 + digit;
  }
  return is_plain || *magnitude <= MOST_EXACT || pw_refuse("out of range");
}

static bool is_in_range(const pw_integer_range *range, int64_t value) {
  if (range->is_signed) return value >= range->minimum && value <= range->maximum;
  return (uint64_t)value >= (uint64_t)range->minimum && (uint64_t)value <= (uint64_t)range->maximum;
}

bool pw_read_integer(const pw_type *type, void *to, uint32_t version) {
  (void)version;
  const pw_integer_range *range = type->parts;
  uint64_t magnitude;
  bool is_negative;
  if (!pw_read_magnitude(&magnitude, &is_negative)) return false;
  is_negative = is_negative && magnitude;
  int64_t value = is_negative ? -magnitude : magnitude;
  // The sign is wrong only if the value does not fit in 64 bits.
  bool fits = range->is_signed ? (value < 0) == is_negative : !is_negative;
  if (!fits || !is_in_range(range, value)) return pw_refuse("out of range");
  if (type->size == 4) *(uint32_t *)to = value;
  else *(uint64_t *)to = value;
  return true;
}

static bool write_integer(const pw_type *type, const void *from) {
  const pw_integer_range *range = type->parts;
  int64_t value = *(const uint32_t *)from;
  if (type->size == 8) value = *(const int64_t *)from;
  else if (range->is_signed) value = (int32_t)value;
  if (!is_in_range(range, value)) return pw_refuse("out of range");
  bool is_negative = range->is_signed && value < 0;
  return (!is_negative || PW_PUT("-")) && pw_put_decimal(is_negative ? -(uint64_t)value : (uint64_t)value);
}

const pw_codec pw_integer = {pw_read_integer, write_integer};
