// The load balancer's plugin with what a host function can add to it: a rate limit, counters, a log, signatures that are good once. Each is
// switched on by the configuration, which alone says what the plugin requires.
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

// A call cannot ask what was granted, and one without its capability would fail. So a host that grants too little refuses the plugin when it
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
