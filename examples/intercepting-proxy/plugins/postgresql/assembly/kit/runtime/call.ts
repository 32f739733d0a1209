import { errorSet, outputSet } from './extism';
import { failure, forgetFailure, hasFailed } from './failure';
import { Bytes } from './bytes';
import { readInput, toBlock } from './memory';

export { abort } from './abort';

/**
 * Starts a call and returns its input. The stack is empty here, so this is where the collector runs (`--runtime minimal`). It frees what
 * the last call left and keeps what globals hold. Do not create objects before this: they are lost.
 */
export function beginCall(): Bytes {
  __collect();
  forgetFailure();
  return readInput();
}

/** Ends a call with an output. After a failure, or without an output, the call fails. Returns the status that the export returns. */
export function endCall(output: Bytes | null): i32 {
  if (output === null || hasFailed()) {
    errorSet(toBlock(failure()));
    return 1;
  }
  outputSet(toBlock(output), output.length);
  return 0;
}
