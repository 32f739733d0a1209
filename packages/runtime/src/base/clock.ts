import { performance } from 'node:perf_hooks';
import { hrtime } from 'node:process';
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';

const { now: unixMs } = Date;

/**
 * The clocks and timers of the process, bound when the runtime is imported.
 *
 * Tests of an embedder may replace the global ones, for example with `vi.useFakeTimers()`. With a fake clock, a deadline never passes, and
 * a load that waits for a fake timer never ends. Every other file of this package must therefore use the clocks and timers of this file. A
 * lint rule enforces it.
 */
export const clock = {
  /** Milliseconds since an arbitrary moment. Monotonic. For deadlines and durations. */
  nowMs: performance.now.bind(performance),
  /** Nanoseconds since an arbitrary moment. Monotonic. Guests see this clock: a guest that waits for a stopped clock would never end. */
  monotonicNs: hrtime.bigint,
  /** Milliseconds since 1970. */
  unixMs,
  /** The same, with the `Date` that is global at the time of the call. A test that sets the date also sets it for plugins. */
  globalUnixMs: (): number => Date.now(),
  setTimeout,
  clearTimeout,
  setImmediate,
};
