import { createFuelHook } from '../fuel-hook.ts';
import { METERED_EXPORTS } from '../reserved-names.ts';

/** What one call may use. */
interface Budget {
  readonly fuel: number;
  readonly deadlineMs: number;
  /** Fixes the size of a slice. By default it shrinks with the time that is left. */
  readonly sliceFuel?: number;
}

type MeteredOutcome =
  | { readonly kind: 'ok'; readonly value: unknown; readonly fuelUsed: number }
  | {
      readonly kind: 'stopped';
      readonly by: 'fuel' | 'deadline';
      readonly fuelUsed: number;
      readonly lateMs: number;
    }
  | { readonly kind: 'failed'; readonly error: unknown; readonly fuelUsed: number };

/** One budget over all the instances that are attached to it. */
export interface MeteredHost {
  /** Installs the hook. To be done before anything of the instance runs. */
  attach(instance: WebAssembly.Instance): void;
  run(budget: Budget, call: () => unknown): MeteredOutcome;
}

/** Fuel handed out per millisecond that is left, and the least and the most of a slice. */
const SLICE = { perMs: 4_000, least: 20_000, most: 200_000 } as const;

/** A host without Extism: it shows how fuel, hook and deadline go together, and serves the tests. */
export const createMeteredHost = (): MeteredHost => {
  const counters: ((fuel: number) => number)[] = [];
  let pool = 0;
  let deadline = 0;
  let sliceFuel: number | undefined;
  let stoppedBy: 'fuel' | 'deadline' | undefined;

  /** Empties every counter. One that has gone below zero belongs to the asking module, whose debt is booked already. */
  const reclaim = (): void => {
    for (const exchange of counters) pool += Math.max(0, exchange(0));
  };
  const hook = createFuelHook((counter) => {
    pool += counter; // what was charged beyond the last slice
    // Linked modules hold slices of their own. They are taken back when there is nothing else, so the sum is exact.
    if (pool <= 0) reclaim();
    const left = deadline - performance.now();
    if (pool <= 0 || left <= 0) {
      stoppedBy = pool <= 0 ? 'fuel' : 'deadline';
      return 0;
    }
    const wanted = sliceFuel ?? Math.min(SLICE.most, Math.max(SLICE.least, left * SLICE.perMs));
    const slice = Math.min(pool, Math.ceil(wanted / counters.length));
    pool -= slice;
    return slice;
  });

  return {
    attach(instance) {
      counters.push(instance.exports[METERED_EXPORTS.exchangeFuel] as (fuel: number) => number);
      (instance.exports[METERED_EXPORTS.outOfFuel] as WebAssembly.Table).set(0, hook);
    },
    run(budget, call) {
      deadline = performance.now() + budget.deadlineMs;
      pool = budget.fuel;
      sliceFuel = budget.sliceFuel;
      stoppedBy = undefined;
      const settle = (): number => {
        reclaim();
        return budget.fuel - pool;
      };
      try {
        const value = call();
        return { kind: 'ok', value, fuelUsed: settle() };
      } catch (error) {
        const lateMs = performance.now() - deadline;
        if (stoppedBy === undefined) return { kind: 'failed', error, fuelUsed: settle() };
        return { kind: 'stopped', by: stoppedBy, fuelUsed: settle(), lateMs };
      }
    },
  };
};
