import type { TimeLeft } from '@plugwire/wire';

import type { JsonLimits, JsonRefusal } from '../outcomes/json-limits.ts';
import { JSON_COUNTS, type Kernel } from './kernel.ts';

/** JSON up to this length is parsed unchecked. Parsing any such text takes less than 6 ms and 2 MiB. */
const FREE_BYTES = 32 * 1024;

/** How many bytes are counted between two reads of the clock: about 1 ms. */
const COUNTED_BYTES = 1024 * 1024;

/** The depth of a message (`PROTOCOL_LIMITS.jsonDepth`). Deeper texts take a thousand times their length in memory. */
const MOST_LEVELS = 128;

/**
 * The longest time of decoding and `JSON.parse` in nanoseconds, and of what follows without interruption: copying the root without its
 * `_v`, and listing the keys of an object. Measured on Node 20 and two busy cores (docs/metering.md, "What reading an answer costs"). A key
 * that is new to the engine at its place takes fifteen times as long as a known one.
 */
const NANOSECONDS = {
  byte: 3,
  highByte: 6,
  escape: 5,
  comma: 40,
  container: 150,
  key: 100,
  newKey: 1_500,
  string: 80,
  newString: 500,
} as const;

/**
 * Checks JSON in the kernel's memory before it is decoded and parsed, which cannot be interrupted. Returns `undefined` if it may be parsed.
 * Short texts are not checked. A text that would be parsed in time even if all its keys were new is only counted.
 */
export const checkJsonCost = (
  kernel: Kernel,
  address: number,
  length: number,
  { nodes, timeLeft }: JsonLimits,
): JsonRefusal | undefined => {
  if (length <= FREE_BYTES) return undefined;
  for (let at = 0; at < length; at += COUNTED_BYTES) {
    if (timeLeft() <= 0) return 'deadline';
    kernel.countJson(address + at, Math.min(COUNTED_BYTES, length - at), at === 0);
    if (count(kernel, 'containers') + count(kernel, 'keys') > nodes) return 'nodes';
    if (kernel.state(JSON_COUNTS.deepest) > MOST_LEVELS) return 'too_deep';
  }
  const keys = count(kernel, 'keys');
  const strings = Math.max(0, count(kernel, 'strings') - keys);
  if (costMs(kernel, length, keys, strings) <= timeLeft()) return undefined;
  if (costMs(kernel, length, 0, 0) > timeLeft() || !weigh(kernel, address, length, timeLeft))
    return 'deadline';
  return costMs(kernel, length, count(kernel, 'newKeys'), count(kernel, 'newStrings')) > timeLeft()
    ? 'deadline'
    : undefined;
};

/** Determines how many keys and strings are new. Returns false if there is no time or memory for it. */
const weigh = (kernel: Kernel, address: number, length: number, timeLeft: TimeLeft): boolean => {
  for (let at = 0; at < length; at += COUNTED_BYTES) {
    const isLast = at + COUNTED_BYTES >= length;
    if (!kernel.weighJson(address + at, Math.min(COUNTED_BYTES, length - at), at === 0, isLast)) return false;
    if (isLast) return true;
    if (timeLeft() > 0) continue;
    kernel.weighJson(address, 0, false, true);
    return false;
  }
  return true;
};

const count = (kernel: Kernel, word: keyof typeof JSON_COUNTS): number =>
  kernel.state(JSON_COUNTS[word]) >>> 0;

const costMs = (kernel: Kernel, length: number, newKeys: number, newStrings: number): number =>
  (length * NANOSECONDS.byte +
    count(kernel, 'highBytes') * NANOSECONDS.highByte +
    count(kernel, 'escapes') * NANOSECONDS.escape +
    count(kernel, 'commas') * NANOSECONDS.comma +
    count(kernel, 'containers') * NANOSECONDS.container +
    count(kernel, 'keys') * NANOSECONDS.key +
    newKeys * NANOSECONDS.newKey +
    count(kernel, 'strings') * NANOSECONDS.string +
    newStrings * NANOSECONDS.newString) /
  1e6;
