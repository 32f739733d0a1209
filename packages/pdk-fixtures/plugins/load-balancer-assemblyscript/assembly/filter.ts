import { ascii, Builder, Bytes } from '../../shared/assembly/bytes';
import { Fields, NONE } from '../../shared/assembly/json-object';
import { Value } from '../../shared/assembly/json-value';
import { Writer } from '../../shared/assembly/json-writer';
import { Message } from '../../shared/assembly/message';
import { Candidate, Quota, RateLimit } from './candidate';
import { configuredNumber } from './config';
import { ClientRequest, Principal, readUuid } from './shapes';

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

export class Decision {
  constructor(
    public upstreamId: Bytes,
    public isKept: bool,
    public reason: Bytes,
  ) {}
}

export class FilterResponse extends Message {
  constructor(
    public kept: Bytes[],
    public reason: Bytes,
    public decisions: Decision[],
  ) {
    super();
  }

  static read(fields: Fields): FilterResponse {
    const kept: Bytes[] = [];
    for (let at: Value | null = fields.list('kept_upstream_ids'); at !== null; at = at!.next)
      kept.push(readUuid(at));
    const reason = fields.text('reason');
    const decisions: Decision[] = [];
    for (let at: Value | null = fields.list('per_candidate_reasons'); at !== null; at = at!.next) {
      const one = new Fields(at);
      decisions.push(
        new Decision(readUuid(one.any('upstream_id')), one.any('kept').flag(), one.text('reason')),
      );
      one.end();
    }
    fields.end();
    return new FilterResponse(kept, reason, decisions);
  }

  writeMembers(to: Writer): void {
    to.key('kept_upstream_ids');
    to.open('[');
    for (let at = 0; at < this.kept.length; at++) {
      to.element();
      to.text(this.kept[at]);
    }
    to.close(']');
    to.key('reason');
    to.text(this.reason);
    to.key('per_candidate_reasons');
    to.open('[');
    for (let at = 0; at < this.decisions.length; at++) {
      const decision = this.decisions[at];
      to.element();
      to.open('{');
      to.key('upstream_id');
      to.text(decision.upstreamId);
      to.key('kept');
      to.raw(decision.isKept ? 'true' : 'false');
      to.key('reason');
      to.text(decision.reason);
      to.close('}');
    }
    to.close(']');
  }
}

/**
 * Keeps the candidates that have something left. If none has, the list is empty and `reason` says why: an answer, not a
 * failure, so the host does not use its default but refuses the request rather than burden an exhausted upstream.
 */
export function filterCandidates(request: FilterRequest): FilterResponse {
  const smallestShare = configuredNumber('min_remaining_share', 0.05, 0, 1);
  const largestUse = configuredNumber('max_utilization', 0.95, 0, 1e9);
  const kept: Bytes[] = [];
  const decisions: Decision[] = [];
  for (let at = 0; at < request.candidates.length; at++) {
    const candidate = request.candidates[at];
    const objection = findObjection(candidate, smallestShare, largestUse);
    const isKept = objection === null;
    if (isKept) kept.push(candidate.upstreamId);
    decisions.push(
      new Decision(candidate.upstreamId, isKept, isKept ? ascii('within its limits') : objection!),
    );
  }
  return new FilterResponse(kept, summarise(kept.length, decisions.length), decisions);
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

function summarise(kept: i32, all: i32): Bytes {
  if (all == 0) return ascii('no candidates');
  const to = new Builder(64);
  if (kept == 0) {
    to.literal('all exhausted: 0 of ');
  } else {
    to.decimal(kept);
    to.literal(' of ');
  }
  to.decimal(all);
  to.literal(' kept');
  return to.done();
}

function sayOf(what: string, kind: Bytes, window: Bytes): Bytes {
  const to = new Builder(64);
  to.literal(what);
  to.bytes(kind);
  to.literal(' per ');
  to.bytes(window);
  return to.done();
}
