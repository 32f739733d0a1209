#include "settings.h"

bool read_number(pw_text key, number_range range, double otherwise, double *value) {
  pw_text text;
  pw_json json;
  *value = otherwise;
  if (!pw_config(key, &text)) return true;
  bool is_number = pw_json_parse(text, &json) && pw_json_to_number(json, value);
  return (is_number && *value >= range.smallest && *value <= range.largest) || pw_fail("a configured number is out of range");
}

bool read_count(pw_text key, count_range range, uint64_t otherwise, uint64_t *value) {
  pw_text text;
  *value = otherwise;
  if (!pw_config(key, &text)) return true;
  bool is_count = text.length > 0 && text.length <= 9;
  *value = 0;
  for (uint32_t i = 0; i < text.length && is_count; i++) {
    is_count = text.at[i] >= '0' && text.at[i] <= '9';
    *value = *value * 10 + (text.at[i] - '0');
  }
  return (is_count && *value >= range.smallest && *value <= range.largest) || pw_fail("a configured count is out of range");
}

bool read_switch(pw_text key, bool *is_on) {
  pw_text text;
  *is_on = false;
  if (!pw_config(key, &text)) return true;
  *is_on = pw_equals(text, PW_TEXT("true"));
  return *is_on || pw_equals(text, PW_TEXT("false")) || pw_fail("a configured switch is neither true nor false");
}
