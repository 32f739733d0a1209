import type { CallCode } from './call-result.ts';

/** The error of a failed call into a sandbox. Match on `code`. The message never contains text of the guest. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  readonly code: CallCode;
  /** The error text that the guest wrote, if there is one. It is payload, so do not log it without need. */
  readonly guestText: string | undefined;

  constructor(code: CallCode, message: string, guestText: string | undefined) {
    super(`${code}: ${message}`);
    this.code = code;
    // Not enumerable, so that loggers do not write it by accident.
    Object.defineProperty(this, 'guestText', { value: guestText, enumerable: false });
  }
}
