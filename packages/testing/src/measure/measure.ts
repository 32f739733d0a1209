import type { DispatchOptions, DispatchOutcome, Plugin } from '@plugwire/runtime';
import type { RequestOf, WireFunction } from '@plugwire/wire';

import { clock } from './clock.ts';

/** The outcome of one dispatch, and what it used. */
export interface Measured<Contract extends WireFunction = WireFunction> {
  readonly outcome: DispatchOutcome<Contract>;
  /** Fuel of this call. 0 if the guest was never entered. The same on every machine. */
  readonly fuel: number;
  /** The guest's linear memory after the call, in bytes. */
  readonly memoryBytes: number;
  /** Wall time of the whole dispatch, including validation, in milliseconds. */
  readonly durationMs: number;
}

/**
 * Dispatches once and measures that call, for `toStayWithin`. Fuel is the difference of the plugin's total, so it is 0 for a request that never
 * reaches the guest. Never throws for a loaded plugin.
 *
 * @example
 * expect(measure(plugin, greet, { name: 'Ada' })).toStayWithin({ fuel: 10_000, memoryBytes: 65_536 });
 */
export const measure = <Contract extends WireFunction>(
  plugin: Plugin,
  contract: Contract,
  request: RequestOf<Contract>,
  options?: DispatchOptions,
): Measured<Contract> => {
  const before = plugin.health().usage.totalFuel;
  const startedMs = clock.nowMs();
  const outcome = plugin.dispatchSync(contract, request, options);
  const durationMs = clock.nowMs() - startedMs;
  const { totalFuel, memoryBytes } = plugin.health().usage;
  return { outcome, fuel: totalFuel - before, memoryBytes, durationMs };
};
