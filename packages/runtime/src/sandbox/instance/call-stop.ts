import type { CallCode, CallFailure } from '../call-result.ts';
import { callFailure } from '../call-result.ts';

/** How the host ends a running call from inside of it. */
export interface CallStop {
  /** Ends the call. What it throws passes through the guest and could be lost there, so the reason is kept here. */
  readonly stop: (code: CallCode, detail?: string) => never;
  /** Why the running call was ended, if it was. */
  failure(): CallFailure | undefined;
  clear(): void;
}

/** Creates what stops the calls of one instance. */
export const createCallStop = (): CallStop => {
  let failure: CallFailure | undefined;
  return {
    stop: (code, detail) => {
      failure ??= callFailure(code, detail);
      throw new Error(code);
    },
    failure: () => failure,
    clear: () => {
      failure = undefined;
    },
  };
};
