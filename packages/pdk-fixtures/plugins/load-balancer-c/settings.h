// What the operator configured. Each is false, with a failure, if that is out of range.
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
// `true` or `false`, by default the latter.
bool read_switch(pw_text key, bool *is_on);

#endif
