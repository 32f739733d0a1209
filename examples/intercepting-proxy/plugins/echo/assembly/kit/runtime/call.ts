import { errorSet, outputSet } from './extism';
import { failure, forgetFailure, hasFailed } from './failure';
import { Bytes } from './bytes';
import { readInput, toBlock } from './memory';

export { abort } from './abort';

/**
 * Starts a call and gives its input. Here alone nothing is on the stack, so here the collector runs (`--runtime minimal`): what the call
 * before left goes, what globals hold stays. What an export makes before this is lost.
 */
export function beginCall(): Bytes {
  __collect();
  forgetFailure();
  return readInput();
}

/** Ends a call with an output; after a failure, and without one, with the guest's error. Gives the status that the export returns. */
export function endCall(output: Bytes | null): i32 {
  if (output === null || hasFailed()) {
    errorSet(toBlock(failure()));
    return 1;
  }
  outputSet(toBlock(output), output.length);
  return 0;
}
