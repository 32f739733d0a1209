import type { CallCode } from './call-result.ts';

/** A call into a sandbox failed. Match on `code`; the message never holds what the guest wrote. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  readonly code: CallCode;
  /** What the guest wrote about its own error, if it did. It is payload: think before you log it. */
  readonly guestText: string | undefined;

  constructor(code: CallCode, message: string, guestText: string | undefined) {
    super(`${code}: ${message}`);
    this.code = code;
    // Not enumerable, so that no logger writes it by accident.
    Object.defineProperty(this, 'guestText', { value: guestText, enumerable: false });
  }
}
