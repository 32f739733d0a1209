import { defineHostFunction, type HostFunction, PROTOCOL_FUNCTIONS } from '@plugwire/runtime';

/** What the functions of the protocol give to a plugin that is called below its contracts: enough to go on. */
const ANSWERS: Readonly<Record<string, (...values: unknown[]) => unknown>> = {
  cc_lb_storage_get: () => new Uint8Array(),
  cc_lb_now_unix_ms: () => 0n,
  cc_lb_random_bytes: (count) => new Uint8Array(Number(count)),
};

/**
 * Stands in for the functions of the protocol where a plugin runs without a host: logs and metrics go nowhere, stores are empty, time
 * stands still.
 */
export const STAND_INS: readonly HostFunction[] = PROTOCOL_FUNCTIONS.map(
  ({ namespace, name, parameters, result }) =>
    defineHostFunction({
      namespace,
      name,
      parameters,
      ...(result === undefined ? {} : { result }),
      run: ANSWERS[name] ?? (() => undefined),
    }),
);
