import type { RequestOf, ResponseOf } from '@plugwire/wire';
import type { filter } from '@plugwire/wire/load-balancer';

type Candidates = RequestOf<typeof filter>['candidates'];
type Decisions = ResponseOf<typeof filter>['results'];

/**
 * Returns the candidates that a filter accepted, in the host's order. A candidate is accepted if it has at least one decision and all its
 * decisions are `accept`. Contradicting decisions and unknown words count as a rejection.
 */
export const readDecisions = (results: Decisions, candidates: Candidates): Candidates => {
  const isAccepted = new Map<string, boolean>();
  for (const { upstream_id: id, decision } of results)
    isAccepted.set(id, decision === 'accept' && isAccepted.get(id) !== false);
  return candidates.filter(({ upstream_id: id }) => isAccepted.get(id) === true);
};
