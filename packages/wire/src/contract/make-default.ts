import type { Ladder } from './ladder.ts';
import type { Message } from './message-schema.ts';
import { silenceRejection } from './silence-rejection.ts';

/** Why a contract's default gives no answer: the function threw, or what it returned does not fit the response schema. */
export const DEFAULT_CODES = ['default_threw', 'default_mismatch'] as const;
/** One of {@link DEFAULT_CODES}. */
export type DefaultCode = (typeof DEFAULT_CODES)[number];

/** A default that gave no answer. This is a bug of the contract's author, not of the plugin or the client. */
export interface DefaultError {
  readonly code: DefaultCode;
  /** What was seen and expected, without payload. */
  readonly message: string;
}

/** The contract's own answer, or why it gives none. */
export type DefaultResult =
  | { readonly ok: true; readonly response: object }
  | { readonly ok: false; readonly error: DefaultError };

/**
 * Runs the contract's default on a checked request and validates its answer. Returns `undefined` if the contract has no default. Never
 * throws.
 */
export const makeDefault = (ladder: Ladder, checked: Message): DefaultResult | undefined => {
  if (ladder.makeDefault === undefined) return undefined;
  let answer: unknown;
  try {
    answer = ladder.makeDefault(checked.host as never);
  } catch {
    // The error could quote the request, so it is not shown.
    return failed('default_threw', 'the default threw: fix the function passed to withDefault');
  }
  silenceRejection(answer);
  const result = ladder.newest.response.fromHost(answer);
  return result.ok
    ? { ok: true, response: result.message.host }
    : failed('default_mismatch', `the default returned a response that does not fit: ${result.detail}`);
};

const failed = (code: DefaultCode, message: string): DefaultResult => ({
  ok: false,
  error: { code, message },
});
