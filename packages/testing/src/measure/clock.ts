import { performance } from 'node:perf_hooks';

/** The clock of the process as it is when this package is imported: a test may replace the global one. */
export const clock = {
  /** Milliseconds since any moment, never going back. */
  nowMs: performance.now.bind(performance),
};
