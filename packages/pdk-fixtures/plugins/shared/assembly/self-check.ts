import { Bytes } from './bytes';
import { beginCall, endCall } from './call';
import { fail, forgetFailure, hasFailed } from './failure';
import { Value } from './json-value';
import { Writer } from './json-writer';
import { openObject } from './message';

export const enum Verdict {
  success,
  requestDiffers,
  responseDiffers,
}

const MOST_FUNCTIONS = 16;

/** Answers a self-check (protocol §3): each function's samples go through the plugin's own codecs; no handler runs. */
export function answerSelfCheck(check: (name: Bytes) => Verdict): i32 {
  const request = openObject(beginCall());
  const functions = request.any('functions_to_test');
  let count = 0;
  for (let at: Value | null = functions.elements(); at !== null; at = at!.next) {
    at.text();
    count++;
  }
  if (count == 0 || count > MOST_FUNCTIONS) fail('functions_to_test has not 1 to 16 names');
  const initiatedAt = request.count('initiated_at');
  if (initiatedAt == 0) fail('initiated_at is not positive');
  request.end();
  const failures = new Writer(1024);
  if (!hasFailed()) checkAll(functions, check, failures);
  const to = new Writer(1024);
  to.raw(
    failures.out.done().length == 0 ? '{"status":"success","failures":[' : '{"status":"failure","failures":[',
  );
  to.json(failures.out.done());
  to.raw('],"completed_at":');
  // A plugin without a clock knows no later time than the one that it was told.
  to.count(initiatedAt);
  to.raw('}');
  return endCall(to.out);
}

function checkAll(functions: Value, check: (name: Bytes) => Verdict, failures: Writer): void {
  for (let at: Value | null = functions.first; at !== null; at = at!.next) {
    const verdict = check(at.text());
    // A sample that the codecs refuse is a finding, not the end of the call.
    const isRefused = hasFailed();
    forgetFailure();
    if (verdict == Verdict.success && !isRefused) continue;
    failures.element();
    if (verdict == Verdict.responseDiffers) {
      failures.raw('{"stage":"response_validation","message":"a sample response is not what it was"}');
    } else {
      failures.raw('{"stage":"wire_function_test","message":"a sample request is not what it was"}');
    }
  }
}
