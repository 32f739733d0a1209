// The types of the contract, and the functions that you write. `plugwire generate` replaces this file.
#ifndef PLUGWIRE_CONTRACT_H
#define PLUGWIRE_CONTRACT_H

#include "plugwire.h"

typedef struct Header Header;
typedef struct Principal Principal;
typedef struct ObservedRateLimit ObservedRateLimit;
typedef struct SubscriptionQuota SubscriptionQuota;
typedef struct CacheScore CacheScore;
typedef struct Candidate Candidate;
typedef struct FilterRequest FilterRequest;
typedef struct FilterResponseResult FilterResponseResult;
typedef struct FilterResponse FilterResponse;
typedef struct Request Request;
typedef struct Upstream Upstream;
typedef struct ShapeRequest ShapeRequest;
typedef struct ShapeResponse ShapeResponse;
typedef struct BuildSignerRequest BuildSignerRequest;
typedef struct BuildSignerResponse BuildSignerResponse;
typedef struct Shaped Shaped;
typedef struct SignRequest SignRequest;
typedef struct SignResponse SignResponse;
typedef struct OnUnauthorizedRequestError OnUnauthorizedRequestError;
typedef struct OnUnauthorizedRequest OnUnauthorizedRequest;
typedef struct OnUnauthorizedResponse OnUnauthorizedResponse;
typedef struct NormalizeErrorRequest NormalizeErrorRequest;
typedef struct NormalizeErrorResponse NormalizeErrorResponse;
typedef struct RequestStarted RequestStarted;
typedef struct AuthnComplete AuthnComplete;
typedef struct UpstreamChosen UpstreamChosen;
typedef struct Chunk Chunk;
typedef struct RequestFinished RequestFinished;
typedef struct EventError EventError;
typedef struct Event Event;
typedef struct ObserveRequest ObserveRequest;
typedef struct ObserveResponse ObserveResponse;

typedef enum {
  CATEGORY_UNAUTHORIZED,
  CATEGORY_RETRYABLE,
  CATEGORY_FAILED,
} Category;
typedef enum {
  EVENT_REQUEST_STARTED,
  EVENT_AUTHN_COMPLETE,
  EVENT_UPSTREAM_CHOSEN,
  EVENT_CHUNK,
  EVENT_REQUEST_FINISHED,
  EVENT_ERROR,
} Event_option;

typedef struct { ObservedRateLimit *at; uint32_t length; } ObservedRateLimit_list;
typedef struct { SubscriptionQuota *at; uint32_t length; } SubscriptionQuota_list;
typedef struct { Header *at; uint32_t length; } Header_list;
typedef struct { Candidate *at; uint32_t length; } Candidate_list;
typedef struct { FilterResponseResult *at; uint32_t length; } FilterResponseResult_list;
typedef struct { Event *at; uint32_t length; } Event_list;

struct Header {
  pw_text name;
  pw_text value_base64;
};

struct Principal {
  pw_text id;
  pw_text kind;
  pw_json claims;
};

struct ObservedRateLimit {
  pw_text kind;
  pw_text window;
  uint64_t *limit; // NULL is null
  uint64_t *remaining; // NULL is null
  pw_text *reset; // NULL is null
};

struct SubscriptionQuota {
  pw_text window;
  pw_text source;
  pw_text data_state;
  double *utilization; // NULL is null
  pw_text *status; // NULL is null
  uint64_t *resets_at_unix_secs; // NULL is null
  bool *surpassed_threshold; // NULL is null
  pw_text *representative_claim; // NULL is null
  pw_text *disabled_reason; // NULL is null
  uint64_t *observed_at_unix_millis; // NULL is null
  uint64_t *age_secs; // NULL is null
};

struct CacheScore {
  uint32_t predicted_cache_read_tokens;
  uint32_t predicted_cache_creation_tokens_5m;
  uint32_t predicted_cache_creation_tokens_1h;
  uint32_t predicted_uncached_input_tokens;
  double confidence;
  uint64_t *predicted_expires_at_unix_secs; // NULL is absent
  uint32_t *matched_breakpoint_index; // NULL is absent
  pw_text *ambiguity_reason; // NULL is absent
};

struct Candidate {
  pw_text upstream_id;
  pw_text name;
  pw_text kind;
  ObservedRateLimit_list observed_rate_limits;
  SubscriptionQuota_list subscription_quotas;
  uint64_t observed_at_unix_secs;
  CacheScore *cache_score; // NULL is absent
};

struct FilterRequest {
  pw_text request_id;
  Header_list headers;
  pw_text method;
  pw_text path;
  pw_text *query; // NULL is null
  pw_text body_base64;
  Principal principal;
  Candidate_list candidates;
};

struct FilterResponseResult {
  pw_text upstream_id;
  pw_text decision;
  pw_text reason;
};

struct FilterResponse {
  FilterResponseResult_list results;
};

struct Request {
  pw_text request_id;
  Header_list headers;
  pw_text method;
  pw_text path;
  pw_text *query; // NULL is null
  pw_text body_base64;
};

struct Upstream {
  char nothing;
};

struct ShapeRequest {
  Request request;
  Upstream upstream;
  Principal principal;
};

struct ShapeResponse {
  pw_text url;
  pw_text method;
  Header_list headers;
  pw_text body_base64;
};

struct BuildSignerRequest {
  Upstream upstream;
  pw_json factory_state;
};

struct BuildSignerResponse {
  pw_json signer_state;
};

struct Shaped {
  pw_text url;
  pw_text method;
  Header_list headers;
  pw_text body_base64;
};

struct SignRequest {
  Shaped shaped;
  pw_json signer_state;
};

struct SignResponse {
  pw_text *url; // NULL is null
  pw_text *method; // NULL is null
  Header_list *headers; // NULL is null
  pw_text *body_base64; // NULL is null
};

struct OnUnauthorizedRequestError {
  uint32_t status;
  pw_text *body_base64; // NULL is null
  Category category;
};

struct OnUnauthorizedRequest {
  OnUnauthorizedRequestError error;
  pw_json signer_state;
};

struct OnUnauthorizedResponse {
  pw_text decision;
  pw_json signer_state;
};

struct NormalizeErrorRequest {
  uint32_t status;
  pw_text body_base64;
};

struct NormalizeErrorResponse {
  pw_text *body_base64; // NULL is null
};

struct RequestStarted {
  pw_text request_id;
  pw_text *downstream_user_agent; // NULL is null
};

struct AuthnComplete {
  pw_text principal_id;
  pw_text principal_kind;
};

struct UpstreamChosen {
  Upstream upstream;
};

struct Chunk {
  uint64_t batch_index;
  uint64_t event_count;
  uint64_t total_bytes;
};

struct RequestFinished {
  uint32_t status;
  uint64_t *input_tokens; // NULL is null
  uint64_t *output_tokens; // NULL is null
  uint64_t *cache_creation_input_tokens; // NULL is null
  uint64_t *cache_read_input_tokens; // NULL is null
  uint64_t duration_ms;
};

struct EventError {
  pw_text code;
  pw_text message;
  pw_text source;
};

struct Event {
  Event_option option;
  union {
    RequestStarted request_started;
    AuthnComplete authn_complete;
    UpstreamChosen upstream_chosen;
    Chunk chunk;
    RequestFinished request_finished;
    EventError error;
  } as;
};

struct ObserveRequest {
  Event_list events;
};

struct ObserveResponse {
  char nothing;
};

// filter, version 1. Return true, or pw_fail("the reason").
bool filter(const FilterRequest *request, FilterResponse *response);

// shape, version 1. Return true, or pw_fail("the reason").
bool shape(const ShapeRequest *request, ShapeResponse *response);

// build_signer, version 1. Return true, or pw_fail("the reason").
bool build_signer(const BuildSignerRequest *request, BuildSignerResponse *response);

// sign, version 1. Return true, or pw_fail("the reason").
bool sign(const SignRequest *request, SignResponse *response);

// on_unauthorized, version 1. Return true, or pw_fail("the reason").
bool on_unauthorized(const OnUnauthorizedRequest *request, OnUnauthorizedResponse *response);

// normalize_error, version 1. Return true, or pw_fail("the reason").
bool normalize_error(const NormalizeErrorRequest *request, NormalizeErrorResponse *response);

// observe, version 1. Return true, or pw_fail("the reason").
bool observe(const ObserveRequest *request, ObserveResponse *response);

#endif
