import { performance } from 'node:perf_hooks';
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';

const { now: unixMs } = Date;

/** The clocks and timers of Node, saved when this package is imported. Fake timers of a test do not affect them. */
export const clock = {
  nowMs: performance.now.bind(performance),
  unixMs,
  setTimeout,
  clearTimeout,
  setImmediate,
};
