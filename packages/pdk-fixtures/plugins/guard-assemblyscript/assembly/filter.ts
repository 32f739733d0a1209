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

/** Keeps what has something left, or nothing where the limit is reached. A request that no candidate may serve is not counted. */
export function filterWithinLimit(request: FilterRequest): FilterResponse {
  const response = filterCandidates(request);
  const limit = RateLimit.configured();
  if (hasFailed() || limit === null || response.kept.length == 0) return response;
  if (limit.take(request.principal.id)) return response;
  if (configuredFlag(COUNT_EVENTS)) hostMetricIncr(toBlock(ascii('requests_limited')), 1);
  const decisions: Decision[] = [];
  for (let at = 0; at < request.candidates.length; at++) {
    decisions.push(new Decision(request.candidates[at].upstreamId, false, ascii(REACHED)));
  }
  return new FilterResponse([], ascii(REACHED), decisions);
}
