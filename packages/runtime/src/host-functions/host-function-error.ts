/**
 * An error that a host function may show to the guest: its message is the only text of the host's that a guest ever gets.
 * Of any other error the guest learns nothing. It reaches the guest where the declaration says `onError: 'error_result'`.
 *
 * @example throw new HostFunctionError('no such tenant');
 */
export class HostFunctionError extends Error {
  override readonly name = 'HostFunctionError';
  /** Taken once: nothing that is done to `message` later reaches a guest. */
  readonly #guestMessage: string;

  constructor(message: string) {
    super(message);
    this.#guestMessage = message;
  }

  /** The text for the guest, if this is such an error. Touches nothing of a value that is not one of ours. */
  static guestMessageOf(error: unknown): string | undefined {
    return typeof error === 'object' && error !== null && #guestMessage in error
      ? error.#guestMessage
      : undefined;
  }
}
