import { PlugwireUsageError } from '../base/usage-error.ts';
import type { Ladder } from './ladder.ts';
import { makeDefault } from './make-default.ts';
import { checkRequest } from './write-request.ts';

/**
 * Checks a request and returns the contract's default answer to it, without a plugin.
 *
 * Throws `PlugwireUsageError`: `bad_request` if the request does not fit; `bad_default` if the contract has no default, or the default
 * throws or returns a response that does not fit.
 */
export const applyDefault = (name: string, ladder: Ladder, request: unknown): object => {
  const checked = checkRequest(ladder, request);
  if (!checked.ok) {
    throw new PlugwireUsageError(
      'bad_request',
      `${name}: applyDefault got a request that does not fit: ${checked.message}. Give a request of the newest version.`,
    );
  }
  const result = makeDefault(ladder, checked.message);
  if (result?.ok === true) return result.response;
  throw new PlugwireUsageError(
    'bad_default',
    result === undefined
      ? `${name}: the contract has no default: end its definition with .withDefault(…).`
      : `${name}: ${result.error.message}.`,
  );
};
