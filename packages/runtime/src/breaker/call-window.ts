/** The totals of a window of calls. */
export interface CallTotals {
  calls: number;
  failures: number;
  /** Milliseconds that failing calls took. */
  failedMs: number;
}

/** Totals of the recent calls. It needs a fixed amount of memory. */
export interface CallWindow {
  /** Counts a call that ended at `at` milliseconds, and returns the totals of the window. */
  add(at: number, failed: boolean, durationMs: number): Readonly<CallTotals>;
  /** Adds to the time of failing calls without counting a call, and returns the totals of the window. */
  addTime(at: number, failedMs: number): Readonly<CallTotals>;
  /** Returns the totals of the window that ends at `at` milliseconds. */
  totals(at: number): Readonly<CallTotals>;
  /** Forgets all calls. */
  clear(): void;
}

/** The window moves by one bucket at a time, so it covers between nine and ten buckets. */
const BUCKETS = 10;

/** Creates an empty window of `windowMs` milliseconds, on a clock that never goes back. */
export const createCallWindow = (windowMs: number): CallWindow => {
  const bucketMs = windowMs / BUCKETS;
  const buckets = Array.from({ length: BUCKETS }, () => createTotals());
  const sum = createTotals();
  let current = buckets[0] as CallTotals;
  let slot = -Infinity;

  const moveTo = (at: number): void => {
    const next = Math.floor(at / bucketMs);
    if (next <= slot) return;
    const steps = Math.min(next - slot, BUCKETS);
    for (let step = 0; step < steps; step += 1) {
      // The oldest becomes the newest.
      current = buckets.shift() as CallTotals;
      reset(current);
      buckets.push(current);
    }
    slot = next;
    // Summed again instead of subtracted. Otherwise rounding errors would add up.
    reset(sum);
    for (const { calls, failures, failedMs } of buckets) {
      sum.calls += calls;
      sum.failures += failures;
      sum.failedMs += failedMs;
    }
  };

  return {
    add: (at, failed, durationMs) => {
      moveTo(at);
      count(current, failed, durationMs);
      count(sum, failed, durationMs);
      return sum;
    },
    addTime: (at, failedMs) => {
      moveTo(at);
      current.failedMs += failedMs;
      sum.failedMs += failedMs;
      return sum;
    },
    totals: (at) => {
      moveTo(at);
      return sum;
    },
    clear: () => {
      for (const bucket of buckets) reset(bucket);
      reset(sum);
    },
  };
};

const createTotals = (): CallTotals => ({ calls: 0, failures: 0, failedMs: 0 });

const reset = (totals: CallTotals): void => {
  totals.calls = 0;
  totals.failures = 0;
  totals.failedMs = 0;
};

const count = (totals: CallTotals, failed: boolean, durationMs: number): void => {
  totals.calls += 1;
  if (!failed) return;
  totals.failures += 1;
  totals.failedMs += durationMs;
};
