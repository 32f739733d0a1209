#include "messages.h"

void read_filter(value *from);
void read_filter_response(value *from);

static void check_text_or_null(value *from, const char *key) {
  value *found = take(from, key);
  if (!is_null(found)) to_text(found);
}

static value *count_or_null(value *from, const char *key) {
  value *found = take(from, key);
  if (!is_null(found)) to_count(found, U64_MOST);
  return found;
}

static void check_rate_limit(value *from) {
  to_text(take(from, "kind"));
  to_text(take(from, "window"));
  count_or_null(from, "limit");
  count_or_null(from, "remaining");
  check_text_or_null(from, "reset");
  take_no_more(from);
}

static void check_quota(value *from) {
  static const char *const texts[] = {"status", "representative_claim", "disabled_reason"};
  static const char *const counts[] = {"resets_at_unix_secs", "observed_at_unix_millis", "age_secs"};
  to_text(take(from, "window"));
  to_text(take(from, "source"));
  to_text(take(from, "data_state"));
  value *utilization = take(from, "utilization"), *surpassed = take(from, "surpassed_threshold");
  if (!is_null(utilization)) to_number(utilization);
  if (!is_null(surpassed)) to_flag(surpassed);
  for (u32 i = 0; i < 3; i++) check_text_or_null(from, texts[i]), count_or_null(from, counts[i]);
  take_no_more(from);
}

static void check_cache_score(value *from) {
  static const char *const counts[] = {"predicted_cache_read_tokens", "predicted_cache_creation_tokens_5m",
                                       "predicted_cache_creation_tokens_1h", "predicted_uncached_input_tokens"};
  for (u32 i = 0; i < 4; i++) to_count(take(from, counts[i]), 0xffffffff);
  to_number(take(from, "confidence"));
  value *expires = take_optional(from, "predicted_expires_at_unix_secs");
  if (expires) to_count(expires, U64_MOST);
  value *index = take_optional(from, "matched_breakpoint_index");
  if (index) to_count(index, 0xffffffff);
  value *ambiguity = take_optional(from, "ambiguity_reason");
  if (ambiguity) to_text(ambiguity);
  take_no_more(from);
}

void read_filter(value *from) {
  read_client_request(from);
  read_principal(from);
  for (value *one = elements(take(from, "candidates")); one; one = one->next) {
    to_text(take(one, "upstream_id"));
    to_text(take(one, "name"));
    to_text(take(one, "kind"));
    for (value *each = elements(take(one, "observed_rate_limits")); each; each = each->next) check_rate_limit(each);
    for (value *each = elements(take(one, "subscription_quotas")); each; each = each->next) check_quota(each);
    to_count(take(one, "observed_at_unix_secs"), U64_MOST);
    value *score = take_optional(one, "cache_score");
    if (score) check_cache_score(score);
    take_no_more(one);
  }
  take_no_more(from);
}

void read_filter_response(value *from) {
  for (value *one = elements(take(from, "results")); one; one = one->next) {
    to_text(take(one, "upstream_id"));
    to_text(take(one, "decision"));
    to_text(take(one, "reason"));
    take_no_more(one);
  }
  take_no_more(from);
}

static double configured_number(text key, double otherwise, double largest) {
  text written;
  if (!configured(key, &written)) return otherwise;
  double number = to_number(read_json(written));
  if (!(number >= 0 && number <= largest)) fail("a configured number is out of range");
  return number;
}

typedef struct {
  text what;
  value *kind, *window;
} objection;

static objection object_to_limit(value *limit, double smallest_share) {
  value *remaining = take(limit, "remaining"), *most = take(limit, "limit");
  objection found = {.kind = take(limit, "kind"), .window = take(limit, "window")};
  if (is_null(remaining)) return found;
  double left = to_number(remaining);
  if (left == 0) found.what = LITERAL("rate limit exhausted: ");
  else if (!is_null(most) && left < to_number(most) * smallest_share)
    found.what = LITERAL("rate limit nearly exhausted: ");
  return found;
}

static objection object_to_quota(value *quota, double largest_use) {
  value *surpassed = take(quota, "surpassed_threshold"), *utilization = take(quota, "utilization");
  objection found = {.kind = take(quota, "source"), .window = take(quota, "window")};
  if (!is_null(surpassed) && to_flag(surpassed)) found.what = LITERAL("quota surpassed: ");
  else if (!is_null(utilization) && to_number(utilization) >= largest_use)
    found.what = LITERAL("quota nearly used up: ");
  return found;
}

static objection find_objection(value *candidate, double smallest_share, double largest_use) {
  objection found = {0};
  for (value *one = elements(take(candidate, "observed_rate_limits")); one && !found.what.at; one = one->next)
    found = object_to_limit(one, smallest_share);
  for (value *one = elements(take(candidate, "subscription_quotas")); one && !found.what.at; one = one->next)
    found = object_to_quota(one, largest_use);
  return found;
}

static void put_reason(objection found) {
  if (!found.what.at) return put_text(LITERAL("within its limits"));
  text pieces[] = {found.what, to_text(found.kind), LITERAL(" per "), to_text(found.window)};
  u32 length = 0;
  for (u32 i = 0; i < 4; i++) length += pieces[i].length;
  u8 *reason = allocate(length);
  if (has_failed()) return;
  for (u32 i = 0, at = 0; i < 4; at += pieces[i++].length) __builtin_memcpy(reason + at, pieces[i].at, pieces[i].length);
  put_text((text){reason, length});
}

// That all are rejected is an answer: see the README for what a host does then.
void filter_candidates(value *request) {
  read_filter(request);
  if (has_failed()) return;
  double smallest_share = configured_number(LITERAL("min_remaining_share"), 0.05, 1);
  double largest_use = configured_number(LITERAL("max_utilization"), 0.95, 1e9);
  value *candidates = elements(take(request, "candidates"));
  put_key("results");
  put(LITERAL("["));
  for (value *one = candidates; one; one = one->next) {
    objection found = find_objection(one, smallest_share, largest_use);
    put(one == candidates ? LITERAL("{\"upstream_id\":") : LITERAL(",{\"upstream_id\":"));
    put_text(to_text(take(one, "upstream_id")));
    put(found.what.at ? LITERAL(",\"decision\":\"reject\",\"reason\":") : LITERAL(",\"decision\":\"accept\",\"reason\":"));
    put_reason(found);
    put(LITERAL("}"));
  }
  put(LITERAL("]"));
}
