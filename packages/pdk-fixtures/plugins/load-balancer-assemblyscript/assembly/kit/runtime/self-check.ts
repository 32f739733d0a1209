import { beginCall, endCall } from './call';
import { fail, failure, forgetFailure, hasFailed } from './failure';
import { Reader } from './json-reader';
import { Writer } from './json-writer';
import { readList } from './read-parts';
import { ofLiteral, Text } from './text';

const REQUEST_KEYS = 'functions_to_test•initiated_at•';
const MOST_FUNCTIONS = 16;

/**
 * Answers a self-check. Reads and writes the samples of each function with the kit's codecs. No handler runs. `check` fails the call if a
 * sample changes. Functions that the plugin does not have are skipped.
 */
export function answerSelfCheck(check: (name: Text) => void): i32 {
  const from = new Reader(beginCall());
  let names: Text[] = [];
  let initiatedAt: u64 = 0;
  let seen: u64 = 0;
  let key = from.openObject(REQUEST_KEYS);
  while (key >= 0) {
    seen = from.see(seen, <u16>key);
    if (<u16>key == 0) names = readList<Text>(from, readName);
    else initiatedAt = from.unsigned(u64.MAX_VALUE, 1);
    key = from.nextKey(REQUEST_KEYS, key);
  }
  from.closeObject(REQUEST_KEYS, seen, 0x3);
  from.finish('self-check');
  if (names.length == 0 || names.length > MOST_FUNCTIONS) fail('functions_to_test has not 1 to 16 names');
  if (hasFailed()) return endCall(null);

  const failures = new Writer(256);
  failures.byte(0x5b);
  let isSuccess = true;
  for (let at = 0; at < names.length; at++) {
    check(names[at]);
    if (!hasFailed()) continue;
    // A sample that fails is reported. It does not end the call.
    const found = failure();
    forgetFailure();
    failures.next();
    failures.raw('{"stage":"wire_function_test","message":');
    failures.text(names[at] + ofLiteral(', ') + found);
    failures.byte(0x7d);
    isSuccess = false;
  }
  const to = new Writer(512);
  to.raw('{"status":"');
  to.raw(isSuccess ? 'success' : 'failure');
  to.raw('","failures":');
  to.bytes(failures.finish(''));
  to.raw('],"completed_at":');
  // Without a clock, the only time that a plugin has is that of the request.
  to.unsigned(initiatedAt);
  to.byte(0x7d);
  return endCall(to.finish('self-check'));
}

function readName(from: Reader): Text {
  return from.text();
}

/** Reads and writes a sample with a type. The result must be equal. */
export function checkSample<T>(
  name: string,
  sample: string,
  read: (from: Reader) => T,
  write: (to: Writer, value: T) => void,
): void {
  if (hasFailed()) return;
  const from = new Reader(ofLiteral(sample));
  const value = read(from);
  from.finish(name);
  if (hasFailed()) return;
  const to = new Writer(sample.length);
  write(to, value);
  const written = to.finish(name);
  if (!hasFailed() && !written.is(sample)) fail('a sample is written in another way than it was read');
}
