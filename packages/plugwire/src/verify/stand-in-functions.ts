import { defineHostFunction, type HostFunction, PROTOCOL_FUNCTIONS } from '@plugwire/runtime';

/** The results of the stand-ins, by function. */
const ANSWERS: Readonly<Record<string, (...values: unknown[]) => unknown>> = {
  cc_lb_storage_get: () => new Uint8Array(),
  cc_lb_now_unix_ms: () => 0n,
  cc_lb_random_bytes: (count) => new Uint8Array(Number(count)),
};

/**
 * Replacements for the host functions of the protocol, for a plugin in a sandbox without a host. Logs and metrics are dropped, stores are
 * empty, and the clock does not advance.
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
