// Input of the protocol itself, which is not described by a contract.
#include "runtime.h"

bool pw_read_input_object(pw_json *to) {
  if (!pw_begin_call()) return false;
  pw_skip_blanks();
  const char *from = pw_in.at;
  if (!pw_skip_value()) return false;
  *to = (pw_json){from, pw_in.at - from};
  if (!pw_at_end(pw_input.at + pw_input.length)) return false;
  return pw_json_kind_of(*to) == PW_JSON_OBJECT || pw_refuse("expected an object");
}

bool pw_take(pw_json object, const char *key, pw_json_kind kind, pw_json *value) {
  pw_text name = pw_text_of(key);
  if (!pw_json_get(object, name, value)) pw_refuse("missing");
  else if (pw_json_kind_of(*value) != kind) pw_refuse("another kind of value than expected");
  else return true;
  return pw_at_key(name.at, name.length);
}
