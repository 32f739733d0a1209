import type { RequestOf, ResponseOf } from '@plugwire/wire';
import type { filter } from '@plugwire/wire/load-balancer';

type Candidates = RequestOf<typeof filter>['candidates'];
type Decisions = ResponseOf<typeof filter>['results'];

/**
 * The candidates that a filter accepted, in the host's order. A candidate is accepted if there is a decision about it and each one says
 * `accept`: of two that contradict each other, the one that does not accept counts, and so does a word that is not known.
 */
export const readDecisions = (results: Decisions, candidates: Candidates): Candidates => {
  const isAccepted = new Map<string, boolean>();
  for (const { upstream_id: id, decision } of results)
    isAccepted.set(id, decision === 'accept' && isAccepted.get(id) !== false);
  return candidates.filter(({ upstream_id: id }) => isAccepted.get(id) === true);
};
