import { configuredFlag } from './balancer/config';
import { ACCEPT, filter as filterCandidates, REJECT } from './balancer/filter';
import { FilterRequest, FilterResponse, hasFailed, host, text } from './kit';
import { COUNT_EVENTS } from './needs';
import { RateLimit } from './rate-limit';

/** Accepts candidates with capacity, or none if the limit is reached. A request that no candidate can serve is not counted. */
export function filter(request: FilterRequest): FilterResponse {
  const response = filterCandidates(request);
  const limit = RateLimit.configured();
  if (hasFailed() || limit === null || !acceptsAny(response)) return response;
  if (limit.take(request.principal.id)) return response;
  if (configuredFlag(COUNT_EVENTS)) host.metricIncr(text('requests_limited'), 1);
  for (let at = 0; at < response.results.length; at++) {
    response.results[at].decision = text(REJECT);
    response.results[at].reason = text('the rate limit is reached');
  }
  return response;
}

function acceptsAny(response: FilterResponse): bool {
  for (let at = 0; at < response.results.length; at++) if (response.results[at].decision.is(ACCEPT)) return true;
  return false;
}
