// What the guard adds.
#ifndef GUARD_H
#define GUARD_H

#include "../load-balancer-c/handlers.h"

// What the operator switched on.
typedef struct {
  bool limit, sign_once, count_events, log_errors;
} needs;

// False, with a failure, for a configuration that makes no sense.
bool find_needs(needs *needs);

// Accepts what has something left, or nothing where the limit is reached. A request that no candidate may serve is not counted.
bool filter_within_limit(const FilterRequest *request, FilterResponse *response);
// The host's time and bytes that nobody can foresee, so that an upstream can refuse what is old or was there.
bool make_stamp(stamp *stamp, bool *is_stamped);
// Adds events to the host's metrics, and says how many errors there were, where that is switched on.
bool report_events(const ObserveRequest *request);

// So many requests in each second of the host's clock, over all balancers that share the store.
typedef struct {
  uint64_t requests_per_second, slot, slots;
  bool is_per_principal;
} rate_limit;

bool find_rate_limit(rate_limit *limit, bool *is_limited);
// Counts a request of a principal. Not allowed, and nothing is counted, if the limit is reached.
bool take(const rate_limit *limit, pw_text principal_id);

#endif
