import { Builder } from './builder';
import { Bytes } from './bytes';
import { text, Text } from './text';

// AssemblyScript has no exceptions that can be caught, and a trap costs the instance. So the first failure of a call is noted here, what
// reads on gets empty values, and the end of the call turns the note into the guest's error.

let isNoted: bool = false;
let reason: string = '';
let place: Bytes | null = null;

/**
 * Fails the call: it ends in an error with this reason, whatever the handler returns. The first reason stands.
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

/** Whether this call has failed. Code that goes on after a failure works on empty values. */
export function hasFailed(): bool {
  return isNoted;
}

/** Forgets the failure: the call may still succeed. */
export function forgetFailure(): void {
  isNoted = false;
}

/** Says where the noted failure is. */
export function locateFailure(where: Bytes): void {
  place = where;
}

/** The place and the reason. */
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

/** Traps after a failure, with its text: what would go on has no value to go on with. */
export function orAbort(): void {
  if (isNoted) throw new Error(failure().toString());
}
