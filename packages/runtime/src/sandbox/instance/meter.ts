import type { WasmExports } from '../../base/web-assembly-types.ts';
import { clock } from '../../base/clock.ts';
import { createFuelHook } from '../../metering/fuel-hook.ts';
import { METERED_EXPORTS } from '../../metering/reserved-names.ts';

/** What one call may use. */
export interface Budget {
  /** Units of the weight table, `metering/weights.ts`. */
  readonly fuel: number;
  /** The time from the start of the call, in milliseconds. */
  readonly deadlineMs: number;
}

/** The fuel of the last call, and of all calls. */
export interface FuelUsed {
  readonly last: number;
  readonly total: number;
}

type StoppedBy = 'fuel' | 'deadline' | undefined;

/** The fuel counters of one instance, for all of its linked modules together. */
export interface Meter {
  /** Replaces the counters with those of these linked modules, and installs the hook in them. Must not be called during a call. */
  attach(modules: readonly WasmExports[]): void;
  /** Sets the budget of the call that began at `startedMs`. Returns false if no time is left for it. */
  begin(budget: Budget, startedMs: number): boolean;
  /** Charges the running call for work of the host. Returns why the call must end, or `undefined`. The caller must end it. */
  charge(fuel: number): StoppedBy;
  /** Reads the clock at once. Use it before and after work of unknown duration. Returns why the call must end, or `undefined`. */
  checkTime(): StoppedBy;
  /** Returns the deadline of the running or last call, in milliseconds of `clock.nowMs`. */
  deadlineMs(): number;
  /** Returns whether a `memory.grow` beyond limits.memoryBytes was refused during the call. */
  wasGrowthRefused(): boolean;
  /** Ends the call. Returns why the meter stopped it, or `undefined`. */
  end(): StoppedBy;
  /** Returns the fuel of the calls that have ended since `forget`. */
  used(): FuelUsed;
  /** Resets the used fuel to zero. */
  forget(): void;
}

/** The fuel per millisecond that is left, and the smallest and largest slice (RATIONALE.md, "Why slices of fuel?"). */
export interface Slice {
  readonly perMs: number;
  readonly least: number;
  readonly most: number;
}

const SLICE: Slice = { perMs: 4_000, least: 20_000, most: 200_000 };

/**
 * The slices for plugins with many functions. In the worst case, a call enters each function for the first time, and the engine needs up
 * to a microsecond to compile it for each unit that it charges. The slice limits that time (RATIONALE.md, "Why does a function's first
 * entry take time off the slice?").
 */
const COLD_SLICE: Slice = { perMs: 4_000, least: 5_000, most: 5_000 };

/** The compile weight, in fuel, that the engine compiles in about 5 ms. Up to this weight, one slice may include all compilation. */
const COLD_COMPILE_WEIGHT = 20_000;

/** Returns the slices for modules with this compile weight, in fuel. It excludes what first entries take off a slice. */
export const sliceFor = (unchargedCompileWeight: number): Slice =>
  unchargedCompileWeight > COLD_COMPILE_WEIGHT ? COLD_SLICE : SLICE;

/** The work of the host, in fuel, after which it reads the clock again. It takes a few dozen microseconds. */
const CLOCK_FUEL = 20_000;

const NONE_USED: FuelUsed = { last: 0, total: 0 };

/** The deadline of the innermost running call. It is never later than the deadlines of the outer calls. */
let activeDeadlineMs = Number.POSITIVE_INFINITY;

/** Returns the deadline of the innermost running call, in milliseconds of `clock.nowMs`, or infinity if no call runs. */
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
   * Empties every counter and adds the fuel to the pool. The first counter gets `slice` instead. A counter below zero belongs to the
   * module that asks for fuel, and its debt is already booked.
   */
  const reclaim = (slice = 0): void => {
    let given = slice;
    for (const exchange of counters) {
      pool += Math.max(0, exchange(given));
      given = 0;
    }
  };

  /** Adds the fuel of the call that has ended to the used fuel, once. */
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
      // Each linked module has its own slice. Take them back if the pool is empty, so that the sum is exact.
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
      readUsed(); // the last call did not use the fuel that is left in the old counters
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
      // Hand out the first slice now, because most calls do not need another and so never ask. This also reads what the last call
      // has left.
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
