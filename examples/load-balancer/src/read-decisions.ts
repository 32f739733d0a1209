import type { ResponseOf } from '@plugwire/wire';
import type { filter } from '@plugwire/wire/load-balancer';

import type { Upstream } from './upstream.ts';

/** What a filter decided about the upstreams of a balancer. */
export interface Decisions {
  /** In the host's order. */
  readonly accepted: readonly Upstream[];
  /** Whether a decision is about an upstream that does not exist. */
  readonly isUnknownNamed: boolean;
}

/**
 * Reads the decisions of a filter. An upstream is accepted if there is a decision about it and each one says `accept`: of two that
 * contradict each other, the one that does not accept counts, and so does a word that is not known.
 */
export const readDecisions = (
  results: ResponseOf<typeof filter>['results'],
  upstreams: readonly Upstream[],
): Decisions => {
  const isAccepted = new Map<string, boolean>();
  for (const { upstream_id: id, decision } of results)
    isAccepted.set(id, decision === 'accept' && isAccepted.get(id) !== false);
  const named = upstreams.filter(({ id }) => isAccepted.has(id));
  return {
    accepted: named.filter(({ id }) => isAccepted.get(id) === true),
    isUnknownNamed: named.length < isAccepted.size,
  };
};
