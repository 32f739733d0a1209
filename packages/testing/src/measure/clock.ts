import { performance } from 'node:perf_hooks';

/** The clock of the process, taken when this package is imported, because a test may replace the global one. */
export const clock = {
  /** Monotonic time in milliseconds. */
  nowMs: performance.now.bind(performance),
};
