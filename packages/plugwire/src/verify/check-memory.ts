import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

import { LIMITS, type Plugin } from '@plugwire/runtime';

import { showBytes, showCount } from '../output/units.ts';
import { callFunction } from '../plugin/call-function.ts';
import type { ServedFunction } from '../plugin/open-plugin.ts';
import type { FindingCollector, Sighting } from './collect-findings.ts';
import type { MemoryPoint } from './verification.ts';

/** The number of calls before the first measurement. Memory is measured again each time the number has doubled. */
const FIRST_LOOK = 100;
/** If memory still grows after `mostCalls` calls, the check continues up to this many times `mostCalls`. */
const LONGER = 16;
/** After `mostCalls` calls, a further doubling starts only within this time since the start of the check, in milliseconds. */
const PATIENCE_MS = 5_000;
/** Memory that has grown above this share of its limit is an error. */
const NEARLY_FULL = 0.75;

/** How to watch memory. */
export interface MemorySettings {
  /** The most calls of one function, unless its memory still grows then. */
  readonly mostCalls: number;
  /** The limit for the plugin’s memory, in bytes. */
  readonly memoryBytes?: number | undefined;
}

/**
 * Calls a function repeatedly with the requests that it accepted, and measures its memory each time the number of calls has doubled. The
 * memory of a garbage collector or a pool stops growing after a while. Memory that grows until it is nearly used up is an error. Memory that
 * still grows after the last call is a warning.
 */
export const checkMemory = async (
  plugin: Plugin,
  served: ServedFunction,
  requests: readonly object[],
  { mostCalls, memoryBytes = LIMITS.memoryBytes.default }: MemorySettings,
  findings: FindingCollector,
): Promise<readonly MemoryPoint[]> => {
  const points: MemoryPoint[] = [];
  if (requests.length === 0) return points;
  const endMs = performance.now() + PATIENCE_MS;
  let calls = 0;
  const mayGoOn = (look: number): boolean =>
    look <= mostCalls ||
    (look <= LONGER * mostCalls &&
      isGrowing(points) &&
      !isNearlyFull(points, memoryBytes) &&
      performance.now() < endMs);
  for (let look = FIRST_LOOK; mayGoOn(look); look *= 2) {
    for (; calls < look; calls += 1) {
      callFunction(plugin, served, requests[calls % requests.length] as object);
      if (calls % FIRST_LOOK === 0) await setImmediate();
    }
    points.push({ calls, bytes: plugin.health().usage.memoryBytes });
  }
  if (isNearlyFull(points, memoryBytes)) findings.add(growthFinding(served.name, points, 'error'));
  else if (isGrowing(points)) findings.add(growthFinding(served.name, points, 'warning'));
  return points;
};

/** Whether memory grew with the last doubling, and with one of the two doublings before it. */
const isGrowing = (points: readonly MemoryPoint[]): boolean => {
  const [before, third, second, last] = points.slice(-4).map(({ bytes }) => bytes);
  if (before === undefined || third === undefined || second === undefined || last === undefined) return false;
  return last > second && second > before;
};

const isNearlyFull = (points: readonly MemoryPoint[], limitBytes: number): boolean => {
  const first = points[0]?.bytes ?? 0;
  const last = points.at(-1)?.bytes ?? 0;
  return last > first && last > NEARLY_FULL * limitBytes;
};

const growthFinding = (
  name: string,
  points: readonly MemoryPoint[],
  level: 'error' | 'warning',
): Sighting => {
  const [first, last] = [points[0] as MemoryPoint, points.at(-1) as MemoryPoint];
  const grown = `its memory grew from ${showBytes(first.bytes)} to ${showBytes(last.bytes)} in ${showCount(last.calls)} calls with the same requests`;
  return {
    level,
    check: 'memory',
    function: name,
    stage: 'plugin_call',
    code: 'memory_growth',
    message: level === 'error' ? `${grown} and is nearly used up` : `${grown} and still grows`,
    advice:
      level === 'error'
        ? 'Free what a call allocates when the call ends, or reset the arena. If that is not possible, let hosts load the plugin with instances: "per_call".'
        : 'A garbage collector may need more calls. Run this again with a larger --calls. If memory still grows, free what a call allocates when the call ends.',
  };
};
