import { performance } from 'node:perf_hooks';
import { hrtime } from 'node:process';
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';

const { now: unixMs } = Date;

/**
 * The clocks and timers of the process, as they are when the runtime is imported.
 *
 * Tests of an embedder may replace the global ones, as `vi.useFakeTimers()` does. A deadline that follows such a clock never comes, and
 * a load that waits for such a timer never ends. So every other file of this package takes its clocks and timers from here; the linter
 * holds them to it.
 */
export const clock = {
  /** Milliseconds since any moment, never going back: for deadlines and durations. */
  nowMs: performance.now.bind(performance),
  /** Nanoseconds since any moment, never going back: what guests see. A guest that waits by a clock which stands still never ends. */
  monotonicNs: hrtime.bigint,
  /** Milliseconds since 1970. */
  unixMs,
  /** The same by the `Date` that is global when it is called: a test that sets the date sets it for plugins too. */
  globalUnixMs: (): number => Date.now(),
  setTimeout,
  clearTimeout,
  setImmediate,
};
