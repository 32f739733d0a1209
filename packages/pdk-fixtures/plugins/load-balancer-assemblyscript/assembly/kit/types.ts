// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// The types of the contract. Write objects as literals: `return { text: request.name };`.

import { Json } from './runtime/json';
import { Some } from './runtime/some';
import { Text } from './runtime/text';

export class Header {
  name!: Text;
  valueBase64!: Text;
}

export class Principal {
  id!: Text;
  kind!: Text;
  claims!: Json;
}

export class ObservedRateLimit {
  kind!: Text;
  window!: Text;
  limit: Some<u64> | null = null;
  remaining: Some<u64> | null = null;
  reset: Text | null = null;
}

export class SubscriptionQuota {
  window!: Text;
  source!: Text;
  dataState!: Text;
  utilization: Some<f64> | null = null;
  status: Text | null = null;
  resetsAtUnixSecs: Some<u64> | null = null;
  surpassedThreshold: Some<bool> | null = null;
  representativeClaim: Text | null = null;
  disabledReason: Text | null = null;
  observedAtUnixMillis: Some<u64> | null = null;
  ageSecs: Some<u64> | null = null;
}

export class CacheScore {
  predictedCacheReadTokens: u32 = 0;
  predictedCacheCreationTokens5m: u32 = 0;
  predictedCacheCreationTokens1h: u32 = 0;
  predictedUncachedInputTokens: u32 = 0;
  confidence: f64 = 0;
  predictedExpiresAtUnixSecs: Some<u64> | null = null;
  matchedBreakpointIndex: Some<u32> | null = null;
  ambiguityReason: Text | null = null;
}

export class Candidate {
  upstreamId!: Text;
  name!: Text;
  kind!: Text;
  observedRateLimits!: ObservedRateLimit[];
  subscriptionQuotas!: SubscriptionQuota[];
  observedAtUnixSecs: u64 = 0;
  cacheScore: CacheScore | null = null;
}

export class FilterRequest {
  requestId!: Text;
  headers!: Header[];
  method!: Text;
  path!: Text;
  query: Text | null = null;
  bodyBase64!: Text;
  principal!: Principal;
  candidates!: Candidate[];
}

export class FilterResponseResult {
  upstreamId!: Text;
  decision!: Text;
  reason!: Text;
}

export class FilterResponse {
  results!: FilterResponseResult[];
}

export class Request {
  requestId!: Text;
  headers!: Header[];
  method!: Text;
  path!: Text;
  query: Text | null = null;
  bodyBase64!: Text;
}

export class Upstream {}

export class ShapeRequest {
  request!: Request;
  upstream!: Upstream;
  principal!: Principal;
}

export class ShapeResponse {
  url!: Text;
  method!: Text;
  headers!: Header[];
  bodyBase64!: Text;
}

export class BuildSignerRequest {
  upstream!: Upstream;
  factoryState!: Json;
}

export class BuildSignerResponse {
  signerState!: Json;
}

export class Shaped {
  url!: Text;
  method!: Text;
  headers!: Header[];
  bodyBase64!: Text;
}

export class SignRequest {
  shaped!: Shaped;
  signerState!: Json;
}

export class SignResponse {
  url: Text | null = null;
  method: Text | null = null;
  headers: Header[] | null = null;
  bodyBase64: Text | null = null;
}

export enum Category {
  /** `"unauthorized"` */
  unauthorized,
  /** `"retryable"` */
  retryable,
  /** `"failed"` */
  failed,
}

export class OnUnauthorizedRequestError {
  status: u32 = 0;
  bodyBase64: Text | null = null;
  category: Category = 0;
}

export class OnUnauthorizedRequest {
  error!: OnUnauthorizedRequestError;
  signerState!: Json;
}

export class OnUnauthorizedResponse {
  decision!: Text;
  signerState!: Json;
}

export class NormalizeErrorRequest {
  status: u32 = 0;
  bodyBase64!: Text;
}

export class NormalizeErrorResponse {
  bodyBase64: Text | null = null;
}

export class RequestStarted {
  requestId!: Text;
  downstreamUserAgent: Text | null = null;
}

export class AuthnComplete {
  principalId!: Text;
  principalKind!: Text;
}

export class UpstreamChosen {
  upstream!: Upstream;
}

export class Chunk {
  batchIndex: u64 = 0;
  eventCount: u64 = 0;
  totalBytes: u64 = 0;
}

export class RequestFinished {
  status: u32 = 0;
  inputTokens: Some<u64> | null = null;
  outputTokens: Some<u64> | null = null;
  cacheCreationInputTokens: Some<u64> | null = null;
  cacheReadInputTokens: Some<u64> | null = null;
  durationMs: u64 = 0;
}

export class EventError {
  code!: Text;
  message!: Text;
  source!: Text;
}

export class Event {
  private constructor(
    readonly kind: Event.Kind,
    private held: Object,
  ) {}

  static requestStarted(value: RequestStarted): Event {
    return new Event(Event.Kind.requestStarted, value);
  }

  get requestStarted(): RequestStarted {
    assert(this.kind == Event.Kind.requestStarted, 'Event is not requestStarted: look at its kind first');
    return changetype<RequestStarted>(this.held);
  }

  static authnComplete(value: AuthnComplete): Event {
    return new Event(Event.Kind.authnComplete, value);
  }

  get authnComplete(): AuthnComplete {
    assert(this.kind == Event.Kind.authnComplete, 'Event is not authnComplete: look at its kind first');
    return changetype<AuthnComplete>(this.held);
  }

  static upstreamChosen(value: UpstreamChosen): Event {
    return new Event(Event.Kind.upstreamChosen, value);
  }

  get upstreamChosen(): UpstreamChosen {
    assert(this.kind == Event.Kind.upstreamChosen, 'Event is not upstreamChosen: look at its kind first');
    return changetype<UpstreamChosen>(this.held);
  }

  static chunk(value: Chunk): Event {
    return new Event(Event.Kind.chunk, value);
  }

  get chunk(): Chunk {
    assert(this.kind == Event.Kind.chunk, 'Event is not chunk: look at its kind first');
    return changetype<Chunk>(this.held);
  }

  static requestFinished(value: RequestFinished): Event {
    return new Event(Event.Kind.requestFinished, value);
  }

  get requestFinished(): RequestFinished {
    assert(this.kind == Event.Kind.requestFinished, 'Event is not requestFinished: look at its kind first');
    return changetype<RequestFinished>(this.held);
  }

  static error(value: EventError): Event {
    return new Event(Event.Kind.error, value);
  }

  get error(): EventError {
    assert(this.kind == Event.Kind.error, 'Event is not error: look at its kind first');
    return changetype<EventError>(this.held);
  }
}

export namespace Event {
  export enum Kind {
    requestStarted,
    authnComplete,
    upstreamChosen,
    chunk,
    requestFinished,
    error,
  }
}

export class ObserveRequest {
  events!: Event[];
}

export class ObserveResponse {}
