import { performance } from 'node:perf_hooks';
import { clearTimeout, setTimeout } from 'node:timers';

const { now: unixMs } = Date;

/** The clocks and timers of the process at the time of import, because tests may replace the global ones. */
export const clock = { nowMs: performance.now.bind(performance), unixMs, setTimeout, clearTimeout };
