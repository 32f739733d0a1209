#include "../load-balancer-c/settings.h"
#include "../load-balancer-c/sha256.h"
#include "guard.h"

#define MOST_SLOTS 64
#define MS_PER_SECOND 1000
// The bytes of a principal's SHA-256 in a key. They do not collide and hide the name. A multiple of three needs no padding.
#define DIGEST_BYTES_KEPT 15

bool find_rate_limit(rate_limit *limit, bool *is_limited) {
  pw_text text, by;
  *is_limited = pw_config(PW_TEXT("requests_per_second"), &text);
  if (!*is_limited) return true;
  limit->is_per_principal = !pw_config(PW_TEXT("limit_by"), &by) || pw_equals(by, PW_TEXT("principal"));
  if (!limit->is_per_principal && !pw_equals(by, PW_TEXT("everyone"))) return pw_fail("limit_by is neither principal nor everyone");
  return read_count(PW_TEXT("slots"), (count_range){1, MOST_SLOTS}, 1, &limit->slots) &&
         read_count(PW_TEXT("requests_per_second"), (count_range){1, 999999999}, 0, &limit->requests_per_second) &&
         read_count(PW_TEXT("slot"), (count_range){0, limit->slots - 1}, 0, &limit->slot);
}

// The requests that one balancer has let through in its newest second and in the second before. A balancer whose clock is behind still
// counts the latter. It is stored under one key and overwritten from second to second, so old windows take no space.
typedef struct {
  uint64_t second, count, before;
} window;

static window read_window(pw_text key) {
  window read = {0};
  pw_text bytes = host_storage_get(key);
  if (bytes.length == sizeof read) __builtin_memcpy(&read, bytes.at, sizeof read);
  return read;
}

static uint64_t count_in(const window *window, uint64_t second) {
  if (second == window->second) return window->count;
  return second + 1 == window->second ? window->before : 0;
}

// If the clock was set back by more than a second, counting starts again. Otherwise the window would last until that time returns.
static void add(window *window, uint64_t second) {
  if (second == window->second) window->count++;
  else if (second + 1 == window->second) window->before++;
  else {
    window->before = second == window->second + 1 ? window->count : 0;
    window->second = second;
    window->count = 1;
  }
}

static pw_text key_of(uint64_t slot, const pw_text *who) {
  pw_text key = PW_CONCAT(PW_TEXT("limit:"), pw_decimal(slot));
  return who ? PW_CONCAT(key, PW_TEXT(":"), *who) : key;
}

// Each balancer writes only under its own slot, so that no count is lost, and adds up the counts of all slots (docs/storage.md, "Counting in
// a fleet").
bool take(const rate_limit *limit, pw_text principal_id) {
  uint8_t digest[32];
  sha256_of(principal_id, digest);
  pw_text digest_text = pw_base64_encode((pw_text){(const char *)digest, DIGEST_BYTES_KEPT});
  const pw_text *who = limit->is_per_principal ? &digest_text : NULL;
  uint64_t second = host_now_unix_ms() / MS_PER_SECOND, taken = 0;
  window own = {0};
  for (uint64_t slot = 0; slot < limit->slots; slot++) {
    window read = read_window(key_of(slot, who));
    taken += count_in(&read, second);
    if (slot == limit->slot) own = read;
  }
  if (taken >= limit->requests_per_second) return false;
  add(&own, second);
  host_storage_put(key_of(limit->slot, who), (pw_text){(const char *)&own, sizeof own});
  return true;
}
