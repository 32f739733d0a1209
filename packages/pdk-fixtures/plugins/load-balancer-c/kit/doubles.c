// The codec of doubles.
#include "runtime.h"

// `7.0` and `7e0` are 7.
bool pw_equal_numbers(pw_text one, pw_text other) {
  return pw_parse_double(one.at, one.at + one.length) == pw_parse_double(other.at, other.at + other.length);
}

static bool check(const pw_double_range *range, double value) {
  bool is_above = range->is_minimum_excluded ? value > range->minimum : value >= range->minimum;
  bool is_below = range->is_maximum_excluded ? value < range->maximum : value <= range->maximum;
  return (is_above && is_below) || pw_refuse("out of range");
}

static bool read_double(const pw_type *type, void *to, uint32_t version) {
  (void)version;
  const char *from = pw_in.at;
  bool is_whole;
  if ((*from < '0' || *from > '9') && *from != '-') return pw_refuse("expected a number");
  if (!pw_skip_number(&is_whole)) return false;
  double value = *(double *)to = pw_parse_double(from, pw_in.at);
  if (value - value != 0) return pw_refuse("too large for a number");
  return check(type->parts, value);
}

static bool write_double(const pw_type *type, const void *from) {
  double value = *(const double *)from;
  if (value - value != 0) return pw_refuse("not a finite number");
  if (!check(type->parts, value) || !pw_make_room(32)) return false;
  pw_out.used += pw_print_double(pw_out.at + pw_out.used, value);
  return true;
}

const pw_codec pw_double = {read_double, write_double};
