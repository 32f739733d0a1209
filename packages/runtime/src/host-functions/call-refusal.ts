import type { CallCode } from '../outcomes/call-result.ts';

/**
 * Why a host function ends the guest's call. It is thrown only inside the host and never reaches a guest or a caller. It is not an
 * `Error`, because capturing a stack takes longer than the call.
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

/** Ends the running call with a code. `detail` must not contain payload. Always throws a {@link CallRefusal}. */
export const refuseCall = (code: CallCode, detail: string): never => {
  // oxlint-disable-next-line typescript/only-throw-error -- see above
  throw new CallRefusal(code, detail);
};

/** Returns the refusal that was thrown, or `undefined` for any other value. Never calls code of the thrown value. */
export const findRefusal = (
  error: unknown,
): { readonly code: CallCode; readonly detail: string } | undefined =>
  CallRefusal.is(error) ? error : undefined;
