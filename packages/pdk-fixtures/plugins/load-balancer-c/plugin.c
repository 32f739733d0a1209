// The seven functions of a load balancer, in C. They behave like those of load-balancer-assemblyscript.
#include "handlers.h"

bool filter(const FilterRequest *request, FilterResponse *response) { return filter_candidates(request, response); }

bool shape(const ShapeRequest *request, ShapeResponse *response) { return shape_request(request, response); }

bool build_signer(const BuildSignerRequest *request, BuildSignerResponse *response) { return create_signer(request, response); }

bool sign(const SignRequest *request, SignResponse *response) { return sign_request(request, NULL, response); }

bool on_unauthorized(const OnUnauthorizedRequest *request, OnUnauthorizedResponse *response) {
  return refresh_signer(request, response);
}

bool normalize_error(const NormalizeErrorRequest *request, NormalizeErrorResponse *response) {
  return normalize_body(request, response);
}

bool observe(const ObserveRequest *request, ObserveResponse *response) {
  (void)response;
  return count_events(request);
}

// Requires the capability `log` if the host grants it, because `observe` logs.
bool pw_requires(pw_text capability, bool is_granted) {
  (void)capability;
  return is_granted;
}
