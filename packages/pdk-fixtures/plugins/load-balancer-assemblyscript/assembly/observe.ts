import { ascii, Builder, Bytes, room } from '../../shared/assembly/bytes';
import { fromBlock, toBlock } from '../../shared/assembly/call';
import { getLogLevel, logDebug, varGet, varSet } from '../../shared/assembly/extism';
import { hasFailed } from '../../shared/assembly/failure';
import { Fields } from '../../shared/assembly/json-object';
import { Value } from '../../shared/assembly/json-value';
import { Writer } from '../../shared/assembly/json-writer';
import { Message } from '../../shared/assembly/message';
import { Event, EVENT_KINDS } from './event';

export class ObserveRequest extends Message {
  constructor(public events: Event[]) {
    super();
  }

  static read(fields: Fields): ObserveRequest {
    const events: Event[] = [];
    for (let at: Value | null = fields.list('events'); at !== null; at = at!.next)
      events.push(Event.read(at));
    fields.end();
    return new ObserveRequest(events);
  }

  writeMembers(to: Writer): void {
    to.key('events');
    to.open('[');
    for (let at = 0; at < this.events.length; at++) this.events[at].write(to);
    to.close(']');
  }
}

export class ObserveResponse extends Message {
  static read(fields: Fields): ObserveResponse {
    fields.end();
    return new ObserveResponse();
  }

  writeMembers(_to: Writer): void {}
}

const VARIABLE = 'event_counts';
const COUNT_BYTES = 8;
const DEBUG_LEVEL = 1;

/** Counts events by kind. An Extism variable keeps the counts, since the heap lasts for one call only. */
export function countEvents(request: ObserveRequest): ObserveResponse {
  if (!hasFailed()) {
    const counts = loadCounts();
    for (let at = 0; at < request.events.length; at++) {
      const place = counts.start + request.events[at].kind * COUNT_BYTES;
      store<u64>(place, load<u64>(place) + 1);
    }
    varSet(toBlock(ascii(VARIABLE)), toBlock(counts));
    if (getLogLevel() <= DEBUG_LEVEL) logDebug(toBlock(describe(counts)));
  }
  return new ObserveResponse();
}

function loadCounts(): Bytes {
  const block = varGet(toBlock(ascii(VARIABLE)));
  if (block != 0) return fromBlock(block);
  const length = EVENT_KINDS.length * COUNT_BYTES;
  const start = room(length);
  memory.fill(start, 0, length);
  return new Bytes(start, length);
}

/** Kinds and counts, nothing of the events. */
function describe(counts: Bytes): Bytes {
  const to = new Builder(160);
  to.literal('events so far:');
  for (let at = 0; at < EVENT_KINDS.length; at++) {
    to.literal(' ');
    to.literal(EVENT_KINDS[at]);
    to.literal('=');
    to.decimal(load<u64>(counts.start + at * COUNT_BYTES));
  }
  return to.done();
}
