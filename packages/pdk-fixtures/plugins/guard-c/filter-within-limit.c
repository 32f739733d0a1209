#include "../load-balancer-c/settings.h"
#include "guard.h"

static bool accepts_any(const FilterResponse *response) {
  for (uint32_t i = 0; i < response->results.length; i++)
    if (pw_equals(response->results.at[i].decision, PW_TEXT("accept"))) return true;
  return false;
}

bool filter_within_limit(const FilterRequest *request, FilterResponse *response) {
  rate_limit limit;
  bool is_limited, is_counting;
  if (!filter_candidates(request, response) || !find_rate_limit(&limit, &is_limited)) return false;
  if (!is_limited || !accepts_any(response) || take(&limit, request->principal.id)) return true;
  if (!read_switch(PW_TEXT("count_events"), &is_counting)) return false;
  if (is_counting) host_metric_incr(PW_TEXT("requests_limited"), 1);
  for (uint32_t i = 0; i < response->results.length; i++) {
    response->results.at[i].decision = PW_TEXT("reject");
    response->results.at[i].reason = PW_TEXT("the rate limit is reached");
  }
  return true;
}
