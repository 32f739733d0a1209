import { performance } from 'node:perf_hooks';
import { clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } from 'node:timers';

/**
 * The clock and the timers of the process, taken when this package is imported. The tests of a host may replace the global ones with fakes that
 * never fire. A store could then not open, renew its lease or close. All other files use these.
 */
export const clock = {
  /** Monotonic time in milliseconds. */
  nowMs: performance.now.bind(performance),
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
};

/** The global timers that the Redis client uses when it sends a command or closes. */
const CLIENT_TIMERS = { setImmediate, setTimeout, clearTimeout };

/**
 * Runs synchronous work of the Redis client with real timers. With fake global timers, a command would not be sent until the fake clock moves,
 * and the client would send nothing more after the real timers were restored.
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
