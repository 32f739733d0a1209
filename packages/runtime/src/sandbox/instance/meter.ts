import type { WasmExports } from '../../base/web-assembly-types.ts';
import { clock } from '../../base/clock.ts';
import { createFuelHook } from '../../metering/fuel-hook.ts';
import { METERED_EXPORTS } from '../../metering/reserved-names.ts';

/** What one call may use of the thread. */
export interface Budget {
  /** Units of the weight table, `metering/weights.ts`. */
  readonly fuel: number;
  readonly deadlineMs: number;
}

/** Fuel that calls used, so far. */
export interface FuelUsed {
  readonly last: number;
  readonly total: number;
}

type StoppedBy = 'fuel' | 'deadline' | undefined;

/** The fuel counters of one instance, all of its linked modules together. */
export interface Meter {
  /** Takes hold of the counters of an instance's linked modules, instead of those it had, and installs the hook. Not during a call. */
  attach(modules: readonly WasmExports[]): void;
  /** Sets the budget of the call that began at `startedMs`; false if there is no time for it. */
  begin(budget: Budget, startedMs: number): boolean;
  /** Charges the running call for work that the host does for it, and tells whether it must end, since no guest does then. */
  charge(fuel: number): StoppedBy;
  /** Looks at the clock at once, before and after work of unknown length. */
  checkTime(): StoppedBy;
  /** When the running call must have ended, or the last one; by `clock.nowMs`. */
  deadlineMs(): number;
  /** Whether the guest wanted more memory during the call than limits.memoryBytes gives it. */
  wasGrowthRefused(): boolean;
  /** Ends the call, however it ended; gives why the meter stopped it, if it did. */
  end(): StoppedBy;
  /** Fuel of the calls that have ended, since it was last forgotten. */
  used(): FuelUsed;
  forget(): void;
}

/** Fuel handed out per millisecond that is left, and the least and the most of a slice (RATIONALE.md, "Why slices of fuel?"). */
export interface Slice {
  readonly perMs: number;
  readonly least: number;
  readonly most: number;
}

const SLICE: Slice = { perMs: 4_000, least: 20_000, most: 200_000 };

/**
 * For plugins with many functions: in the worst case a call enters each for the first time, and each takes up to a microsecond to compile
 * for every unit that it is charged. So the slice is what bounds that time (RATIONALE.md, "Why does a function's first entry take
 * time off the slice?").
 */
const COLD_SLICE: Slice = { perMs: 4_000, least: 5_000, most: 5_000 };

/** Fuel that is compiled in about 5 ms: what does not take longer may fall into one slice. */
const COLD_COMPILE_WEIGHT = 20_000;

/** How fuel is handed out to modules whose functions take so much fuel to compile, beyond what their first entries take off a slice. */
export const sliceFor = (unchargedCompileWeight: number): Slice =>
  unchargedCompileWeight > COLD_COMPILE_WEIGHT ? COLD_SLICE : SLICE;

/** How much the host does for a guest before it looks at the clock again, in fuel: a few dozen microseconds. */
const CLOCK_FUEL = 20_000;

const NONE_USED: FuelUsed = { last: 0, total: 0 };

/** When the innermost running call must end: a call from inside a call gets what is left of the outer one's time. */
let activeDeadlineMs = Number.POSITIVE_INFINITY;

/** When the innermost running call must have ended, by `clock.nowMs`; infinity if none runs. */
export const runningDeadlineMs = (): number => activeDeadlineMs;

/** Creates a meter without counters. */
export const createMeter = (sizes: Slice = SLICE): Meter => {
  let counters: readonly ((fuel: number) => number)[] = [];
  let isRunning = false;
  let pool = 0;
  let budgetFuel = 0;
  let used = NONE_USED;
  let isBooked = true;
  let deadlineMs = 0;
  let outerDeadlineMs = Number.POSITIVE_INFINITY;
  let unwatchedFuel = 0;
  let growthRefused = false;
  let stoppedBy: StoppedBy;

  /**
   * Empties every counter, but for what the first one is given in exchange. One that has gone below zero belongs to the asking
   * module, whose debt is booked already.
   */
  const reclaim = (slice = 0): void => {
    let given = slice;
    for (const exchange of counters) {
      pool += Math.max(0, exchange(given));
      given = 0;
    }
  };

  /** Adds the call that has ended to what was used, once. */
  const book = (): void => {
    if (isBooked) return;
    isBooked = true;
    const last = budgetFuel - pool;
    used = { last, total: used.total + last };
  };

  const readUsed = (): FuelUsed => {
    if (!isRunning && !isBooked) {
      reclaim();
      book();
    }
    return used;
  };

  const hook = createFuelHook(
    (counter) => {
      pool += counter; // what was charged beyond the last slice
      // Linked modules hold slices of their own. They are taken back when there is nothing else, so the sum is exact.
      if (pool <= 0) reclaim();
      const leftMs = deadlineMs - clock.nowMs();
      if (pool <= 0 || leftMs <= 0) {
        stoppedBy = pool <= 0 ? 'fuel' : 'deadline';
        return 0;
      }
      const wanted = Math.min(sizes.most, Math.max(sizes.least, leftMs * sizes.perMs));
      const slice = Math.min(pool, Math.ceil(wanted / counters.length));
      pool -= slice;
      return slice;
    },
    () => {
      growthRefused = true;
    },
  );

  const checkTime = (): StoppedBy => {
    unwatchedFuel = 0;
    if (clock.nowMs() >= deadlineMs) stoppedBy ??= 'deadline';
    return stoppedBy;
  };

  return {
    attach: (modules) => {
      readUsed(); // what the former counters have left is part of what their last call did not use
      counters = modules.map((exports) => exports[METERED_EXPORTS.exchangeFuel] as (fuel: number) => number);
      for (const exports of modules) (exports[METERED_EXPORTS.outOfFuel] as WebAssembly.Table).set(0, hook);
    },
    begin: (budget, startedMs) => {
      outerDeadlineMs = activeDeadlineMs;
      deadlineMs = Math.min(startedMs + budget.deadlineMs, outerDeadlineMs);
      stoppedBy = undefined;
      growthRefused = false;
      unwatchedFuel = 0;
      if (deadlineMs <= startedMs) return false;
      activeDeadlineMs = deadlineMs;
      // The first slice comes with the call: most calls need no other, and so never ask. It is given in exchange for what the
      // last call left, which nobody has looked at since.
      const first = Math.min(budget.fuel, sizes.least);
      reclaim(first);
      book();
      budgetFuel = budget.fuel;
      pool = budget.fuel - first;
      isBooked = false;
      isRunning = true;
      return true;
    },
    charge: (fuel) => {
      pool -= fuel;
      if (pool <= 0) reclaim();
      if (pool <= 0) stoppedBy ??= 'fuel';
      unwatchedFuel += fuel;
      return unwatchedFuel < CLOCK_FUEL ? stoppedBy : checkTime();
    },
    checkTime,
    deadlineMs: () => deadlineMs,
    wasGrowthRefused: () => growthRefused,
    end: () => {
      activeDeadlineMs = outerDeadlineMs;
      isRunning = false;
      return stoppedBy;
    },
    used: readUsed,
    forget: () => {
      readUsed();
      used = NONE_USED;
    },
  };
};
