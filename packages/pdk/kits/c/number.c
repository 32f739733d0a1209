// Converts doubles exactly. Reading returns the nearest double, half to even. Writing uses the fewest digits that give the same double, as
// JavaScript does. Most numbers take a fast path in which every step is exact. The others are computed with whole numbers.
#include "big.h"

// More digits than any midpoint between two doubles has.
#define MOST_DIGITS 770
#define EXACT_POWERS 22

static const double POWERS[EXACT_POWERS + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// Static, so that they need no space on the stack.
static big numerator, denominator, margin, sum;

static double double_of(uint64_t bits) {
  double value;
  __builtin_memcpy(&value, &bits, 8);
  return value;
}

// ---- reading ----

// numerator × 10^exponent, which is between 1e-330 and 1e310.
static double nearest(int32_t exponent) {
  pw_big_set(&denominator, 1);
  pw_big_multiply_by_power_of_ten(exponent < 0 ? &denominator : &numerator, exponent < 0 ? -exponent : exponent);
  // The quotient is scaled to less than 2. Then its bits are computed one by one, down to the lowest bit of the double.
  int32_t difference = (int32_t)pw_big_bits(&numerator) - (int32_t)pw_big_bits(&denominator);
  int32_t scale = 53 - difference > 1074 ? 1074 : 53 - difference;
  if (scale + 1 + difference < 0) return 0;
  pw_big_shift(difference < 0 ? &numerator : &denominator, difference < 0 ? -difference : difference);
  uint64_t bits = 0;
  for (int32_t left = scale + 1 + difference; left > 0; left--) {
    bool is_set = pw_big_compare(&numerator, &denominator) >= 0;
    if (is_set) pw_big_subtract(&numerator, &denominator);
    bits = bits << 1 | is_set;
    pw_big_shift(&numerator, 1);
  }
  int half = pw_big_compare(&numerator, &denominator);
  bool is_up = half > 0 || (half == 0 && (bits & 1));
  if (bits >> 53) {
    is_up = (bits & 1) && (numerator.count || (bits & 2));
    bits >>= 1;
    scale--;
  }
  bits += is_up;
  if (bits >> 53) bits >>= 1, scale--;
  if (bits >> 52 == 0) return double_of(bits);
  if (scale <= 1075 - 2047) return __builtin_inf();
  return double_of((uint64_t)(1075 - scale) << 52 | (bits & 0xfffffffffffff));
}

double pw_parse_double(const char *at, const char *end) {
  bool is_negative = *at == '-', is_fraction = false;
  const char *digits = at += is_negative;
  uint64_t leading = 0;
  int64_t exponent = 0, given = 0;
  uint32_t count = 0;
  for (; at < end && (*at | 0x20) != 'e'; at++) {
    if (*at == '.') {
      is_fraction = true;
      continue;
    }
    exponent -= is_fraction;
    if (count || *at != '0') count++;
    if (count <= 19) leading = leading * 10 + (*at - '0');
  }
  const char *digits_end = at;
  bool is_small = at + 1 < end && at[1] == '-';
  for (at += 1 + (at + 1 < end && (at[1] == '-' || at[1] == '+')); at < end; at++)
    if (given < 1000000000000) given = given * 10 + (*at - '0');
  exponent += is_small ? -given : given;
  double value;
  if (count == 0) value = 0;
  else if (count <= 19 && leading >> 53 == 0 && exponent >= -EXACT_POWERS && exponent <= EXACT_POWERS)
    value = exponent < 0 ? (double)leading / POWERS[-exponent] : (double)leading * POWERS[exponent];
  else if (exponent + count > 310) value = __builtin_inf();
  else if (exponent + count < -326) value = 0;
  else {
    pw_big_set(&numerator, 0);
    uint32_t taken = 0, seen = 0;
    bool is_more = false;
    for (at = digits; at < digits_end; at++) {
      if (*at == '.' || (!seen && *at == '0')) continue;
      if (seen++ < MOST_DIGITS) pw_big_multiply(&numerator, 10, *at - '0'), taken++;
      else is_more |= *at != '0';
    }
    exponent += count - taken;
    // Further digits matter only if the number is otherwise at the midpoint between two doubles.
    if (is_more) pw_big_multiply(&numerator, 10, 1), exponent--;
    value = nearest(exponent);
  }
  return is_negative ? -value : value;
}

// ---- writing ----

static uint32_t put_digits(char *to, uint64_t value) {
  char digits[PW_MOST_DIGITS], *end = digits + sizeof digits, *from = pw_digits(end, value);
  __builtin_memcpy(to, from, end - from);
  return end - from;
}

// Finds the fewest digits, if they are at most 15: one multiplication and one division are then exact. Returns 0 otherwise.
static uint32_t short_digits(char *to, double value, int32_t *point) {
  for (int32_t places = 0; places <= EXACT_POWERS; places++) {
    double scaled = value * POWERS[places];
    if (scaled >= 1e15) return 0;
    uint64_t whole = (uint64_t)(scaled + 0.5);
    if (whole == 0 || (double)whole / POWERS[places] != value) continue;
    uint32_t count = put_digits(to, whole);
    *point = (int32_t)count - places;
    return count;
  }
  return 0;
}

// Whether the number plus half of the distance up is read as the next double above.
static bool reaches_above(bool is_edge, bool is_even) {
  sum = numerator;
  pw_big_add(&sum, &margin);
  if (is_edge) pw_big_add(&sum, &margin);
  int compared = pw_big_compare(&sum, &denominator);
  return compared > 0 || (compared == 0 && is_even);
}

// After Steele and White: produces digits until the rest is less than half of the distance to a neighbour.
static uint32_t shortest_digits(char *to, double value, int32_t *point) {
  uint64_t bits;
  __builtin_memcpy(&bits, &value, 8);
  int32_t exponent = bits >> 52;
  uint64_t fraction = bits & 0xfffffffffffff;
  if (exponent) fraction |= 1ull << 52, exponent--;
  // At a power of two, the next double below is half as far away as the next above.
  bool is_even = !(fraction & 1), is_edge = fraction == 1ull << 52 && exponent > 0;
  exponent -= 1074;
  // value = numerator / denominator. Half of the distance down = margin / denominator.
  pw_big_set(&numerator, fraction);
  pw_big_set(&denominator, 1);
  pw_big_set(&margin, 1);
  pw_big_shift(&numerator, 1 + is_edge + (exponent > 0 ? exponent : 0));
  pw_big_shift(&denominator, 1 + is_edge + (exponent < 0 ? -exponent : 0));
  if (exponent > 0) pw_big_shift(&margin, exponent);
  // The power of ten above the value, or the one below that. log10(2) is between 315,652 and 315,653 over 2^20.
  int32_t length = 63 - __builtin_clzll(fraction) + exponent;
  int32_t power = ((length * (length < 0 ? 315653 : 315652)) >> 20) + 1;
  pw_big_multiply_by_power_of_ten(&denominator, power > 0 ? power : 0);
  pw_big_multiply_by_power_of_ten(&numerator, power < 0 ? -power : 0);
  pw_big_multiply_by_power_of_ten(&margin, power < 0 ? -power : 0);
  if (reaches_above(is_edge, is_even)) {
    pw_big_multiply(&denominator, 10, 0);
    power++;
  }
  *point = power;
  for (uint32_t count = 0;;) {
    pw_big_multiply(&numerator, 10, 0);
    pw_big_multiply(&margin, 10, 0);
    char digit = '0';
    for (; pw_big_compare(&numerator, &denominator) >= 0; digit++) pw_big_subtract(&numerator, &denominator);
    int below = pw_big_compare(&numerator, &margin);
    bool is_low = below < 0 || (below == 0 && is_even), is_high = reaches_above(is_edge, is_even);
    if (is_low || is_high) {
      pw_big_shift(&numerator, 1);
      int half = pw_big_compare(&numerator, &denominator);
      if (is_high && (!is_low || half > 0 || (half == 0 && (digit & 1)))) digit++;
      to[count++] = digit;
      return count;
    }
    to[count++] = digit;
  }
}

uint32_t pw_print_double(char *to, double value) {
  char digits[24], *end = to;
  int32_t point;
  if (value == 0) return *to = '0', 1;
  if (value < 0) *end++ = '-', value = -value;
  uint32_t count = short_digits(digits, value, &point);
  if (!count) count = shortest_digits(digits, value, &point);
  while (count > 1 && digits[count - 1] == '0') count--;
  // As in Number::toString of ECMA-262: `point` digits are before the decimal point.
  bool is_plain = point > -6 && point <= 21;
  if (is_plain && point <= 0) {
    *end++ = '0';
    *end++ = '.';
    for (int32_t i = point; i < 0; i++) *end++ = '0';
  }
  for (uint32_t i = 0; i < count; i++) {
    if (i && (is_plain ? (int32_t)i == point : i == 1)) *end++ = '.';
    *end++ = digits[i];
  }
  if (is_plain)
    for (int32_t i = count; i < point; i++) *end++ = '0';
  else {
    int32_t exponent = point - 1;
    *end++ = 'e';
    *end++ = exponent < 0 ? '-' : '+';
    end += put_digits(end, exponent < 0 ? -exponent : exponent);
  }
  return end - to;
}
