// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// Writes the types of the contract: compact JSON, keys in the order of the contract.

import { Writer } from './runtime/json-writer';
import { Text } from './runtime/text';
import { writeList, writeNullable, writeNullableSome } from './runtime/write-parts';
import {
  AuthnComplete,
  BuildSignerRequest,
  BuildSignerResponse,
  CacheScore,
  Candidate,
  Category,
  Chunk,
  Event,
  EventError,
  FilterRequest,
  FilterResponse,
  FilterResponseResult,
  Header,
  NormalizeErrorRequest,
  NormalizeErrorResponse,
  ObserveRequest,
  ObserveResponse,
  ObservedRateLimit,
  OnUnauthorizedRequest,
  OnUnauthorizedRequestError,
  OnUnauthorizedResponse,
  Principal,
  Request,
  RequestFinished,
  RequestStarted,
  ShapeRequest,
  ShapeResponse,
  Shaped,
  SignRequest,
  SignResponse,
  SubscriptionQuota,
  Upstream,
  UpstreamChosen,
} from './types';

export function writeHeader(to: Writer, value: Header): void {
  to.raw('{"name":');
  to.text(value.name);
  to.raw(',"value_base64":');
  to.text(value.valueBase64);
  to.raw('}');
}

export function writePrincipal(to: Writer, value: Principal): void {
  to.raw('{"id":');
  to.text(value.id);
  to.raw(',"kind":');
  to.text(value.kind);
  to.raw(',"claims":');
  to.jsonObject(value.claims);
  to.raw('}');
}

export function writeObservedRateLimit(to: Writer, value: ObservedRateLimit): void {
  to.raw('{"kind":');
  to.text(value.kind);
  to.raw(',"window":');
  to.text(value.window);
  to.raw(',"limit":');
  writeNullableSome<u64>(to, value.limit, writeU64);
  to.raw(',"remaining":');
  writeNullableSome<u64>(to, value.remaining, writeU64);
  to.raw(',"reset":');
  writeNullable<Text>(to, value.reset, writeText);
  to.raw('}');
}

export function writeSubscriptionQuota(to: Writer, value: SubscriptionQuota): void {
  to.raw('{"window":');
  to.text(value.window);
  to.raw(',"source":');
  to.text(value.source);
  to.raw(',"data_state":');
  to.text(value.dataState);
  to.raw(',"utilization":');
  writeNullableSome<f64>(to, value.utilization, writeF64);
  to.raw(',"status":');
  writeNullable<Text>(to, value.status, writeText);
  to.raw(',"resets_at_unix_secs":');
  writeNullableSome<u64>(to, value.resetsAtUnixSecs, writeU64);
  to.raw(',"surpassed_threshold":');
  writeNullableSome<bool>(to, value.surpassedThreshold, writeBool);
  to.raw(',"representative_claim":');
  writeNullable<Text>(to, value.representativeClaim, writeText);
  to.raw(',"disabled_reason":');
  writeNullable<Text>(to, value.disabledReason, writeText);
  to.raw(',"observed_at_unix_millis":');
  writeNullableSome<u64>(to, value.observedAtUnixMillis, writeU64);
  to.raw(',"age_secs":');
  writeNullableSome<u64>(to, value.ageSecs, writeU64);
  to.raw('}');
}

export function writeCacheScore(to: Writer, value: CacheScore): void {
  to.raw('{"predicted_cache_read_tokens":');
  to.unsigned(value.predictedCacheReadTokens);
  to.raw(',"predicted_cache_creation_tokens_5m":');
  to.unsigned(value.predictedCacheCreationTokens5m);
  to.raw(',"predicted_cache_creation_tokens_1h":');
  to.unsigned(value.predictedCacheCreationTokens1h);
  to.raw(',"predicted_uncached_input_tokens":');
  to.unsigned(value.predictedUncachedInputTokens);
  to.raw(',"confidence":');
  to.number(value.confidence);
  const predictedExpiresAtUnixSecs_value = value.predictedExpiresAtUnixSecs;
  if (predictedExpiresAtUnixSecs_value !== null) {
    to.raw(',"predicted_expires_at_unix_secs":');
    to.unsigned(predictedExpiresAtUnixSecs_value.value, 9007199254740991);
  }
  const matchedBreakpointIndex_value = value.matchedBreakpointIndex;
  if (matchedBreakpointIndex_value !== null) {
    to.raw(',"matched_breakpoint_index":');
    to.unsigned(matchedBreakpointIndex_value.value);
  }
  const ambiguityReason_value = value.ambiguityReason;
  if (ambiguityReason_value !== null) {
    to.raw(',"ambiguity_reason":');
    to.text(ambiguityReason_value);
  }
  to.raw('}');
}

export function writeCandidate(to: Writer, value: Candidate): void {
  to.raw('{"upstream_id":');
  to.text(value.upstreamId);
  to.raw(',"name":');
  to.text(value.name);
  to.raw(',"kind":');
  to.text(value.kind);
  to.raw(',"observed_rate_limits":');
  writeList<ObservedRateLimit>(to, value.observedRateLimits, writeObservedRateLimit);
  to.raw(',"subscription_quotas":');
  writeList<SubscriptionQuota>(to, value.subscriptionQuotas, writeSubscriptionQuota);
  to.raw(',"observed_at_unix_secs":');
  to.unsigned(value.observedAtUnixSecs, 9007199254740991);
  const cacheScore_value = value.cacheScore;
  if (cacheScore_value !== null) {
    to.raw(',"cache_score":');
    writeCacheScore(to, cacheScore_value);
  }
  to.raw('}');
}

export function writeFilterRequest(to: Writer, value: FilterRequest): void {
  to.raw('{"request_id":');
  to.text(value.requestId);
  to.raw(',"headers":');
  writeList<Header>(to, value.headers, writeHeader);
  to.raw(',"method":');
  to.text(value.method);
  to.raw(',"path":');
  to.text(value.path);
  to.raw(',"query":');
  writeNullable<Text>(to, value.query, writeText);
  to.raw(',"body_base64":');
  to.text(value.bodyBase64);
  to.raw(',"principal":');
  writePrincipal(to, value.principal);
  to.raw(',"candidates":');
  writeList<Candidate>(to, value.candidates, writeCandidate);
  to.raw('}');
}

export function writeFilterResponseResult(to: Writer, value: FilterResponseResult): void {
  to.raw('{"upstream_id":');
  to.text(value.upstreamId);
  to.raw(',"decision":');
  to.text(value.decision);
  to.raw(',"reason":');
  to.text(value.reason);
  to.raw('}');
}

export function writeFilterResponse(to: Writer, value: FilterResponse): void {
  to.raw('{"results":');
  writeList<FilterResponseResult>(to, value.results, writeFilterResponseResult);
  to.raw('}');
}

export function writeRequest(to: Writer, value: Request): void {
  to.raw('{"request_id":');
  to.text(value.requestId);
  to.raw(',"headers":');
  writeList<Header>(to, value.headers, writeHeader);
  to.raw(',"method":');
  to.text(value.method);
  to.raw(',"path":');
  to.text(value.path);
  to.raw(',"query":');
  writeNullable<Text>(to, value.query, writeText);
  to.raw(',"body_base64":');
  to.text(value.bodyBase64);
  to.raw('}');
}

export function writeUpstream(to: Writer, value: Upstream): void {
  to.raw('{"kind":"anthropic_direct"}');
}

export function writeShapeRequest(to: Writer, value: ShapeRequest): void {
  to.raw('{"request":');
  writeRequest(to, value.request);
  to.raw(',"upstream":');
  writeUpstream(to, value.upstream);
  to.raw(',"principal":');
  writePrincipal(to, value.principal);
  to.raw('}');
}

export function writeShapeResponse(to: Writer, value: ShapeResponse): void {
  to.raw('{"url":');
  to.text(value.url);
  to.raw(',"method":');
  to.text(value.method);
  to.raw(',"headers":');
  writeList<Header>(to, value.headers, writeHeader);
  to.raw(',"body_base64":');
  to.text(value.bodyBase64);
  to.raw('}');
}

export function writeBuildSignerRequest(to: Writer, value: BuildSignerRequest): void {
  to.raw('{"upstream":');
  writeUpstream(to, value.upstream);
  to.raw(',"factory_state":');
  to.json(value.factoryState);
  to.raw('}');
}

export function writeBuildSignerResponse(to: Writer, value: BuildSignerResponse): void {
  to.raw('{"signer_state":');
  to.json(value.signerState);
  to.raw('}');
}

export function writeShaped(to: Writer, value: Shaped): void {
  to.raw('{"url":');
  to.text(value.url);
  to.raw(',"method":');
  to.text(value.method);
  to.raw(',"headers":');
  writeList<Header>(to, value.headers, writeHeader);
  to.raw(',"body_base64":');
  to.text(value.bodyBase64);
  to.raw('}');
}

export function writeSignRequest(to: Writer, value: SignRequest): void {
  to.raw('{"shaped":');
  writeShaped(to, value.shaped);
  to.raw(',"signer_state":');
  to.json(value.signerState);
  to.raw('}');
}

export function writeSignResponse(to: Writer, value: SignResponse): void {
  to.raw('{"url":');
  writeNullable<Text>(to, value.url, writeText);
  to.raw(',"method":');
  writeNullable<Text>(to, value.method, writeText);
  to.raw(',"headers":');
  writeNullable<Header[]>(to, value.headers, writeHeaderList);
  to.raw(',"body_base64":');
  writeNullable<Text>(to, value.bodyBase64, writeText);
  to.raw('}');
}

export function writeCategory(to: Writer, value: Category): void {
  to.choice(value, '"unauthorized"•"retryable"•"failed"•');
}

export function writeOnUnauthorizedRequestError(to: Writer, value: OnUnauthorizedRequestError): void {
  to.raw('{"status":');
  to.unsigned(value.status, 65535);
  to.raw(',"body_base64":');
  writeNullable<Text>(to, value.bodyBase64, writeText);
  to.raw(',"category":');
  writeCategory(to, value.category);
  to.raw('}');
}

export function writeOnUnauthorizedRequest(to: Writer, value: OnUnauthorizedRequest): void {
  to.raw('{"error":');
  writeOnUnauthorizedRequestError(to, value.error);
  to.raw(',"signer_state":');
  to.json(value.signerState);
  to.raw('}');
}

export function writeOnUnauthorizedResponse(to: Writer, value: OnUnauthorizedResponse): void {
  to.raw('{"decision":');
  to.text(value.decision);
  to.raw(',"signer_state":');
  to.json(value.signerState);
  to.raw('}');
}

export function writeNormalizeErrorRequest(to: Writer, value: NormalizeErrorRequest): void {
  to.raw('{"status":');
  to.unsigned(value.status, 65535);
  to.raw(',"body_base64":');
  to.text(value.bodyBase64);
  to.raw('}');
}

export function writeNormalizeErrorResponse(to: Writer, value: NormalizeErrorResponse): void {
  to.raw('{"body_base64":');
  writeNullable<Text>(to, value.bodyBase64, writeText);
  to.raw('}');
}

export function writeRequestStarted(to: Writer, value: RequestStarted): void {
  to.raw('{"kind":"request_started","request_id":');
  to.text(value.requestId);
  to.raw(',"downstream_user_agent":');
  writeNullable<Text>(to, value.downstreamUserAgent, writeText);
  to.raw('}');
}

export function writeAuthnComplete(to: Writer, value: AuthnComplete): void {
  to.raw('{"kind":"authn_complete","principal_id":');
  to.text(value.principalId);
  to.raw(',"principal_kind":');
  to.text(value.principalKind);
  to.raw('}');
}

export function writeUpstreamChosen(to: Writer, value: UpstreamChosen): void {
  to.raw('{"kind":"upstream_chosen","upstream":');
  writeUpstream(to, value.upstream);
  to.raw('}');
}

export function writeChunk(to: Writer, value: Chunk): void {
  to.raw('{"kind":"chunk","batch_index":');
  to.unsigned(value.batchIndex, 9007199254740991);
  to.raw(',"event_count":');
  to.unsigned(value.eventCount, 9007199254740991);
  to.raw(',"total_bytes":');
  to.unsigned(value.totalBytes, 9007199254740991);
  to.raw('}');
}

export function writeRequestFinished(to: Writer, value: RequestFinished): void {
  to.raw('{"kind":"request_finished","status":');
  to.unsigned(value.status, 65535);
  to.raw(',"input_tokens":');
  writeNullableSome<u64>(to, value.inputTokens, writeU64);
  to.raw(',"output_tokens":');
  writeNullableSome<u64>(to, value.outputTokens, writeU64);
  to.raw(',"cache_creation_input_tokens":');
  writeNullableSome<u64>(to, value.cacheCreationInputTokens, writeU64);
  to.raw(',"cache_read_input_tokens":');
  writeNullableSome<u64>(to, value.cacheReadInputTokens, writeU64);
  to.raw(',"duration_ms":');
  to.unsigned(value.durationMs, 9007199254740991);
  to.raw('}');
}

export function writeEventError(to: Writer, value: EventError): void {
  to.raw('{"kind":"error","code":');
  to.text(value.code);
  to.raw(',"message":');
  to.text(value.message);
  to.raw(',"source":');
  to.text(value.source);
  to.raw('}');
}

export function writeEvent(to: Writer, value: Event): void {
  switch (value.kind) {
    case Event.Kind.requestStarted:
      writeRequestStarted(to, value.requestStarted);
      break;
    case Event.Kind.authnComplete:
      writeAuthnComplete(to, value.authnComplete);
      break;
    case Event.Kind.upstreamChosen:
      writeUpstreamChosen(to, value.upstreamChosen);
      break;
    case Event.Kind.chunk:
      writeChunk(to, value.chunk);
      break;
    case Event.Kind.requestFinished:
      writeRequestFinished(to, value.requestFinished);
      break;
    case Event.Kind.error:
      writeEventError(to, value.error);
      break;
  }
}

export function writeObserveRequest(to: Writer, value: ObserveRequest): void {
  to.raw('{"events":');
  writeList<Event>(to, value.events, writeEvent);
  to.raw('}');
}

export function writeObserveResponse(to: Writer, value: ObserveResponse): void {
  to.raw('{}');
}

function writeU64(to: Writer, value: u64): void {
  to.unsigned(value, 9007199254740991);
}

function writeText(to: Writer, value: Text): void {
  to.text(value);
}

function writeF64(to: Writer, value: f64): void {
  to.number(value);
}

function writeBool(to: Writer, value: bool): void {
  to.bool(value);
}

function writeHeaderList(to: Writer, value: Header[]): void {
  writeList<Header>(to, value, writeHeader);
}
