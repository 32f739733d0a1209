import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

import { LIMITS, type Plugin } from '@plugwire/runtime';

import { showBytes, showCount } from '../output/units.ts';
import { callFunction } from '../plugin/call-function.ts';
import type { ServedFunction } from '../plugin/open-plugin.ts';
import type { FindingCollector, Sighting } from './collect-findings.ts';
import type { MemoryPoint } from './verification.ts';

/** Memory is looked at after so many calls, and each time that their number has doubled. */
const FIRST_LOOK = 100;
/** Memory that still grows is watched for so many times as many calls. */
const LONGER = 16;
/** Without growth there is nothing to wait for; with growth no function is watched for longer than this, in milliseconds. */
const PATIENCE_MS = 5_000;
/** What has used up this share of its memory will use up the rest. */
const NEARLY_FULL = 0.75;

/** How memory is watched. */
export interface MemorySettings {
  /** The most calls. */
  readonly mostCalls: number;
  /** The limit of the plugin’s memory, in bytes. */
  readonly memoryBytes?: number | undefined;
}

/**
 * Calls a function again and again with the requests that it took, and looks at its memory each time that the number of calls has doubled.
 * A collector or a pool stops growing after a while. Memory that grows until it is nearly used up is an error. Memory that still grows when
 * the patience ends is a warning.
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

/** Whether it grew with the last doubling, and with one of the two before. */
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
    message: level === 'error' ? `${grown}, and is nearly used up` : `${grown}, and still grows`,
    advice:
      level === 'error'
        ? 'Free what a call allocates when the call ends, or reset an arena. If that is not possible, hosts have to load the plugin with instances: "per_call".'
        : 'A collector may only need longer to settle: run this again with a larger --calls. If it goes on, free what a call allocates when the call ends.',
  };
};
