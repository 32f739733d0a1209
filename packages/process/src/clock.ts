import { performance } from 'node:perf_hooks';
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';

const { now: unixMs } = Date;

/** The clocks and timers of the process as they are when this package is imported: a test may replace the global ones. */
export const clock = {
  nowMs: performance.now.bind(performance),
  unixMs,
  setTimeout,
  clearTimeout,
  setImmediate,
};
