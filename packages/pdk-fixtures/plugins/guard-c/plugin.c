// The load balancer plugin, extended with host functions: a rate limit, counters, a log, and signatures that are valid only once. The
// configuration switches each of them on and determines the required capabilities.
#include "../load-balancer-c/handlers.h"
#include "guard.h"

bool shape(const ShapeRequest *request, ShapeResponse *response) { return shape_request(request, response); }

bool build_signer(const BuildSignerRequest *request, BuildSignerResponse *response) { return create_signer(request, response); }

bool on_unauthorized(const OnUnauthorizedRequest *request, OnUnauthorizedResponse *response) {
  return refresh_signer(request, response);
}

bool normalize_error(const NormalizeErrorRequest *request, NormalizeErrorResponse *response) {
  return normalize_body(request, response);
}

bool filter(const FilterRequest *request, FilterResponse *response) { return filter_within_limit(request, response); }

bool sign(const SignRequest *request, SignResponse *response) {
  stamp stamp;
  bool is_stamped;
  return make_stamp(&stamp, &is_stamped) && sign_request(request, is_stamped ? &stamp : NULL, response);
}

bool observe(const ObserveRequest *request, ObserveResponse *response) {
  (void)response;
  return report_events(request) && count_events(request);
}

// A call cannot ask which capabilities were granted, and it fails without them. So a host that grants too few rejects the plugin when it
// loads it.
bool pw_requires(pw_text capability, bool is_granted) {
  needs needs;
  (void)is_granted;
  if (!find_needs(&needs)) return false;
  if (pw_equals(capability, PW_TEXT("storage"))) return needs.limit;
  if (pw_equals(capability, PW_TEXT("clock"))) return needs.limit || needs.sign_once;
  if (pw_equals(capability, PW_TEXT("random"))) return needs.sign_once;
  if (pw_equals(capability, PW_TEXT("metrics"))) return needs.count_events;
  return needs.log_errors;
}
