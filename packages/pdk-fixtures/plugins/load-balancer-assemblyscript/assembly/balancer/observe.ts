import { Bytes, log, LogLevel, ObserveRequest, ObserveResponse, setVariable, variable } from '../kit';

/** The kinds of events, in the order of the contract. Events are stored by their index here. */
export const EVENT_KINDS: StaticArray<string> = [
  'request_started',
  'authn_complete',
  'upstream_chosen',
  'chunk',
  'request_finished',
  'error',
];

const VARIABLE = 'event_counts';
const COUNT_BYTES = 8;

/** Counts events by kind. An Extism variable keeps the counts, because it remains when the instance is replaced. */
export function observe(request: ObserveRequest): ObserveResponse {
  const counts = loadCounts();
  for (let at = 0; at < request.events.length; at++) {
    const place = counts.dataStart + <i32>request.events[at].kind * COUNT_BYTES;
    store<u64>(place, load<u64>(place) + 1);
  }
  setVariable(VARIABLE, Bytes.of(counts));
  log(LogLevel.debug, describe(counts));
  return new ObserveResponse();
}

function loadCounts(): Uint8Array {
  const kept = variable(VARIABLE);
  return kept === null ? new Uint8Array(EVENT_KINDS.length * COUNT_BYTES) : kept.toArray();
}

/** Returns kinds and counts. They contain nothing of the events. */
function describe(counts: Uint8Array): string {
  let line = 'events so far:';
  for (let at = 0; at < EVENT_KINDS.length; at++) {
    line += ' ' + EVENT_KINDS[at] + '=' + load<u64>(counts.dataStart + at * COUNT_BYTES).toString();
  }
  return line;
}
