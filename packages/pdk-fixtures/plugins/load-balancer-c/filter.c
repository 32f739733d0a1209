// Decides which candidates have capacity left.
#include "handlers.h"
#include "settings.h"

// `…: tokens per 1m`
static pw_text say(pw_text what, pw_text kind, pw_text window) { return PW_CONCAT(what, kind, PW_TEXT(" per "), window); }

// Values that were not observed are no reason to reject.
static bool object_to_limit(const ObservedRateLimit *limit, double smallest_share, pw_text *why) {
  if (!limit->remaining) return false;
  double remaining = *limit->remaining;
  if (remaining == 0) *why = say(PW_TEXT("rate limit exhausted: "), limit->kind, limit->window);
  else if (limit->limit && remaining < *limit->limit * smallest_share)
    *why = say(PW_TEXT("rate limit nearly exhausted: "), limit->kind, limit->window);
  else return false;
  return true;
}

static bool object_to_quota(const SubscriptionQuota *quota, double largest_use, pw_text *why) {
  if (quota->surpassed_threshold && *quota->surpassed_threshold)
    *why = say(PW_TEXT("quota surpassed: "), quota->source, quota->window);
  else if (quota->utilization && *quota->utilization >= largest_use)
    *why = say(PW_TEXT("quota nearly used up: "), quota->source, quota->window);
  else return false;
  return true;
}

static bool object_to(const Candidate *candidate, double smallest_share, double largest_use, pw_text *why) {
  for (uint32_t i = 0; i < candidate->observed_rate_limits.length; i++)
    if (object_to_limit(candidate->observed_rate_limits.at + i, smallest_share, why)) return true;
  for (uint32_t i = 0; i < candidate->subscription_quotas.length; i++)
    if (object_to_quota(candidate->subscription_quotas.at + i, largest_use, why)) return true;
  return false;
}

// Rejecting all candidates is a valid answer: the host then rejects the request instead of using an exhausted upstream.
bool filter_candidates(const FilterRequest *request, FilterResponse *response) {
  double smallest_share, largest_use;
  if (!read_number(PW_TEXT("min_remaining_share"), (number_range){0, 1}, 0.05, &smallest_share)) return false;
  if (!read_number(PW_TEXT("max_utilization"), (number_range){0, 1e9}, 0.95, &largest_use)) return false;
  uint32_t count = request->candidates.length;
  response->results = (FilterResponseResult_list){PW_ARRAY(FilterResponseResult, count), count};
  for (uint32_t i = 0; i < count; i++) {
    const Candidate *candidate = request->candidates.at + i;
    pw_text why = PW_TEXT("within its limits");
    bool is_rejected = object_to(candidate, smallest_share, largest_use, &why);
    pw_text decision = is_rejected ? PW_TEXT("reject") : PW_TEXT("accept");
    response->results.at[i] = (FilterResponseResult){candidate->upstream_id, decision, why};
  }
  return true;
}
