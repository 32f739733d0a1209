import { ascii, Builder, Bytes } from '../../shared/assembly/bytes';
import { Fields, NONE } from '../../shared/assembly/json-object';
import { Value } from '../../shared/assembly/json-value';
import { Writer } from '../../shared/assembly/json-writer';
import { Message } from '../../shared/assembly/message';
import { Candidate, Quota, RateLimit } from './candidate';
import { configuredNumber } from './config';
import { ClientRequest, Principal } from './shapes';

export class FilterRequest extends Message {
  constructor(
    public request: ClientRequest,
    public principal: Principal,
    public candidates: Candidate[],
  ) {
    super();
  }

  static read(fields: Fields): FilterRequest {
    const request = ClientRequest.readMembers(fields);
    const principal = Principal.read(fields);
    const candidates: Candidate[] = [];
    for (let at: Value | null = fields.list('candidates'); at !== null; at = at!.next)
      candidates.push(Candidate.read(at));
    fields.end();
    return new FilterRequest(request, principal, candidates);
  }

  writeMembers(to: Writer): void {
    this.request.writeMembers(to);
    this.principal.write(to);
    to.key('candidates');
    to.open('[');
    for (let at = 0; at < this.candidates.length; at++) this.candidates[at].write(to);
    to.close(']');
  }
}

const ACCEPT = 'accept';
const REJECT = 'reject';

/** What becomes of one candidate, and why. */
export class Decision {
  constructor(
    public upstreamId: Bytes,
    public decision: Bytes,
    public reason: Bytes,
  ) {}

  static accept(candidate: Candidate): Decision {
    return new Decision(candidate.upstreamId, ascii(ACCEPT), ascii('within its limits'));
  }

  static reject(candidate: Candidate, reason: Bytes): Decision {
    return new Decision(candidate.upstreamId, ascii(REJECT), reason);
  }

  isAccepted(): bool {
    return this.decision.is(ACCEPT);
  }
}

export class FilterResponse extends Message {
  constructor(public results: Decision[]) {
    super();
  }

  static read(fields: Fields): FilterResponse {
    const results: Decision[] = [];
    for (let at: Value | null = fields.list('results'); at !== null; at = at!.next) {
      const one = new Fields(at);
      results.push(new Decision(one.text('upstream_id'), one.text('decision'), one.text('reason')));
      one.end();
    }
    fields.end();
    return new FilterResponse(results);
  }

  writeMembers(to: Writer): void {
    to.key('results');
    to.open('[');
    for (let at = 0; at < this.results.length; at++) {
      const result = this.results[at];
      to.element();
      to.open('{');
      to.key('upstream_id');
      to.text(result.upstreamId);
      to.key('decision');
      to.text(result.decision);
      to.key('reason');
      to.text(result.reason);
      to.close('}');
    }
    to.close(']');
  }

  acceptsAny(): bool {
    for (let at = 0; at < this.results.length; at++) if (this.results[at].isAccepted()) return true;
    return false;
  }
}

/**
 * Accepts the candidates that have something left. If none has, all are rejected: an answer, not a failure, so the host does not use its
 * default but refuses the request rather than burden an exhausted upstream.
 */
export function filterCandidates(request: FilterRequest): FilterResponse {
  const smallestShare = configuredNumber('min_remaining_share', 0.05, 0, 1);
  const largestUse = configuredNumber('max_utilization', 0.95, 0, 1e9);
  const results: Decision[] = [];
  for (let at = 0; at < request.candidates.length; at++) {
    const candidate = request.candidates[at];
    const objection = findObjection(candidate, smallestShare, largestUse);
    results.push(objection === null ? Decision.accept(candidate) : Decision.reject(candidate, objection));
  }
  return new FilterResponse(results);
}

function findObjection(candidate: Candidate, smallestShare: f64, largestUse: f64): Bytes | null {
  for (let at = 0; at < candidate.rateLimits.length; at++) {
    const objection = objectToLimit(candidate.rateLimits[at], smallestShare);
    if (objection !== null) return objection;
  }
  for (let at = 0; at < candidate.quotas.length; at++) {
    const objection = objectToQuota(candidate.quotas[at], largestUse);
    if (objection !== null) return objection;
  }
  return null;
}

/** What was not observed is no objection. */
function objectToLimit(limit: RateLimit, smallestShare: f64): Bytes | null {
  if (limit.remaining == NONE) return null;
  if (limit.remaining == 0) return sayOf('rate limit exhausted: ', limit.kind, limit.window);
  if (limit.limit == NONE || <f64>limit.remaining >= <f64>limit.limit * smallestShare) return null;
  return sayOf('rate limit nearly exhausted: ', limit.kind, limit.window);
}

function objectToQuota(quota: Quota, largestUse: f64): Bytes | null {
  if (quota.surpassedThreshold == 1) return sayOf('quota surpassed: ', quota.source, quota.window);
  const utilization = quota.utilization;
  if (utilization === null || utilization.number() < largestUse) return null;
  return sayOf('quota nearly used up: ', quota.source, quota.window);
}

function sayOf(what: string, kind: Bytes, window: Bytes): Bytes {
  const to = new Builder(64);
  to.literal(what);
  to.bytes(kind);
  to.literal(' per ');
  to.bytes(window);
  return to.done();
}
