// The functions that the guard adds.
#ifndef GUARD_H
#define GUARD_H

#include "../load-balancer-c/handlers.h"

// What the operator switched on.
typedef struct {
  bool limit, sign_once, count_events, log_errors;
} needs;

// Returns false, with a failure, if the configuration is invalid.
bool find_needs(needs *needs);

// Accepts candidates with capacity, or none if the limit is reached. A request that no candidate can serve is not counted.
bool filter_within_limit(const FilterRequest *request, FilterResponse *response);
// Returns the host's time and random bytes, so that an upstream can reject old and repeated requests.
bool make_stamp(stamp *stamp, bool *is_stamped);
// If that is switched on, adds events to the host's metrics and logs the number of errors.
bool report_events(const ObserveRequest *request);

// Limits the requests in each second of the host's clock, over all balancers that share the store.
typedef struct {
  uint64_t requests_per_second, slot, slots;
  bool is_per_principal;
} rate_limit;

bool find_rate_limit(rate_limit *limit, bool *is_limited);
// Counts a request of a principal. If the limit is reached, the request is not allowed and not counted.
bool take(const rate_limit *limit, pw_text principal_id);

#endif
