// The tables of the contract and the exports of the plugin. `plugwire generate` replaces this file.
#include "contract.h"
#include "runtime.h"

// ---- types ----

static const pw_scalar pw_constant_value[] = {
  {"anthropic_direct", NULL, 16, PW_JSON_STRING},
};
static const pw_type pw_constant_type = {&pw_constant, pw_constant_value, sizeof(char), 1};
static const pw_field Upstream_fields[] = {
  {.key = "kind", .key_length = 4, .type = &pw_constant_type},
};
static const pw_type Upstream_type = {&pw_object, Upstream_fields, sizeof(Upstream), 1};
static const pw_type pw_json_type = {&pw_any_json, NULL, sizeof(pw_json), 0};
static const pw_field BuildSignerRequest_fields[] = {
  {.key = "upstream", .key_length = 8, .type = &Upstream_type, .offset = offsetof(BuildSignerRequest, upstream)},
  {.key = "factory_state", .key_length = 13, .type = &pw_json_type, .offset = offsetof(BuildSignerRequest, factory_state)},
};
static const pw_type BuildSignerRequest_type = {&pw_object, BuildSignerRequest_fields, sizeof(BuildSignerRequest), 2};
static const pw_field BuildSignerResponse_fields[] = {
  {.key = "signer_state", .key_length = 12, .type = &pw_json_type, .offset = offsetof(BuildSignerResponse, signer_state)},
};
static const pw_type BuildSignerResponse_type = {&pw_object, BuildSignerResponse_fields, sizeof(BuildSignerResponse), 1};
static const pw_type pw_text_type = {&pw_string, NULL, sizeof(pw_text), 0};
static const pw_field Header_fields[] = {
  {.key = "name", .key_length = 4, .type = &pw_text_type, .offset = offsetof(Header, name)},
  {.key = "value_base64", .key_length = 12, .type = &pw_text_type, .offset = offsetof(Header, value_base64)},
};
static const pw_type Header_type = {&pw_object, Header_fields, sizeof(Header), 2};
static const pw_type Header_list_type = {&pw_list, &Header_type, sizeof(Header_list), 0};
static const pw_type pw_text_or_null_type = {&pw_nullable, &pw_text_type, sizeof(void *), 0};
static const pw_type pw_object_type = {&pw_any_object, NULL, sizeof(pw_json), 0};
static const pw_field Principal_fields[] = {
  {.key = "id", .key_length = 2, .type = &pw_text_type, .offset = offsetof(Principal, id)},
  {.key = "kind", .key_length = 4, .type = &pw_text_type, .offset = offsetof(Principal, kind)},
  {.key = "claims", .key_length = 6, .type = &pw_object_type, .offset = offsetof(Principal, claims)},
};
static const pw_type Principal_type = {&pw_object, Principal_fields, sizeof(Principal), 3};
static const pw_integer_range pw_u64_range = {0, 9007199254740991ull, false};
static const pw_type pw_u64_type = {&pw_integer, &pw_u64_range, sizeof(uint64_t), 0};
static const pw_type pw_u64_or_null_type = {&pw_nullable, &pw_u64_type, sizeof(void *), 0};
static const pw_field ObservedRateLimit_fields[] = {
  {.key = "kind", .key_length = 4, .type = &pw_text_type, .offset = offsetof(ObservedRateLimit, kind)},
  {.key = "window", .key_length = 6, .type = &pw_text_type, .offset = offsetof(ObservedRateLimit, window)},
  {.key = "limit", .key_length = 5, .type = &pw_u64_or_null_type, .offset = offsetof(ObservedRateLimit, limit)},
  {.key = "remaining", .key_length = 9, .type = &pw_u64_or_null_type, .offset = offsetof(ObservedRateLimit, remaining)},
  {.key = "reset", .key_length = 5, .type = &pw_text_or_null_type, .offset = offsetof(ObservedRateLimit, reset)},
};
static const pw_type ObservedRateLimit_type = {&pw_object, ObservedRateLimit_fields, sizeof(ObservedRateLimit), 5};
static const pw_type ObservedRateLimit_list_type = {&pw_list, &ObservedRateLimit_type, sizeof(ObservedRateLimit_list), 0};
static const pw_double_range pw_double_bounds = {-__builtin_inf(), __builtin_inf(), false, false};
static const pw_type pw_number_type = {&pw_double, &pw_double_bounds, sizeof(double), 0};
static const pw_type pw_number_or_null_type = {&pw_nullable, &pw_number_type, sizeof(void *), 0};
static const pw_type pw_boolean_type = {&pw_boolean, NULL, sizeof(bool), 0};
static const pw_type pw_boolean_or_null_type = {&pw_nullable, &pw_boolean_type, sizeof(void *), 0};
static const pw_field SubscriptionQuota_fields[] = {
  {.key = "window", .key_length = 6, .type = &pw_text_type, .offset = offsetof(SubscriptionQuota, window)},
  {.key = "source", .key_length = 6, .type = &pw_text_type, .offset = offsetof(SubscriptionQuota, source)},
  {.key = "data_state", .key_length = 10, .type = &pw_text_type, .offset = offsetof(SubscriptionQuota, data_state)},
  {.key = "utilization", .key_length = 11, .type = &pw_number_or_null_type, .offset = offsetof(SubscriptionQuota, utilization)},
  {.key = "status", .key_length = 6, .type = &pw_text_or_null_type, .offset = offsetof(SubscriptionQuota, status)},
  {.key = "resets_at_unix_secs", .key_length = 19, .type = &pw_u64_or_null_type, .offset = offsetof(SubscriptionQuota, resets_at_unix_secs)},
  {.key = "surpassed_threshold", .key_length = 19, .type = &pw_boolean_or_null_type, .offset = offsetof(SubscriptionQuota, surpassed_threshold)},
  {.key = "representative_claim", .key_length = 20, .type = &pw_text_or_null_type, .offset = offsetof(SubscriptionQuota, representative_claim)},
  {.key = "disabled_reason", .key_length = 15, .type = &pw_text_or_null_type, .offset = offsetof(SubscriptionQuota, disabled_reason)},
  {.key = "observed_at_unix_millis", .key_length = 23, .type = &pw_u64_or_null_type, .offset = offsetof(SubscriptionQuota, observed_at_unix_millis)},
  {.key = "age_secs", .key_length = 8, .type = &pw_u64_or_null_type, .offset = offsetof(SubscriptionQuota, age_secs)},
};
static const pw_type SubscriptionQuota_type = {&pw_object, SubscriptionQuota_fields, sizeof(SubscriptionQuota), 11};
static const pw_type SubscriptionQuota_list_type = {&pw_list, &SubscriptionQuota_type, sizeof(SubscriptionQuota_list), 0};
static const pw_integer_range pw_u32_range = {0, 4294967295ull, false};
static const pw_type pw_u32_type = {&pw_integer, &pw_u32_range, sizeof(uint32_t), 0};
static const pw_field CacheScore_fields[] = {
  {.key = "predicted_cache_read_tokens", .key_length = 27, .type = &pw_u32_type, .offset = offsetof(CacheScore, predicted_cache_read_tokens)},
  {.key = "predicted_cache_creation_tokens_5m", .key_length = 34, .type = &pw_u32_type, .offset = offsetof(CacheScore, predicted_cache_creation_tokens_5m)},
  {.key = "predicted_cache_creation_tokens_1h", .key_length = 34, .type = &pw_u32_type, .offset = offsetof(CacheScore, predicted_cache_creation_tokens_1h)},
  {.key = "predicted_uncached_input_tokens", .key_length = 31, .type = &pw_u32_type, .offset = offsetof(CacheScore, predicted_uncached_input_tokens)},
  {.key = "confidence", .key_length = 10, .type = &pw_number_type, .offset = offsetof(CacheScore, confidence)},
  {.key = "predicted_expires_at_unix_secs", .key_length = 30, .type = &pw_u64_type, .offset = offsetof(CacheScore, predicted_expires_at_unix_secs), .presence = PW_OPTIONAL},
  {.key = "matched_breakpoint_index", .key_length = 24, .type = &pw_u32_type, .offset = offsetof(CacheScore, matched_breakpoint_index), .presence = PW_OPTIONAL},
  {.key = "ambiguity_reason", .key_length = 16, .type = &pw_text_type, .offset = offsetof(CacheScore, ambiguity_reason), .presence = PW_OPTIONAL},
};
static const pw_type CacheScore_type = {&pw_object, CacheScore_fields, sizeof(CacheScore), 8};
static const pw_field Candidate_fields[] = {
  {.key = "upstream_id", .key_length = 11, .type = &pw_text_type, .offset = offsetof(Candidate, upstream_id)},
  {.key = "name", .key_length = 4, .type = &pw_text_type, .offset = offsetof(Candidate, name)},
  {.key = "kind", .key_length = 4, .type = &pw_text_type, .offset = offsetof(Candidate, kind)},
  {.key = "observed_rate_limits", .key_length = 20, .type = &ObservedRateLimit_list_type, .offset = offsetof(Candidate, observed_rate_limits)},
  {.key = "subscription_quotas", .key_length = 19, .type = &SubscriptionQuota_list_type, .offset = offsetof(Candidate, subscription_quotas)},
  {.key = "observed_at_unix_secs", .key_length = 21, .type = &pw_u64_type, .offset = offsetof(Candidate, observed_at_unix_secs)},
  {.key = "cache_score", .key_length = 11, .type = &CacheScore_type, .offset = offsetof(Candidate, cache_score), .presence = PW_OPTIONAL},
};
static const pw_type Candidate_type = {&pw_object, Candidate_fields, sizeof(Candidate), 7};
static const pw_type Candidate_list_type = {&pw_list, &Candidate_type, sizeof(Candidate_list), 0};
static const pw_field FilterRequest_fields[] = {
  {.key = "request_id", .key_length = 10, .type = &pw_text_type, .offset = offsetof(FilterRequest, request_id)},
  {.key = "headers", .key_length = 7, .type = &Header_list_type, .offset = offsetof(FilterRequest, headers)},
  {.key = "method", .key_length = 6, .type = &pw_text_type, .offset = offsetof(FilterRequest, method)},
  {.key = "path", .key_length = 4, .type = &pw_text_type, .offset = offsetof(FilterRequest, path)},
  {.key = "query", .key_length = 5, .type = &pw_text_or_null_type, .offset = offsetof(FilterRequest, query)},
  {.key = "body_base64", .key_length = 11, .type = &pw_text_type, .offset = offsetof(FilterRequest, body_base64)},
  {.key = "principal", .key_length = 9, .type = &Principal_type, .offset = offsetof(FilterRequest, principal)},
  {.key = "candidates", .key_length = 10, .type = &Candidate_list_type, .offset = offsetof(FilterRequest, candidates)},
};
static const pw_type FilterRequest_type = {&pw_object, FilterRequest_fields, sizeof(FilterRequest), 8};
static const pw_field FilterResponseResult_fields[] = {
  {.key = "upstream_id", .key_length = 11, .type = &pw_text_type, .offset = offsetof(FilterResponseResult, upstream_id)},
  {.key = "decision", .key_length = 8, .type = &pw_text_type, .offset = offsetof(FilterResponseResult, decision)},
  {.key = "reason", .key_length = 6, .type = &pw_text_type, .offset = offsetof(FilterResponseResult, reason)},
};
static const pw_type FilterResponseResult_type = {&pw_object, FilterResponseResult_fields, sizeof(FilterResponseResult), 3};
static const pw_type FilterResponseResult_list_type = {&pw_list, &FilterResponseResult_type, sizeof(FilterResponseResult_list), 0};
static const pw_field FilterResponse_fields[] = {
  {.key = "results", .key_length = 7, .type = &FilterResponseResult_list_type, .offset = offsetof(FilterResponse, results)},
};
static const pw_type FilterResponse_type = {&pw_object, FilterResponse_fields, sizeof(FilterResponse), 1};
static const pw_integer_range pw_u32_range_2 = {0, 65535, false};
static const pw_type pw_u32_type_2 = {&pw_integer, &pw_u32_range_2, sizeof(uint32_t), 0};
static const pw_field NormalizeErrorRequest_fields[] = {
  {.key = "status", .key_length = 6, .type = &pw_u32_type_2, .offset = offsetof(NormalizeErrorRequest, status)},
  {.key = "body_base64", .key_length = 11, .type = &pw_text_type, .offset = offsetof(NormalizeErrorRequest, body_base64)},
};
static const pw_type NormalizeErrorRequest_type = {&pw_object, NormalizeErrorRequest_fields, sizeof(NormalizeErrorRequest), 2};
static const pw_field NormalizeErrorResponse_fields[] = {
  {.key = "body_base64", .key_length = 11, .type = &pw_text_or_null_type, .offset = offsetof(NormalizeErrorResponse, body_base64), .presence = PW_DEFAULTED, .default_json = "null"},
};
static const pw_type NormalizeErrorResponse_type = {&pw_object, NormalizeErrorResponse_fields, sizeof(NormalizeErrorResponse), 1};
static const pw_scalar pw_constant_value_2[] = {
  {"request_started", NULL, 15, PW_JSON_STRING},
};
static const pw_type pw_constant_type_2 = {&pw_constant, pw_constant_value_2, sizeof(char), 1};
static const pw_field RequestStarted_fields[] = {
  {.key = "kind", .key_length = 4, .type = &pw_constant_type_2},
  {.key = "request_id", .key_length = 10, .type = &pw_text_type, .offset = offsetof(RequestStarted, request_id)},
  {.key = "downstream_user_agent", .key_length = 21, .type = &pw_text_or_null_type, .offset = offsetof(RequestStarted, downstream_user_agent)},
};
static const pw_type RequestStarted_type = {&pw_object, RequestStarted_fields, sizeof(RequestStarted), 3};
static const pw_scalar pw_constant_value_3[] = {
  {"authn_complete", NULL, 14, PW_JSON_STRING},
};
static const pw_type pw_constant_type_3 = {&pw_constant, pw_constant_value_3, sizeof(char), 1};
static const pw_field AuthnComplete_fields[] = {
  {.key = "kind", .key_length = 4, .type = &pw_constant_type_3},
  {.key = "principal_id", .key_length = 12, .type = &pw_text_type, .offset = offsetof(AuthnComplete, principal_id)},
  {.key = "principal_kind", .key_length = 14, .type = &pw_text_type, .offset = offsetof(AuthnComplete, principal_kind)},
};
static const pw_type AuthnComplete_type = {&pw_object, AuthnComplete_fields, sizeof(AuthnComplete), 3};
static const pw_scalar pw_constant_value_4[] = {
  {"upstream_chosen", NULL, 15, PW_JSON_STRING},
};
static const pw_type pw_constant_type_4 = {&pw_constant, pw_constant_value_4, sizeof(char), 1};
static const pw_field UpstreamChosen_fields[] = {
  {.key = "kind", .key_length = 4, .type = &pw_constant_type_4},
  {.key = "upstream", .key_length = 8, .type = &Upstream_type, .offset = offsetof(UpstreamChosen, upstream)},
};
static const pw_type UpstreamChosen_type = {&pw_object, UpstreamChosen_fields, sizeof(UpstreamChosen), 2};
static const pw_scalar pw_constant_value_5[] = {
  {"chunk", NULL, 5, PW_JSON_STRING},
};
static const pw_type pw_constant_type_5 = {&pw_constant, pw_constant_value_5, sizeof(char), 1};
static const pw_field Chunk_fields[] = {
  {.key = "kind", .key_length = 4, .type = &pw_constant_type_5},
  {.key = "batch_index", .key_length = 11, .type = &pw_u64_type, .offset = offsetof(Chunk, batch_index)},
  {.key = "event_count", .key_length = 11, .type = &pw_u64_type, .offset = offsetof(Chunk, event_count)},
  {.key = "total_bytes", .key_length = 11, .type = &pw_u64_type, .offset = offsetof(Chunk, total_bytes)},
};
static const pw_type Chunk_type = {&pw_object, Chunk_fields, sizeof(Chunk), 4};
static const pw_scalar pw_constant_value_6[] = {
  {"request_finished", NULL, 16, PW_JSON_STRING},
};
static const pw_type pw_constant_type_6 = {&pw_constant, pw_constant_value_6, sizeof(char), 1};
static const pw_field RequestFinished_fields[] = {
  {.key = "kind", .key_length = 4, .type = &pw_constant_type_6},
  {.key = "status", .key_length = 6, .type = &pw_u32_type_2, .offset = offsetof(RequestFinished, status)},
  {.key = "input_tokens", .key_length = 12, .type = &pw_u64_or_null_type, .offset = offsetof(RequestFinished, input_tokens)},
  {.key = "output_tokens", .key_length = 13, .type = &pw_u64_or_null_type, .offset = offsetof(RequestFinished, output_tokens)},
  {.key = "cache_creation_input_tokens", .key_length = 27, .type = &pw_u64_or_null_type, .offset = offsetof(RequestFinished, cache_creation_input_tokens)},
  {.key = "cache_read_input_tokens", .key_length = 23, .type = &pw_u64_or_null_type, .offset = offsetof(RequestFinished, cache_read_input_tokens)},
  {.key = "duration_ms", .key_length = 11, .type = &pw_u64_type, .offset = offsetof(RequestFinished, duration_ms)},
};
static const pw_type RequestFinished_type = {&pw_object, RequestFinished_fields, sizeof(RequestFinished), 7};
static const pw_scalar pw_constant_value_7[] = {
  {"error", NULL, 5, PW_JSON_STRING},
};
static const pw_type pw_constant_type_7 = {&pw_constant, pw_constant_value_7, sizeof(char), 1};
static const pw_field EventError_fields[] = {
  {.key = "kind", .key_length = 4, .type = &pw_constant_type_7},
  {.key = "code", .key_length = 4, .type = &pw_text_type, .offset = offsetof(EventError, code)},
  {.key = "message", .key_length = 7, .type = &pw_text_type, .offset = offsetof(EventError, message)},
  {.key = "source", .key_length = 6, .type = &pw_text_type, .offset = offsetof(EventError, source)},
};
static const pw_type EventError_type = {&pw_object, EventError_fields, sizeof(EventError), 4};
static const pw_scalar Event_tags[] = {
  {"request_started", NULL, 15, PW_JSON_STRING},
  {"authn_complete", NULL, 14, PW_JSON_STRING},
  {"upstream_chosen", NULL, 15, PW_JSON_STRING},
  {"chunk", NULL, 5, PW_JSON_STRING},
  {"request_finished", NULL, 16, PW_JSON_STRING},
  {"error", NULL, 5, PW_JSON_STRING},
};
static const pw_option Event_options[] = {
  {&RequestStarted_type, 1},
  {&AuthnComplete_type, 1},
  {&UpstreamChosen_type, 1},
  {&Chunk_type, 1},
  {&RequestFinished_type, 1},
  {&EventError_type, 1},
};
static const pw_union_parts Event_parts = {.discriminator = "kind", .discriminator_length = 4, .tags = Event_tags, .tag_count = 6, .options = Event_options, .content_offset = offsetof(Event, as)};
static const pw_type Event_type = {&pw_union, &Event_parts, sizeof(Event), 6};
static const pw_type Event_list_type = {&pw_list, &Event_type, sizeof(Event_list), 0};
static const pw_field ObserveRequest_fields[] = {
  {.key = "events", .key_length = 6, .type = &Event_list_type, .offset = offsetof(ObserveRequest, events)},
};
static const pw_type ObserveRequest_type = {&pw_object, ObserveRequest_fields, sizeof(ObserveRequest), 1};
static const pw_type ObserveResponse_type = {&pw_object, NULL, sizeof(ObserveResponse), 0};
static const pw_scalar Category_values[] = {
  {"unauthorized", NULL, 12, PW_JSON_STRING},
  {"retryable", NULL, 9, PW_JSON_STRING},
  {"failed", NULL, 6, PW_JSON_STRING},
};
static const pw_type Category_type = {&pw_enum, Category_values, sizeof(Category), 3};
static const pw_field OnUnauthorizedRequestError_fields[] = {
  {.key = "status", .key_length = 6, .type = &pw_u32_type_2, .offset = offsetof(OnUnauthorizedRequestError, status)},
  {.key = "body_base64", .key_length = 11, .type = &pw_text_or_null_type, .offset = offsetof(OnUnauthorizedRequestError, body_base64)},
  {.key = "category", .key_length = 8, .type = &Category_type, .offset = offsetof(OnUnauthorizedRequestError, category)},
};
static const pw_type OnUnauthorizedRequestError_type = {&pw_object, OnUnauthorizedRequestError_fields, sizeof(OnUnauthorizedRequestError), 3};
static const pw_field OnUnauthorizedRequest_fields[] = {
  {.key = "error", .key_length = 5, .type = &OnUnauthorizedRequestError_type, .offset = offsetof(OnUnauthorizedRequest, error)},
  {.key = "signer_state", .key_length = 12, .type = &pw_json_type, .offset = offsetof(OnUnauthorizedRequest, signer_state)},
};
static const pw_type OnUnauthorizedRequest_type = {&pw_object, OnUnauthorizedRequest_fields, sizeof(OnUnauthorizedRequest), 2};
static const pw_field OnUnauthorizedResponse_fields[] = {
  {.key = "decision", .key_length = 8, .type = &pw_text_type, .offset = offsetof(OnUnauthorizedResponse, decision)},
  {.key = "signer_state", .key_length = 12, .type = &pw_json_type, .offset = offsetof(OnUnauthorizedResponse, signer_state)},
};
static const pw_type OnUnauthorizedResponse_type = {&pw_object, OnUnauthorizedResponse_fields, sizeof(OnUnauthorizedResponse), 2};
static const pw_field Request_fields[] = {
  {.key = "request_id", .key_length = 10, .type = &pw_text_type, .offset = offsetof(Request, request_id)},
  {.key = "headers", .key_length = 7, .type = &Header_list_type, .offset = offsetof(Request, headers)},
  {.key = "method", .key_length = 6, .type = &pw_text_type, .offset = offsetof(Request, method)},
  {.key = "path", .key_length = 4, .type = &pw_text_type, .offset = offsetof(Request, path)},
  {.key = "query", .key_length = 5, .type = &pw_text_or_null_type, .offset = offsetof(Request, query)},
  {.key = "body_base64", .key_length = 11, .type = &pw_text_type, .offset = offsetof(Request, body_base64)},
};
static const pw_type Request_type = {&pw_object, Request_fields, sizeof(Request), 6};
static const pw_field ShapeRequest_fields[] = {
  {.key = "request", .key_length = 7, .type = &Request_type, .offset = offsetof(ShapeRequest, request)},
  {.key = "upstream", .key_length = 8, .type = &Upstream_type, .offset = offsetof(ShapeRequest, upstream)},
  {.key = "principal", .key_length = 9, .type = &Principal_type, .offset = offsetof(ShapeRequest, principal)},
};
static const pw_type ShapeRequest_type = {&pw_object, ShapeRequest_fields, sizeof(ShapeRequest), 3};
static const pw_field ShapeResponse_fields[] = {
  {.key = "url", .key_length = 3, .type = &pw_text_type, .offset = offsetof(ShapeResponse, url)},
  {.key = "method", .key_length = 6, .type = &pw_text_type, .offset = offsetof(ShapeResponse, method)},
  {.key = "headers", .key_length = 7, .type = &Header_list_type, .offset = offsetof(ShapeResponse, headers)},
  {.key = "body_base64", .key_length = 11, .type = &pw_text_type, .offset = offsetof(ShapeResponse, body_base64)},
};
static const pw_type ShapeResponse_type = {&pw_object, ShapeResponse_fields, sizeof(ShapeResponse), 4};
static const pw_field Shaped_fields[] = {
  {.key = "url", .key_length = 3, .type = &pw_text_type, .offset = offsetof(Shaped, url)},
  {.key = "method", .key_length = 6, .type = &pw_text_type, .offset = offsetof(Shaped, method)},
  {.key = "headers", .key_length = 7, .type = &Header_list_type, .offset = offsetof(Shaped, headers)},
  {.key = "body_base64", .key_length = 11, .type = &pw_text_type, .offset = offsetof(Shaped, body_base64)},
};
static const pw_type Shaped_type = {&pw_object, Shaped_fields, sizeof(Shaped), 4};
static const pw_field SignRequest_fields[] = {
  {.key = "shaped", .key_length = 6, .type = &Shaped_type, .offset = offsetof(SignRequest, shaped)},
  {.key = "signer_state", .key_length = 12, .type = &pw_json_type, .offset = offsetof(SignRequest, signer_state)},
};
static const pw_type SignRequest_type = {&pw_object, SignRequest_fields, sizeof(SignRequest), 2};
static const pw_type Header_list_or_null_type = {&pw_nullable, &Header_list_type, sizeof(void *), 0};
static const pw_field SignResponse_fields[] = {
  {.key = "url", .key_length = 3, .type = &pw_text_or_null_type, .offset = offsetof(SignResponse, url), .presence = PW_DEFAULTED, .default_json = "null"},
  {.key = "method", .key_length = 6, .type = &pw_text_or_null_type, .offset = offsetof(SignResponse, method), .presence = PW_DEFAULTED, .default_json = "null"},
  {.key = "headers", .key_length = 7, .type = &Header_list_or_null_type, .offset = offsetof(SignResponse, headers), .presence = PW_DEFAULTED, .default_json = "null"},
  {.key = "body_base64", .key_length = 11, .type = &pw_text_or_null_type, .offset = offsetof(SignResponse, body_base64), .presence = PW_DEFAULTED, .default_json = "null"},
};
static const pw_type SignResponse_type = {&pw_object, SignResponse_fields, sizeof(SignResponse), 4};

// ---- functions ----

static bool call_build_signer(const void *request, void *response) {
  return build_signer((const BuildSignerRequest *)request, (BuildSignerResponse *)response);
}
static const pw_version build_signer_versions[] = {
  {.version = 1, .request = &BuildSignerRequest_type, .response = &BuildSignerResponse_type,
   .handle = call_build_signer,
   .sample_request = "{\"upstream\":{\"kind\":\"anthropic_direct\"},\"factory_state\":{}}",
   .sample_response = "{\"signer_state\":{}}"},
};

static bool call_filter(const void *request, void *response) {
  return filter((const FilterRequest *)request, (FilterResponse *)response);
}
static const pw_version filter_versions[] = {
  {.version = 1, .request = &FilterRequest_type, .response = &FilterResponse_type,
   .handle = call_filter,
   .sample_request = "{\"request_id\":\"r-1\",\"headers\":[{\"name\":\"accept\",\"value_base64\":\"Ki8q\"}],\"method\":\"POST\",\"path\":\"/v1/messages\",\"query\":null,\"body_base64\":\"\",\"principal\":{\"id\":\"someone\",\"kind\":\"user\",\"claims\":{}},\"candidates\":[{\"upstream_id\":\"00000000-0000-4000-8000-000000000001\",\"name\":\"one\",\"kind\":\"anthropic_direct\",\"observed_rate_limits\":[],\"subscription_quotas\":[],\"observed_at_unix_secs\":1}]}",
   .sample_response = "{\"results\":[{\"upstream_id\":\"00000000-0000-4000-8000-000000000001\",\"decision\":\"accept\",\"reason\":\"only one\"}]}"},
};

static bool call_normalize_error(const void *request, void *response) {
  return normalize_error((const NormalizeErrorRequest *)request, (NormalizeErrorResponse *)response);
}
static const pw_version normalize_error_versions[] = {
  {.version = 1, .request = &NormalizeErrorRequest_type, .response = &NormalizeErrorResponse_type,
   .handle = call_normalize_error,
   .sample_request = "{\"status\":500,\"body_base64\":\"\"}",
   .sample_response = "{\"body_base64\":null}"},
};

static bool call_observe(const void *request, void *response) {
  return observe((const ObserveRequest *)request, (ObserveResponse *)response);
}
static const pw_version observe_versions[] = {
  {.version = 1, .request = &ObserveRequest_type, .response = &ObserveResponse_type,
   .handle = call_observe,
   .sample_request = "{\"events\":[{\"kind\":\"request_started\",\"request_id\":\"r-1\",\"downstream_user_agent\":null}]}",
   .sample_response = "{}"},
};

static bool call_on_unauthorized(const void *request, void *response) {
  return on_unauthorized((const OnUnauthorizedRequest *)request, (OnUnauthorizedResponse *)response);
}
static const pw_version on_unauthorized_versions[] = {
  {.version = 1, .request = &OnUnauthorizedRequest_type, .response = &OnUnauthorizedResponse_type,
   .handle = call_on_unauthorized,
   .sample_request = "{\"error\":{\"status\":401,\"body_base64\":null,\"category\":\"unauthorized\"},\"signer_state\":{}}",
   .sample_response = "{\"decision\":\"give_up\",\"signer_state\":{}}"},
};

static bool call_shape(const void *request, void *response) {
  return shape((const ShapeRequest *)request, (ShapeResponse *)response);
}
static const pw_version shape_versions[] = {
  {.version = 1, .request = &ShapeRequest_type, .response = &ShapeResponse_type,
   .handle = call_shape,
   .sample_request = "{\"request\":{\"request_id\":\"r-1\",\"headers\":[{\"name\":\"accept\",\"value_base64\":\"Ki8q\"}],\"method\":\"POST\",\"path\":\"/v1/messages\",\"query\":null,\"body_base64\":\"\"},\"upstream\":{\"kind\":\"anthropic_direct\"},\"principal\":{\"id\":\"someone\",\"kind\":\"user\",\"claims\":{}}}",
   .sample_response = "{\"url\":\"https://upstream.example/v1\",\"method\":\"POST\",\"headers\":[],\"body_base64\":\"\"}"},
};

static bool call_sign(const void *request, void *response) {
  return sign((const SignRequest *)request, (SignResponse *)response);
}
static const pw_version sign_versions[] = {
  {.version = 1, .request = &SignRequest_type, .response = &SignResponse_type,
   .handle = call_sign,
   .sample_request = "{\"shaped\":{\"url\":\"https://upstream.example/v1\",\"method\":\"POST\",\"headers\":[],\"body_base64\":\"\"},\"signer_state\":{}}",
   .sample_response = "{\"url\":null,\"method\":null,\"headers\":[],\"body_base64\":null}"},
};

static const pw_function functions[] = {
  {"build_signer", "\"build_signer\":[1]", build_signer_versions, 1},
  {"filter", "\"filter\":[1]", filter_versions, 1},
  {"normalize_error", "\"normalize_error\":[1]", normalize_error_versions, 1},
  {"observe", "\"observe\":[1]", observe_versions, 1},
  {"on_unauthorized", "\"on_unauthorized\":[1]", on_unauthorized_versions, 1},
  {"shape", "\"shape\":[1]", shape_versions, 1},
  {"sign", "\"sign\":[1]", sign_versions, 1},
};
static const char *const capabilities[] = {"log"};
static const pw_plugin plugin = {functions, capabilities, 7, 1};

// ---- exports ----

#define EXPORT(name) __attribute__((export_name(#name))) int32_t pw_export_##name(void)
EXPORT(cc_lb_handshake) { return pw_answer_handshake(&plugin); }
EXPORT(cc_lb_self_check) { return pw_answer_self_check(&plugin); }
EXPORT(build_signer) { return pw_answer(functions + 0); }
EXPORT(filter) { return pw_answer(functions + 1); }
EXPORT(normalize_error) { return pw_answer(functions + 2); }
EXPORT(observe) { return pw_answer(functions + 3); }
EXPORT(on_unauthorized) { return pw_answer(functions + 4); }
EXPORT(shape) { return pw_answer(functions + 5); }
EXPORT(sign) { return pw_answer(functions + 6); }

// The identity, in a custom section that hosts read before they run the module.
__asm__(".section .custom_section.cc_lb.plugin.v1,\"\",@\n"
        ".ascii \"{\\\"magic\\\":[204,27,112,16,0,1,0,0],\\\"abi_envelope\\\":1,\\\"plugin_name\\\":\\\"load-balancer-c\\\",\\\"plugin_version\\\":\\\"1.0.0\\\"}\"\n"
        ".text\n");
