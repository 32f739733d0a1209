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

/** The timers that the Redis client takes from the global object when it sends a command or ends. */
const CLIENT_TIMERS = { setImmediate, setTimeout, clearTimeout };

/**
 * Runs synchronous work of the Redis client with real timers. Where a test has faked the global ones, a command would otherwise stay
 * unsent until the fake clock moves, and the client would send nothing more after it was restored.
 */
export const withRealTimers = <Result>(work: () => Result): Result => {
  const { setImmediate: present, setTimeout: timeout, clearTimeout: clear } = globalThis;
  if (present === setImmediate && timeout === setTimeout && clear === clearTimeout) return work();
  Object.assign(globalThis, CLIENT_TIMERS);
  try {
    return work();
  } finally {
    Object.assign(globalThis, { setImmediate: present, setTimeout: timeout, clearTimeout: clear });
  }
};
