import { performance } from 'node:perf_hooks';
import { clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } from 'node:timers';

/**
 * The clock and the timers of the process, as they are when this package is imported. Tests of an embedder may replace the global ones,
 * and a store that waits for a timer that never fires would not open, renew its lease or close. Every other file takes them from here.
 */
export const clock = {
  /** Milliseconds since any moment, never going back. */
  nowMs: performance.now.bind(performance),
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
};
