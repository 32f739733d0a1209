// AssemblyScript has no exceptions that can be caught, and a trap costs the instance. So what goes wrong is noted here, once
// per call; what reads on gets empty values, and the call's end turns the note into a guest error.

// Literals only: they lie in the data segment, so the note survives the emptying of the arena.
let reason: string = '';

/** Notes why the call fails. The first note stands; it must be a literal, and never holds anything of the request. */
export function fail(why: string): void {
  if (reason.length == 0) reason = why;
}

export function hasFailed(): bool {
  return reason.length != 0;
}

export function failure(): string {
  return reason;
}

export function forgetFailure(): void {
  reason = '';
}
