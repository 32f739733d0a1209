// Natural numbers of up to 3,968 bits, which is what an exact conversion of doubles needs.
#ifndef PLUGWIRE_BIG_H
#define PLUGWIRE_BIG_H

#include "runtime.h"

#define MOST_LIMBS 124

// The lowest limb comes first. The highest limb is not 0.
typedef struct {
  uint32_t count;
  uint32_t limb[MOST_LIMBS];
} big;

void pw_big_set(big *to, uint64_t value);
// to = to × factor + more
void pw_big_multiply(big *to, uint32_t factor, uint32_t more);
void pw_big_multiply_by_power_of_ten(big *to, uint32_t exponent);
void pw_big_shift(big *to, uint32_t bits);
void pw_big_add(big *to, const big *other);
// `other` must not be larger.
void pw_big_subtract(big *to, const big *other);
int pw_big_compare(const big *one, const big *other);
uint32_t pw_big_bits(const big *of);

#endif
