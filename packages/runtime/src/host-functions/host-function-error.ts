/**
 * An error whose message is shown to the guest. Throw it in a host function with `onError: 'error_result'`. For any other error the guest
 * gets a fixed message without details.
 *
 * @example throw new HostFunctionError('no such tenant');
 */
export class HostFunctionError extends Error {
  override readonly name = 'HostFunctionError';
  /** A copy, so that later changes of `message` do not reach a guest. */
  readonly #guestMessage: string;

  constructor(message: string) {
    super(message);
    this.#guestMessage = message;
  }

  /** Returns the text for the guest, or `undefined` for any other value. Never calls code of the thrown value. */
  static guestMessageOf(error: unknown): string | undefined {
    return typeof error === 'object' && error !== null && #guestMessage in error
      ? error.#guestMessage
      : undefined;
  }
}
