import type { TimeLeft } from '@plugwire/wire';

import type { JsonLimits, JsonRefusal } from '../outcomes/json-limits.ts';
import { JSON_COUNTS, type Kernel } from './kernel.ts';

/** JSON up to this length is parsed without a look: whatever is in it, that takes less than 6 ms and 2 MiB. */
const FREE_BYTES = 32 * 1024;

/** So much is counted between two looks at the clock: about 1 ms. */
const COUNTED_BYTES = 1024 * 1024;

/** The depth of a message (`PROTOCOL_LIMITS.jsonDepth`). What is deeper takes a thousand times its length in memory. */
const MOST_LEVELS = 128;

/**
 * What decoding and `JSON.parse` take at worst, in nanoseconds, and what is done with the result in one go: copying the root without its
 * `_v`, listing the keys of an object. Measured on Node 20 and two busy cores (docs/metering.md, "What reading an answer costs"). A key
 * that the engine has not seen in that place takes it fifteen times as long as one that it has.
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
 * Looks at JSON in the kernel's memory before it is decoded and parsed, which nothing can interrupt. `undefined` if it may be. Sizes that
 * cannot take long are not looked at; what would be in time even if all its keys were new is not looked at closely.
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

/** Finds out how many keys and strings are new; false if there is no time or no room for that. */
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
