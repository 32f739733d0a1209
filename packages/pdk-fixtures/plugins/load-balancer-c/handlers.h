// The seven functions. `plugin.c` calls them. The guard calls them too, and extends some of them.
#ifndef HANDLERS_H
#define HANDLERS_H

#include <kit/kit.h>

bool filter_candidates(const FilterRequest *request, FilterResponse *response);
bool shape_request(const ShapeRequest *request, ShapeResponse *response);
bool create_signer(const BuildSignerRequest *request, BuildSignerResponse *response);
bool refresh_signer(const OnUnauthorizedRequest *request, OnUnauthorizedResponse *response);
bool normalize_body(const NormalizeErrorRequest *request, NormalizeErrorResponse *response);
bool count_events(const ObserveRequest *request);

// Makes a signature valid only once. It is visible ASCII and is signed before the rest.
typedef struct {
  pw_text unix_ms, nonce;
} stamp;

// Signs the stamp, if there is one, the method, the path with the query, and the body. Only headers change.
bool sign_request(const SignRequest *request, const stamp *stamp, SignResponse *response);

// The kinds of events, in the order of `Event_option`.
#define EVENT_KINDS 6
extern const char *const event_kinds[EVENT_KINDS];

#endif
