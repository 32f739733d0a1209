import { Candidate, FilterRequest, FilterResponse, FilterResponseResult } from '../kit';
import { ObservedRateLimit, SubscriptionQuota, text, Text } from '../kit';
import { configuredNumber } from './config';

export const ACCEPT = 'accept';
export const REJECT = 'reject';

/**
 * Accepts the candidates that have capacity left. If none has, rejects all of them. That is a valid answer, not a failure, so the host does
 * not use its default. It rejects the request instead of using an exhausted upstream.
 */
export function filter(request: FilterRequest): FilterResponse {
  const smallestShare = configuredNumber('min_remaining_share', 0.05, 0, 1);
  const largestUse = configuredNumber('max_utilization', 0.95, 0, 1e9);
  const accept = text(ACCEPT);
  const reject = text(REJECT);
  const reason = text('within its limits');
  const results: FilterResponseResult[] = [];
  for (let at = 0; at < request.candidates.length; at++) {
    const candidate = request.candidates[at];
    const objection = findObjection(candidate, smallestShare, largestUse);
    results.push({
      upstreamId: candidate.upstreamId,
      decision: objection === null ? accept : reject,
      reason: objection === null ? reason : objection,
    });
  }
  return { results };
}

function findObjection(candidate: Candidate, smallestShare: f64, largestUse: f64): Text | null {
  const limits = candidate.observedRateLimits;
  for (let at = 0; at < limits.length; at++) {
    const objection = objectToLimit(limits[at], smallestShare);
    if (objection !== null) return objection;
  }
  const quotas = candidate.subscriptionQuotas;
  for (let at = 0; at < quotas.length; at++) {
    const objection = objectToQuota(quotas[at], largestUse);
    if (objection !== null) return objection;
  }
  return null;
}

/** Values that were not observed are no reason to reject. */
function objectToLimit(limit: ObservedRateLimit, smallestShare: f64): Text | null {
  const remaining = limit.remaining;
  if (remaining === null) return null;
  if (remaining.value == 0) return sayOf('rate limit exhausted: ', limit.kind, limit.window);
  const most = limit.limit;
  if (most === null || <f64>remaining.value >= <f64>most.value * smallestShare) return null;
  return sayOf('rate limit nearly exhausted: ', limit.kind, limit.window);
}

function objectToQuota(quota: SubscriptionQuota, largestUse: f64): Text | null {
  const surpassed = quota.surpassedThreshold;
  if (surpassed !== null && surpassed.value) return sayOf('quota surpassed: ', quota.source, quota.window);
  const utilization = quota.utilization;
  if (utilization === null || utilization.value < largestUse) return null;
  return sayOf('quota nearly used up: ', quota.source, quota.window);
}

function sayOf(what: string, kind: Text, window: Text): Text {
  return text(what) + kind + text(' per ') + window;
}
