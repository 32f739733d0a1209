import { beginCall, endCall } from './call';
import { fail, failure, forgetFailure, hasFailed } from './failure';
import { Reader } from './json-reader';
import { Writer } from './json-writer';
import { ofLiteral, Text } from './text';

const MOST_FUNCTIONS = 16;

/**
 * Answers a self-check: the samples of each function go through the kit's own codecs, and no handler runs. `check` fails the call where
 * they come out changed; a function that the plugin does not have is skipped.
 */
export function answerSelfCheck(check: (name: Text) => void): i32 {
  const reader = new Reader(beginCall());
  const request = reader.json();
  reader.finish('self-check');
  if (hasFailed()) return endCall(request.text);
  const names = request.need('functions_to_test').elements();
  const initiatedAt = request.need('initiated_at').toU64();
  if (names.length == 0 || names.length > MOST_FUNCTIONS) fail('functions_to_test has not 1 to 16 names');
  if (initiatedAt == 0) fail('initiated_at is not positive');
  const failures = new Writer(256);
  let isSuccess = true;
  for (let at = 0; at < names.length; at++) {
    const name = names[at].toText();
    if (hasFailed()) return endCall(request.text);
    check(name);
    if (!hasFailed()) continue;
    // What the samples show is a finding, not the end of the call.
    const found = failure();
    forgetFailure();
    if (!isSuccess) failures.raw(',');
    isSuccess = false;
    failures.raw('{"stage":"wire_function_test","message":');
    failures.text(found);
    failures.raw('}');
  }
  const to = new Writer(512);
  to.raw(isSuccess ? '{"status":"success","failures":[' : '{"status":"failure","failures":[');
  to.bytes(failures.finish(''));
  to.raw('],"completed_at":');
  // A plugin without a clock knows no later time than the one that it was told.
  to.unsigned(initiatedAt);
  to.raw('}');
  return endCall(to.finish('self-check'));
}

/** Sends a sample through a type: it must come out as it is. */
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
