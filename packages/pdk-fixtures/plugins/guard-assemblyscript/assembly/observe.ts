import { configuredFlag } from '../../load-balancer-assemblyscript/assembly/config';
import { EVENT_KINDS } from '../../load-balancer-assemblyscript/assembly/event';
import {
  countEvents,
  ObserveRequest,
  ObserveResponse,
} from '../../load-balancer-assemblyscript/assembly/observe';
import { ascii, Builder } from '../../shared/assembly/bytes';
import { toBlock } from '../../shared/assembly/call';
import { hostLog, hostMetricIncr } from '../../shared/assembly/host';
import { COUNT_EVENTS, LOG_ERRORS } from './needs';

const ERROR_KIND = 5;

/** Counts events, and adds them to the host's metrics and says how many errors there were, where that is switched on. */
export function reportEvents(request: ObserveRequest): ObserveResponse {
  const isCounting = configuredFlag(COUNT_EVENTS);
  const isLogging = configuredFlag(LOG_ERRORS);
  for (let kind = 0; kind < EVENT_KINDS.length; kind++) {
    const count = countOf(kind, request);
    if (count == 0) continue;
    if (isCounting) countInMetrics(kind, count);
    if (isLogging && kind == ERROR_KIND) logErrors(count);
  }
  return countEvents(request);
}

function countOf(kind: i32, request: ObserveRequest): u64 {
  let count: u64 = 0;
  for (let at = 0; at < request.events.length; at++) if (request.events[at].kind == kind) count++;
  return count;
}

function countInMetrics(kind: i32, count: u64): void {
  const name = new Builder(32);
  name.literal('events_');
  name.literal(EVENT_KINDS[kind]);
  hostMetricIncr(toBlock(name.done()), count);
}

/** How many, and nothing of the events. */
function logErrors(count: u64): void {
  const line = new Builder(32);
  line.literal('error events: ');
  line.decimal(count);
  hostLog(toBlock(ascii('warn')), toBlock(line.done()));
}
