#include "../load-balancer-c/settings.h"
#include "guard.h"

// The bytes of a nonce. No two requests get the same. It is a multiple of three, so base64 needs no padding.
#define NONCE_BYTES 18

bool make_stamp(stamp *made, bool *is_stamped) {
  if (!read_switch(PW_TEXT("sign_once"), is_stamped)) return false;
  if (!*is_stamped) return true;
  *made = (stamp){pw_decimal(host_now_unix_ms()), pw_base64_encode(host_random_bytes(NONCE_BYTES))};
  return true;
}
