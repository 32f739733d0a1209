// Builds the first state of a signer.
#include "handlers.h"
#include "signer-state.h"

static bool read_configured_key(signer_state *state) {
  signing_key *key = state->keys;
  state->count = 1;
  if (!pw_config(PW_TEXT("signing_key_id"), &key->id) || !pw_config(PW_TEXT("signing_key_base64"), &key->key_base64))
    return pw_fail("no key: neither factory_state nor the configuration has one");
  return check_key(key);
}

// Takes the keys from `{"keys":[…]}`. If the state is `{}`, takes the key that the operator configured.
bool create_signer(const BuildSignerRequest *request, BuildSignerResponse *response) {
  signer_state state = {.count = 0};
  pw_json keys;
  bool has_keys = false;
  if (pw_json_kind_of(request->factory_state) != PW_JSON_OBJECT) return pw_fail("factory_state is not an object");
  for (pw_json_parts part = pw_json_begin(request->factory_state); pw_json_next(&part);) {
    if (!pw_equals(part.key, PW_TEXT("keys"))) return pw_fail("an unknown key of factory_state");
    keys = part.value;
    has_keys = true;
  }
  if (has_keys ? !read_keys(keys, &state) : !read_configured_key(&state)) return false;
  response->signer_state = write_signer_state(&state);
  return true;
}
