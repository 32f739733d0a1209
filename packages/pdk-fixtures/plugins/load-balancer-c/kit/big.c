#include "big.h"

static void trim(big *to) {
  while (to->count && to->limb[to->count - 1] == 0) to->count--;
}

void pw_big_set(big *to, uint64_t value) {
  to->count = 2;
  to->limb[0] = value;
  to->limb[1] = value >> 32;
  trim(to);
}

void pw_big_multiply(big *to, uint32_t factor, uint32_t more) {
  uint64_t carry = more;
  for (uint32_t i = 0; i < to->count; i++, carry >>= 32) {
    carry += (uint64_t)to->limb[i] * factor;
    to->limb[i] = carry;
  }
  if (carry) to->limb[to->count++] = carry;
}

void pw_big_multiply_by_power_of_ten(big *to, uint32_t exponent) {
  for (; exponent >= 9; exponent -= 9) pw_big_multiply(to, 1000000000, 0);
  for (; exponent; exponent--) pw_big_multiply(to, 10, 0);
}

void pw_big_shift(big *to, uint32_t bits) {
  uint32_t limbs = bits / 32;
  if (!to->count) return;
  pw_big_multiply(to, 1u << bits % 32, 0);
  if (!limbs) return;
  for (uint32_t i = to->count; i-- > 0;) to->limb[i + limbs] = to->limb[i];
  for (uint32_t i = 0; i < limbs; i++) to->limb[i] = 0;
  to->count += limbs;
}

void pw_big_add(big *to, const big *other) {
  uint64_t carry = 0;
  for (uint32_t i = 0; i < other->count || carry; i++, carry >>= 32) {
    if (i == to->count) to->limb[to->count++] = 0;
    carry += (uint64_t)to->limb[i] + (i < other->count ? other->limb[i] : 0);
    to->limb[i] = carry;
  }
}

void pw_big_subtract(big *to, const big *other) {
  int64_t borrow = 0;
  for (uint32_t i = 0; i < to->count; i++, borrow >>= 32) {
    borrow += (int64_t)to->limb[i] - (i < other->count ? other->limb[i] : 0);
    to->limb[i] = borrow;
  }
  trim(to);
}

int pw_big_compare(const big *one, const big *other) {
  if (one->count != other->count) return one->count < other->count ? -1 : 1;
  for (uint32_t i = one->count; i-- > 0;)
    if (one->limb[i] != other->limb[i]) return one->limb[i] < other->limb[i] ? -1 : 1;
  return 0;
}

uint32_t pw_big_bits(const big *of) { return of->count ? 32 * of->count - __builtin_clz(of->limb[of->count - 1]) : 0; }
