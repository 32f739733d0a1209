import { PlugwireUsageError } from '@plugwire/wire';

import { checkOptions } from '../base/check-options.ts';

/** When a breaker opens, and for how long. */
export interface BreakerLimits {
  /** Below this many calls in the window no share says anything, and the breaker stays closed. A whole number, at least 1. */
  readonly minimumCalls: number;
  /** How far back calls count, in whole milliseconds, at least 1. */
  readonly windowMs: number;
  /** Opens at this share of failing calls among the calls of the window. Above 0, at most 1. */
  readonly failureShare: number;
  /** Opens at this share of the window's wall time spent in failing calls. Above 0, at most 1. */
  readonly timeShare: number;
  /** How long it stays open at first, in whole milliseconds, at least 1. */
  readonly firstBackoffMs: number;
  /** How long it stays open at most, in milliseconds: each probe that fails doubles the time up to here. */
  readonly longestBackoffMs: number;
}

interface BreakerRange {
  readonly default: number;
  readonly max: number;
  /** A share is above 0; everything else is a whole number from 1. */
  readonly isShare: boolean;
  readonly unit: string;
}

/** Nobody tells what a plugin did an hour ago, and one that is left alone for more than a day should be unloaded. */
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const share = (byDefault: number, unit: string) =>
  ({ default: byDefault, max: 1, isShare: true, unit }) as const;
const whole = (byDefault: number, max: number, unit: string) =>
  ({ default: byDefault, max, isShare: false, unit }) as const;

/**
 * Every limit of a plugin's breaker: its default, the largest value that makes sense, and its meaning, in one table. By default it
 * opens at half of at least twenty calls in ten seconds, or half of those ten seconds.
 */
export const BREAKER_LIMITS = {
  minimumCalls: whole(20, 1_000_000, 'calls in the window, below which it stays closed'),
  windowMs: whole(10_000, HOUR_MS, 'milliseconds that calls count'),
  failureShare: share(0.5, 'share of the window’s calls that fail'),
  timeShare: share(0.5, 'share of the window’s time that failing calls take'),
  firstBackoffMs: whole(1000, DAY_MS, 'milliseconds that it stays open at first'),
  longestBackoffMs: whole(60_000, DAY_MS, 'milliseconds that it stays open at most'),
} as const satisfies Record<keyof BreakerLimits, BreakerRange>;

const NAMES = Object.fromEntries(Object.keys(BREAKER_LIMITS).map((name) => [name, true])) as Record<
  keyof BreakerLimits,
  true
>;

/**
 * Lays limits of a breaker over each other, the later ones over the earlier, over the defaults.
 *
 * Throws `PlugwireUsageError` `bad_option` for an unknown name, a value out of its range, and a first backoff that is given and longer
 * than the longest: it would be cut short without a word.
 */
export const resolveBreakerLimits = (
  ...layers: readonly (Partial<BreakerLimits> | undefined)[]
): BreakerLimits => {
  const limits = Object.fromEntries(
    Object.entries(BREAKER_LIMITS).map(([name, range]) => [name, range.default]),
  ) as Record<keyof BreakerLimits, number>;
  let isFirstGiven = false;
  for (const layer of layers) {
    if (layer === undefined) continue;
    for (const [name, value] of Object.entries(checkLayer(layer)) as [keyof BreakerLimits, unknown][]) {
      if (value === undefined) continue;
      limits[name] = checkValue(name, value);
      isFirstGiven ||= name === 'firstBackoffMs';
    }
  }
  const { firstBackoffMs, longestBackoffMs } = limits;
  if (isFirstGiven && firstBackoffMs > longestBackoffMs) {
    throw new PlugwireUsageError(
      'bad_option',
      `breaker.firstBackoffMs is ${firstBackoffMs}, above breaker.longestBackoffMs, ${longestBackoffMs}: give a longer longestBackoffMs too.`,
    );
  }
  return limits;
};

const checkLayer = (layer: Partial<BreakerLimits>): Partial<BreakerLimits> => {
  if (typeof layer === 'object' && layer !== null) return checkOptions(layer, NAMES);
  throw new PlugwireUsageError(
    'bad_option',
    'breaker is no object: expected limits by name, such as { minimumCalls: 100 }.',
  );
};

const checkValue = (name: keyof BreakerLimits, value: unknown): number => {
  const { max, isShare, unit }: BreakerRange = BREAKER_LIMITS[name];
  const isIn =
    typeof value === 'number' &&
    value <= max &&
    (isShare ? value > 0 : value >= 1 && Number.isInteger(value));
  if (isIn) return value;
  const seen = typeof value === 'number' ? String(value) : `a ${typeof value}`;
  const expected = isShare ? `a number above 0, at most ${max}` : `a whole number from 1 to ${max}`;
  throw new PlugwireUsageError('bad_option', `breaker.${name} is ${seen}: expected ${expected} (${unit}).`);
};
