import { Builder } from './builder';
import { Bytes } from './bytes';
import { text, Text } from './text';

// AssemblyScript cannot catch exceptions, and a trap costs the instance. So the first failure of a call is recorded here. Everything that
// is read after it is empty. The end of the call returns the recorded failure as the guest's error.

let isNoted: bool = false;
let reason: string = '';
let place: Bytes | null = null;

/**
 * Fails the call with this reason, whatever the handler returns. If it is called more than once, the first reason counts.
 *
 * @example
 * if (request.name.length == 0) fail('the name is empty');
 */
export function fail(why: string): void {
  if (isNoted) return;
  isNoted = true;
  reason = why;
  place = null;
}

/** Whether this call has failed. After a failure, the values that are read are empty. */
export function hasFailed(): bool {
  return isNoted;
}

/** Forgets the failure, so that the call can succeed. */
export function forgetFailure(): void {
  isNoted = false;
}

/** Records the place of the failure. */
export function locateFailure(where: Bytes): void {
  place = where;
}

/** Returns the place and the reason. */
export function failure(): Text {
  const why = text(reason);
  const where = place;
  if (where === null) return why;
  const to = new Builder(where.length + why.length + 2);
  to.bytes(where);
  to.literal(': ');
  to.bytes(why);
  return to.toText();
}

/** Traps after a failure, with its text. Used where the code has no value to continue with. */
export function orAbort(): void {
  if (isNoted) throw new Error(failure().toString());
}
