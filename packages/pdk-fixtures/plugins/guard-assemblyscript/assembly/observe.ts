import { configuredFlag } from './balancer/config';
import { EVENT_KINDS, observe as countEvents } from './balancer/observe';
import { Event, host, ObserveRequest, ObserveResponse, text } from './kit';
import { COUNT_EVENTS, LOG_ERRORS } from './needs';

/** Counts events. If that is switched on, also adds them to the host's metrics and logs the number of errors. */
export function observe(request: ObserveRequest): ObserveResponse {
  const isCounting = configuredFlag(COUNT_EVENTS);
  const isLogging = configuredFlag(LOG_ERRORS);
  for (let kind = 0; kind < EVENT_KINDS.length; kind++) {
    const count = countOf(kind, request);
    if (count == 0) continue;
    if (isCounting) host.metricIncr(text('events_' + EVENT_KINDS[kind]), count);
    // Logs only the number, nothing of the events.
    if (isLogging && kind == Event.Kind.error) host.log(text('warn'), text('error events: ' + count.toString()));
  }
  return countEvents(request);
}

function countOf(kind: i32, request: ObserveRequest): u64 {
  let count: u64 = 0;
  for (let at = 0; at < request.events.length; at++) if (request.events[at].kind == kind) count++;
  return count;
}
