// The state of a signer, kept by the host: `{"keys":[{"key_id","key_base64"},…],"counter":0}`. The counter is the index of the key in use.
#ifndef SIGNER_STATE_H
#define SIGNER_STATE_H

#include <kit/kit.h>

#define MOST_KEYS 16

typedef struct {
  pw_text id, key_base64, key;
} signing_key;

typedef struct {
  signing_key keys[MOST_KEYS];
  uint32_t count;
  uint64_t counter;
} signer_state;

// Decodes and checks a key. Its id becomes a header, so it must be visible ASCII.
bool check_key(signing_key *key);
bool read_keys(pw_json list, signer_state *state);
bool read_signer_state(pw_json from, signer_state *state);
pw_json write_signer_state(const signer_state *state);

#endif
