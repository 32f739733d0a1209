import type { CallCode } from '../outcomes/call-result.ts';

/**
 * Why a host function ends the call that made it. Thrown inside the host only: no guest and no caller sees it, so it is no
 * `Error`, whose stack would take longer than the call.
 */
class CallRefusal {
  readonly code: CallCode;
  readonly detail: string;
  readonly #isOurs = true;

  constructor(code: CallCode, detail: string) {
    this.code = code;
    this.detail = detail;
  }

  static is(error: unknown): error is CallRefusal {
    return typeof error === 'object' && error !== null && #isOurs in error && error.#isOurs;
  }
}

/** Ends the running call with a code. `detail` is fit for any log. */
export const refuseCall = (code: CallCode, detail: string): never => {
  // oxlint-disable-next-line typescript/only-throw-error -- see above
  throw new CallRefusal(code, detail);
};

/** The refusal that was thrown, if it was one. Touches nothing of a value that is not one of ours. */
export const findRefusal = (
  error: unknown,
): { readonly code: CallCode; readonly detail: string } | undefined =>
  CallRefusal.is(error) ? error : undefined;
