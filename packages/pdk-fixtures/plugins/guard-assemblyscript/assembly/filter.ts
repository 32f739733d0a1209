import { configuredFlag } from '../../load-balancer-assemblyscript/assembly/config';
import {
  Decision,
  filterCandidates,
  FilterRequest,
  FilterResponse,
} from '../../load-balancer-assemblyscript/assembly/filter';
import { ascii } from '../../shared/assembly/bytes';
import { toBlock } from '../../shared/assembly/call';
import { hasFailed } from '../../shared/assembly/failure';
import { hostMetricIncr } from '../../shared/assembly/host';
import { COUNT_EVENTS } from './needs';
import { RateLimit } from './rate-limit';

const REACHED = 'the rate limit is reached';

/** Accepts what has something left, or nothing where the limit is reached. A request that no candidate may serve is not counted. */
export function filterWithinLimit(request: FilterRequest): FilterResponse {
  const response = filterCandidates(request);
  const limit = RateLimit.configured();
  if (hasFailed() || limit === null || !response.acceptsAny()) return response;
  if (limit.take(request.principal.id)) return response;
  if (configuredFlag(COUNT_EVENTS)) hostMetricIncr(toBlock(ascii('requests_limited')), 1);
  const results: Decision[] = [];
  for (let at = 0; at < request.candidates.length; at++) {
    results.push(Decision.reject(request.candidates[at], ascii(REACHED)));
  }
  return new FilterResponse(results);
}
