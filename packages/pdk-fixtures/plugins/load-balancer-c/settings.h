// Reads what the operator configured. Each function returns false, with a failure, if the value is invalid.
#ifndef SETTINGS_H
#define SETTINGS_H

#include <kit/kit.h>

typedef struct {
  double smallest, largest;
} number_range;

bool read_number(pw_text key, number_range range, double otherwise, double *value);

typedef struct {
  uint64_t smallest, largest;
} count_range;

// A whole number of at most nine digits.
bool read_count(pw_text key, count_range range, uint64_t otherwise, uint64_t *value);
// `true` or `false`. The default is `false`.
bool read_switch(pw_text key, bool *is_on);

#endif
