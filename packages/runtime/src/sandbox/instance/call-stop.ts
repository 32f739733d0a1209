import type { CallCode, CallFailure } from '../../outcomes/call-result.ts';
import { callFailure } from '../../outcomes/call-result.ts';

/** Ends a running call from inside of it. The thrown error passes through the guest, so the reason is kept here. */
export interface CallStop {
  /** Ends the call with a failure. Always throws. */
  readonly stop: (code: CallCode, detail?: string) => never;
  /** Ends the call without a failure, because the guest exited with status 0. Always throws. */
  readonly leave: () => never;
  /** Returns whether the guest exited with status 0 in the running or last call. */
  hasLeft(): boolean;
  /** Returns whether `leave` threw this error and the call was not stopped afterwards. */
  isLeaving(error: unknown): boolean;
  /** Returns the failure with which `stop` ended the running call, or `undefined`. */
  failure(): CallFailure | undefined;
  /** Prepares for the next call. */
  clear(): void;
}

/** Creates the stop of one instance. */
export const createCallStop = (): CallStop => {
  let failure: CallFailure | undefined;
  let leaving: Error | undefined;
  return {
    stop: (code, detail) => {
      failure ??= callFailure(code, detail);
      throw new Error(code);
    },
    leave: () => {
      leaving = new Error('left');
      throw leaving;
    },
    hasLeft: () => leaving !== undefined,
    isLeaving: (error) => error !== undefined && error === leaving && failure === undefined,
    failure: () => failure,
    clear: () => {
      failure = undefined;
      leaving = undefined;
    },
  };
};
