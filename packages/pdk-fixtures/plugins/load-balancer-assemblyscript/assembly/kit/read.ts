// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// Reads the types of the contract, strictly.

import { Reader } from './runtime/json-reader';
import { readList, readNullable, readNullableSome } from './runtime/read-parts';
import { Some } from './runtime/some';
import { Text, ofLiteral } from './runtime/text';
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

export function readHeader(from: Reader): Header {
  const keys = 'name•value_base64•';
  const value = new Header();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.name = from.text(); break;
      case 1: value.valueBase64 = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0x3);
  return value;
}

export function readPrincipal(from: Reader): Principal {
  const keys = 'id•kind•claims•';
  const value = new Principal();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.id = from.text(); break;
      case 1: value.kind = from.text(); break;
      case 2: value.claims = from.jsonObject(); break;
    }
  }
  from.closeObject(keys, seen, 0x7);
  return value;
}

export function readObservedRateLimit(from: Reader): ObservedRateLimit {
  const keys = 'kind•window•limit•remaining•reset•';
  const value = new ObservedRateLimit();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.kind = from.text(); break;
      case 1: value.window = from.text(); break;
      case 2: value.limit = readNullableSome<u64>(from, readU64); break;
      case 3: value.remaining = readNullableSome<u64>(from, readU64); break;
      case 4: value.reset = readNullable<Text>(from, readText); break;
    }
  }
  from.closeObject(keys, seen, 0x1f);
  return value;
}

export function readSubscriptionQuota(from: Reader): SubscriptionQuota {
  const keys = 'window•source•data_state•utilization•status•resets_at_unix_secs•surpassed_threshold•representative_claim•disabled_reason•observed_at_unix_millis•age_secs•';
  const value = new SubscriptionQuota();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.window = from.text(); break;
      case 1: value.source = from.text(); break;
      case 2: value.dataState = from.text(); break;
      case 3: value.utilization = readNullableSome<f64>(from, readF64); break;
      case 4: value.status = readNullable<Text>(from, readText); break;
      case 5: value.resetsAtUnixSecs = readNullableSome<u64>(from, readU64); break;
      case 6: value.surpassedThreshold = readNullableSome<bool>(from, readBool); break;
      case 7: value.representativeClaim = readNullable<Text>(from, readText); break;
      case 8: value.disabledReason = readNullable<Text>(from, readText); break;
      case 9: value.observedAtUnixMillis = readNullableSome<u64>(from, readU64); break;
      case 10: value.ageSecs = readNullableSome<u64>(from, readU64); break;
    }
  }
  from.closeObject(keys, seen, 0x7ff);
  return value;
}

export function readCacheScore(from: Reader): CacheScore {
  const keys = 'predicted_cache_read_tokens•predicted_cache_creation_tokens_5m•predicted_cache_creation_tokens_1h•predicted_uncached_input_tokens•confidence•predicted_expires_at_unix_secs•matched_breakpoint_index•ambiguity_reason•';
  const value = new CacheScore();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.predictedCacheReadTokens = <u32>from.unsigned(4294967295); break;
      case 1: value.predictedCacheCreationTokens5m = <u32>from.unsigned(4294967295); break;
      case 2: value.predictedCacheCreationTokens1h = <u32>from.unsigned(4294967295); break;
      case 3: value.predictedUncachedInputTokens = <u32>from.unsigned(4294967295); break;
      case 4: value.confidence = from.number(); break;
      case 5: value.predictedExpiresAtUnixSecs = new Some<u64>(from.unsigned(9007199254740991)); break;
      case 6: value.matchedBreakpointIndex = new Some<u32>(<u32>from.unsigned(4294967295)); break;
      case 7: value.ambiguityReason = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0x1f);
  return value;
}

export function readCandidate(from: Reader): Candidate {
  const keys = 'upstream_id•name•kind•observed_rate_limits•subscription_quotas•observed_at_unix_secs•cache_score•';
  const value = new Candidate();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.upstreamId = from.text(); break;
      case 1: value.name = from.text(); break;
      case 2: value.kind = from.text(); break;
      case 3: value.observedRateLimits = readList<ObservedRateLimit>(from, readObservedRateLimit); break;
      case 4: value.subscriptionQuotas = readList<SubscriptionQuota>(from, readSubscriptionQuota); break;
      case 5: value.observedAtUnixSecs = from.unsigned(9007199254740991); break;
      case 6: value.cacheScore = readCacheScore(from); break;
    }
  }
  from.closeObject(keys, seen, 0x3f);
  return value;
}

export function readFilterRequest(from: Reader): FilterRequest {
  const keys = 'request_id•headers•method•path•query•body_base64•principal•candidates•';
  const value = new FilterRequest();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.requestId = from.text(); break;
      case 1: value.headers = readList<Header>(from, readHeader); break;
      case 2: value.method = from.text(); break;
      case 3: value.path = from.text(); break;
      case 4: value.query = readNullable<Text>(from, readText); break;
      case 5: value.bodyBase64 = from.text(); break;
      case 6: value.principal = readPrincipal(from); break;
      case 7: value.candidates = readList<Candidate>(from, readCandidate); break;
    }
  }
  from.closeObject(keys, seen, 0xff);
  return value;
}

export function readFilterResponseResult(from: Reader): FilterResponseResult {
  const keys = 'upstream_id•decision•reason•';
  const value = new FilterResponseResult();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.upstreamId = from.text(); break;
      case 1: value.decision = from.text(); break;
      case 2: value.reason = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0x7);
  return value;
}

export function readFilterResponse(from: Reader): FilterResponse {
  const keys = 'results•';
  const value = new FilterResponse();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.results = readList<FilterResponseResult>(from, readFilterResponseResult); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  return value;
}

export function readRequest(from: Reader): Request {
  const keys = 'request_id•headers•method•path•query•body_base64•';
  const value = new Request();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.requestId = from.text(); break;
      case 1: value.headers = readList<Header>(from, readHeader); break;
      case 2: value.method = from.text(); break;
      case 3: value.path = from.text(); break;
      case 4: value.query = readNullable<Text>(from, readText); break;
      case 5: value.bodyBase64 = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0x3f);
  return value;
}

export function readUpstream(from: Reader): Upstream {
  const keys = 'kind•';
  const value = new Upstream();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"anthropic_direct"'); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  return value;
}

export function readShapeRequest(from: Reader): ShapeRequest {
  const keys = 'request•upstream•principal•';
  const value = new ShapeRequest();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.request = readRequest(from); break;
      case 1: value.upstream = readUpstream(from); break;
      case 2: value.principal = readPrincipal(from); break;
    }
  }
  from.closeObject(keys, seen, 0x7);
  return value;
}

export function readShapeResponse(from: Reader): ShapeResponse {
  const keys = 'url•method•headers•body_base64•';
  const value = new ShapeResponse();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.url = from.text(); break;
      case 1: value.method = from.text(); break;
      case 2: value.headers = readList<Header>(from, readHeader); break;
      case 3: value.bodyBase64 = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0xf);
  return value;
}

export function readBuildSignerRequest(from: Reader): BuildSignerRequest {
  const keys = 'upstream•factory_state•';
  const value = new BuildSignerRequest();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.upstream = readUpstream(from); break;
      case 1: value.factoryState = from.json(); break;
    }
  }
  from.closeObject(keys, seen, 0x3);
  return value;
}

export function readBuildSignerResponse(from: Reader): BuildSignerResponse {
  const keys = 'signer_state•';
  const value = new BuildSignerResponse();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.signerState = from.json(); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  return value;
}

export function readShaped(from: Reader): Shaped {
  const keys = 'url•method•headers•body_base64•';
  const value = new Shaped();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.url = from.text(); break;
      case 1: value.method = from.text(); break;
      case 2: value.headers = readList<Header>(from, readHeader); break;
      case 3: value.bodyBase64 = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0xf);
  return value;
}

export function readSignRequest(from: Reader): SignRequest {
  const keys = 'shaped•signer_state•';
  const value = new SignRequest();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.shaped = readShaped(from); break;
      case 1: value.signerState = from.json(); break;
    }
  }
  from.closeObject(keys, seen, 0x3);
  return value;
}

export function readSignResponse(from: Reader): SignResponse {
  const keys = 'url•method•headers•body_base64•';
  const value = new SignResponse();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.url = readNullable<Text>(from, readText); break;
      case 1: value.method = readNullable<Text>(from, readText); break;
      case 2: value.headers = readNullable<Header[]>(from, readHeaderList); break;
      case 3: value.bodyBase64 = readNullable<Text>(from, readText); break;
    }
  }
  if ((seen & 0x1) == 0) {
    const absent = new Reader(ofLiteral('null'));
    value.url = readNullable<Text>(absent, readText);
  }
  if ((seen & 0x2) == 0) {
    const absent = new Reader(ofLiteral('null'));
    value.method = readNullable<Text>(absent, readText);
  }
  if ((seen & 0x4) == 0) {
    const absent = new Reader(ofLiteral('null'));
    value.headers = readNullable<Header[]>(absent, readHeaderList);
  }
  if ((seen & 0x8) == 0) {
    const absent = new Reader(ofLiteral('null'));
    value.bodyBase64 = readNullable<Text>(absent, readText);
  }
  return value;
}

export function readCategory(from: Reader): Category {
  return <Category>from.choice('"unauthorized"•"retryable"•"failed"•');
}

export function readOnUnauthorizedRequestError(from: Reader): OnUnauthorizedRequestError {
  const keys = 'status•body_base64•category•';
  const value = new OnUnauthorizedRequestError();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.status = <u32>from.unsigned(65535); break;
      case 1: value.bodyBase64 = readNullable<Text>(from, readText); break;
      case 2: value.category = readCategory(from); break;
    }
  }
  from.closeObject(keys, seen, 0x7);
  return value;
}

export function readOnUnauthorizedRequest(from: Reader): OnUnauthorizedRequest {
  const keys = 'error•signer_state•';
  const value = new OnUnauthorizedRequest();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.error = readOnUnauthorizedRequestError(from); break;
      case 1: value.signerState = from.json(); break;
    }
  }
  from.closeObject(keys, seen, 0x3);
  return value;
}

export function readOnUnauthorizedResponse(from: Reader): OnUnauthorizedResponse {
  const keys = 'decision•signer_state•';
  const value = new OnUnauthorizedResponse();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.decision = from.text(); break;
      case 1: value.signerState = from.json(); break;
    }
  }
  from.closeObject(keys, seen, 0x3);
  return value;
}

export function readNormalizeErrorRequest(from: Reader): NormalizeErrorRequest {
  const keys = 'status•body_base64•';
  const value = new NormalizeErrorRequest();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.status = <u32>from.unsigned(65535); break;
      case 1: value.bodyBase64 = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0x3);
  return value;
}

export function readNormalizeErrorResponse(from: Reader): NormalizeErrorResponse {
  const keys = 'body_base64•';
  const value = new NormalizeErrorResponse();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.bodyBase64 = readNullable<Text>(from, readText); break;
    }
  }
  if ((seen & 0x1) == 0) {
    const absent = new Reader(ofLiteral('null'));
    value.bodyBase64 = readNullable<Text>(absent, readText);
  }
  return value;
}

export function readRequestStarted(from: Reader): RequestStarted {
  const keys = 'kind•request_id•downstream_user_agent•';
  const value = new RequestStarted();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"request_started"'); break;
      case 1: value.requestId = from.text(); break;
      case 2: value.downstreamUserAgent = readNullable<Text>(from, readText); break;
    }
  }
  from.closeObject(keys, seen, 0x7);
  return value;
}

export function readAuthnComplete(from: Reader): AuthnComplete {
  const keys = 'kind•principal_id•principal_kind•';
  const value = new AuthnComplete();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"authn_complete"'); break;
      case 1: value.principalId = from.text(); break;
      case 2: value.principalKind = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0x7);
  return value;
}

export function readUpstreamChosen(from: Reader): UpstreamChosen {
  const keys = 'kind•upstream•';
  const value = new UpstreamChosen();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"upstream_chosen"'); break;
      case 1: value.upstream = readUpstream(from); break;
    }
  }
  from.closeObject(keys, seen, 0x3);
  return value;
}

export function readChunk(from: Reader): Chunk {
  const keys = 'kind•batch_index•event_count•total_bytes•';
  const value = new Chunk();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"chunk"'); break;
      case 1: value.batchIndex = from.unsigned(9007199254740991); break;
      case 2: value.eventCount = from.unsigned(9007199254740991); break;
      case 3: value.totalBytes = from.unsigned(9007199254740991); break;
    }
  }
  from.closeObject(keys, seen, 0xf);
  return value;
}

export function readRequestFinished(from: Reader): RequestFinished {
  const keys = 'kind•status•input_tokens•output_tokens•cache_creation_input_tokens•cache_read_input_tokens•duration_ms•';
  const value = new RequestFinished();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"request_finished"'); break;
      case 1: value.status = <u32>from.unsigned(65535); break;
      case 2: value.inputTokens = readNullableSome<u64>(from, readU64); break;
      case 3: value.outputTokens = readNullableSome<u64>(from, readU64); break;
      case 4: value.cacheCreationInputTokens = readNullableSome<u64>(from, readU64); break;
      case 5: value.cacheReadInputTokens = readNullableSome<u64>(from, readU64); break;
      case 6: value.durationMs = from.unsigned(9007199254740991); break;
    }
  }
  from.closeObject(keys, seen, 0x7f);
  return value;
}

export function readEventError(from: Reader): EventError {
  const keys = 'kind•code•message•source•';
  const value = new EventError();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"error"'); break;
      case 1: value.code = from.text(); break;
      case 2: value.message = from.text(); break;
      case 3: value.source = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0xf);
  return value;
}

export function readEvent(from: Reader): Event {
  switch (from.peekTag('kind', '"request_started"•"authn_complete"•"upstream_chosen"•"chunk"•"request_finished"•"error"•')) {
    case 0:
      return Event.requestStarted(readRequestStarted(from));
    case 1:
      return Event.authnComplete(readAuthnComplete(from));
    case 2:
      return Event.upstreamChosen(readUpstreamChosen(from));
    case 3:
      return Event.chunk(readChunk(from));
    case 4:
      return Event.requestFinished(readRequestFinished(from));
    case 5:
      return Event.error(readEventError(from));
  }
  return changetype<Event>(0);
}

export function readObserveRequest(from: Reader): ObserveRequest {
  const keys = 'events•';
  const value = new ObserveRequest();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.events = readList<Event>(from, readEvent); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  return value;
}

export function readObserveResponse(from: Reader): ObserveResponse {
  from.openObject('');
  return new ObserveResponse();
}

function readU64(from: Reader): u64 {
  return from.unsigned(9007199254740991);
}

function readText(from: Reader): Text {
  return from.text();
}

function readF64(from: Reader): f64 {
  return from.number();
}

function readBool(from: Reader): bool {
  return from.bool();
}

function readHeaderList(from: Reader): Header[] {
  return readList<Header>(from, readHeader);
}
