import { Bytes } from '../../shared/assembly/bytes';
import { fail } from '../../shared/assembly/failure';
import { Fields } from '../../shared/assembly/json-object';
import { Value } from '../../shared/assembly/json-value';
import { Writer } from '../../shared/assembly/json-writer';
import { readUpstream } from './shapes';

/** The kinds of events; what is kept of one is its place here. */
export const EVENT_KINDS: StaticArray<string> = [
  'request_started',
  'authn_complete',
  'upstream_chosen',
  'chunk',
  'request_finished',
  'error',
];

/** Something that happened to a request: checked by its kind, and written again as it was. */
export class Event {
  constructor(
    public kind: i32,
    private json: Bytes,
  ) {}

  static read(value: Value): Event {
    const fields = new Fields(value);
    const name = fields.text('kind');
    const kind = kindOf(name);
    if (kind == 0) {
      fields.text('request_id');
      fields.textOrNull('downstream_user_agent');
    } else if (kind == 1) {
      fields.text('principal_id');
      fields.text('principal_kind');
    } else if (kind == 2) {
      readUpstream(fields);
    } else if (kind == 3) {
      fields.count('batch_index');
      fields.count('event_count');
      fields.count('total_bytes');
    } else if (kind == 4) {
      fields.any('status').upTo(0xffff);
      fields.countOrNull('input_tokens');
      fields.countOrNull('output_tokens');
      fields.countOrNull('cache_creation_input_tokens');
      fields.countOrNull('cache_read_input_tokens');
      fields.count('duration_ms');
    } else if (kind == 5) {
      fields.text('code');
      fields.text('message');
      fields.text('source');
    } else fail('an unknown kind of event');
    fields.end();
    return new Event(kind, value.json);
  }

  write(to: Writer): void {
    to.element();
    to.json(this.json);
  }
}

function kindOf(name: Bytes): i32 {
  for (let at = 0; at < EVENT_KINDS.length; at++) if (name.is(EVENT_KINDS[at])) return at;
  return -1;
}
