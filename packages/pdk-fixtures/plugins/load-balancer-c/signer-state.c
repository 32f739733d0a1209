#include "signer-state.h"

bool check_key(signing_key *key) {
  if (!pw_base64_decode(key->key_base64, &key->key)) return pw_fail("bad base64");
  if (key->key.length == 0) return pw_fail("a key is empty");
  if (key->id.length == 0) return pw_fail("a key_id is empty");
  for (uint32_t i = 0; i < key->id.length; i++)
    if (key->id.at[i] <= 0x20 || key->id.at[i] >= 0x7f) return pw_fail("a key_id is not visible ASCII");
  return true;
}

// Reads the values of an object that must have exactly these keys.
static bool take(pw_json object, const char *const *keys, pw_json *values, uint32_t count) {
  uint32_t found = 0;
  for (pw_json_parts part = pw_json_begin(object); part.is_object && pw_json_next(&part); found++) {
    uint32_t at = 0;
    while (at < count && !pw_equals(part.key, pw_text_of(keys[at]))) at++;
    if (at == count) return pw_fail("an unknown key of the signer's state");
    values[at] = part.value;
  }
  return found == count || pw_fail("a key of the signer's state is missing");
}

static bool read_key(pw_json from, signing_key *key) {
  static const char *const keys[] = {"key_id", "key_base64"};
  pw_json values[2];
  if (!take(from, keys, values, 2)) return false;
  if (!pw_json_to_text(values[0], &key->id) || !pw_json_to_text(values[1], &key->key_base64)) return pw_fail("a key is not a string");
  return check_key(key);
}

bool read_keys(pw_json list, signer_state *state) {
  state->count = 0;
  if (pw_json_kind_of(list) != PW_JSON_LIST) return pw_fail("keys is not a list");
  for (pw_json_parts part = pw_json_begin(list); pw_json_next(&part); state->count++) {
    if (state->count == MOST_KEYS) return pw_fail("keys has not 1 to 16 keys");
    if (!read_key(part.value, state->keys + state->count)) return false;
  }
  return state->count > 0 || pw_fail("keys has not 1 to 16 keys");
}

bool read_signer_state(pw_json from, signer_state *state) {
  static const char *const keys[] = {"keys", "counter"};
  pw_json values[2];
  if (!take(from, keys, values, 2) || !read_keys(values[0], state)) return false;
  if (!pw_json_to_u64(values[1], &state->counter)) return pw_fail("counter is not an unsigned integer");
  return state->counter < state->count || pw_fail("counter names no key");
}

static pw_text quote(pw_text text) {
  pw_json quoted = pw_json_of_text(text);
  return (pw_text){quoted.at, quoted.length};
}

pw_json write_signer_state(const signer_state *state) {
  pw_text keys = PW_TEXT("");
  for (uint32_t i = 0; i < state->count; i++)
    keys = PW_CONCAT(keys, i ? PW_TEXT(",") : PW_TEXT(""), PW_TEXT("{\"key_id\":"), quote(state->keys[i].id),
                     PW_TEXT(",\"key_base64\":"), quote(state->keys[i].key_base64), PW_TEXT("}"));
  pw_text whole = PW_CONCAT(PW_TEXT("{\"keys\":["), keys, PW_TEXT("],\"counter\":"), pw_decimal(state->counter), PW_TEXT("}"));
  return (pw_json){whole.at, whole.length};
}
