import type { DispatchError, Plugin } from '@plugwire/runtime';
import { measure } from '@plugwire/testing';
import { type FallbackPolicy, readResponse, stringifyExactJson } from '@plugwire/wire';

import type { ServedFunction } from './open-plugin.ts';

/** The result of one call, in the format of the wire. */
export interface WireCall {
  readonly ok: boolean;
  /** The response without `_v`; `undefined` if there is none. */
  readonly response: object | undefined;
  readonly error: DispatchError | undefined;
  /** The fallback policy of the function, if the call failed. */
  readonly policy: FallbackPolicy | undefined;
  readonly fuel: number;
  readonly memoryBytes: number;
  readonly durationMs: number;
}

/**
 * Dispatches a request in the format of the wire, without `_v`. If the host’s own contract is available, the response is parsed with it
 * too, because it can check more than a description. Never throws.
 */
export const callFunction = (plugin: Plugin, served: ServedFunction, request: object): WireCall => {
  const { contract, ladder, ownLadder, version } = served;
  const read = ladder.newest.request.fromWire(request);
  // The dispatch refuses a request that does not fit, with its own message.
  const { outcome, ...cost } = measure(plugin, contract, read.ok ? read.message.host : request);
  if (outcome.kind === 'fallback') {
    const { error, policy } = outcome;
    return { ok: false, response: undefined, error, policy, ...cost };
  }
  const written = ladder.newest.response.fromHost(outcome.response);
  const response = written.ok ? written.message.wire : (outcome.response as object);
  const fault =
    ownLadder === undefined
      ? undefined
      : readResponse(ownLadder, version, stringifyExactJson({ ...response, _v: version }));
  if (fault === undefined || fault.ok)
    return { ok: true, response, error: undefined, policy: undefined, ...cost };
  const { stage, code, message } = fault;
  return { ok: false, response, error: { stage, code, message }, policy: contract.fallback, ...cost };
};
