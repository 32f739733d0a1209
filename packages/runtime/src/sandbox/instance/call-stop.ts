import type { CallCode, CallFailure } from '../../outcomes/call-result.ts';
import { callFailure } from '../../outcomes/call-result.ts';

/** How the host ends a running call from inside of it. What it throws passes through the guest, so the reason is kept here. */
export interface CallStop {
  /** Ends the call with a failure. */
  readonly stop: (code: CallCode, detail?: string) => never;
  /** Ends the call without one: the guest has ended its process in good order. */
  readonly leave: () => never;
  /** Whether the guest left the running call, or the last one. */
  hasLeft(): boolean;
  /** Whether this is what `leave` threw, and nothing that happened after a guest had caught that. */
  isLeaving(error: unknown): boolean;
  /** Why the running call was ended, if it was. */
  failure(): CallFailure | undefined;
  clear(): void;
}

/** Creates what stops the calls of one instance. */
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
