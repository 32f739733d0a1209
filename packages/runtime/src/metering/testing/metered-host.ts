import { clock } from '../../base/clock.ts';
import { type Budget, createMeter, type Meter, type Slice } from '../../sandbox/instance/meter.ts';

type MeteredOutcome =
  | { readonly kind: 'ok'; readonly value: unknown; readonly fuelUsed: number }
  | { readonly kind: 'stopped'; readonly by: 'fuel' | 'deadline'; readonly fuelUsed: number }
  | { readonly kind: 'failed'; readonly error: unknown; readonly fuelUsed: number };

/** Runs a call under a budget of this meter, as an instance does, and tells how it ended. */
export const runMetered = (meter: Meter, budget: Budget, call: () => unknown): MeteredOutcome => {
  if (!meter.begin(budget, clock.nowMs())) throw new Error('the budget has no time for the call');
  let end: { kind: 'ok'; value: unknown } | { kind: 'failed'; error: unknown };
  try {
    end = { kind: 'ok', value: call() };
  } catch (error) {
    end = { kind: 'failed', error };
  }
  const by = meter.end();
  const fuelUsed = meter.used().last;
  return by === undefined ? { ...end, fuelUsed } : { kind: 'stopped', by, fuelUsed };
};

/** One meter over all the instances that are attached to it. */
export interface MeteredHost {
  /** Takes hold of a further instance. To be done before anything of it runs. */
  attach(instance: WebAssembly.Instance): void;
  run(budget: Budget, call: () => unknown): MeteredOutcome;
}

/**
 * The meter of the sandbox, without the sandbox around it: no Extism, no kernel. `sliceFuel` fixes the size of a slice, which otherwise shrinks with the time that is left.
 */
export const createMeteredHost = (sliceFuel?: number): MeteredHost => {
  const slice: Slice | undefined =
    sliceFuel === undefined ? undefined : { perMs: 0, least: sliceFuel, most: sliceFuel };
  const attached: WebAssembly.Exports[] = [];
  const meter = createMeter(slice);
  return {
    attach: (instance) => {
      attached.push(instance.exports);
      meter.attach(attached);
    },
    run: (budget, call) => runMetered(meter, budget, call),
  };
};
