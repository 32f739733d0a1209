import { PlugwireUsageError } from '@plugwire/wire';

import { checkOptions } from '../base/check-options.ts';

/** When a breaker opens, and for how long. */
export interface BreakerLimits {
  /** With fewer calls than this in the window the breaker stays closed. A whole number, at least 1. */
  readonly minimumCalls: number;
  /** Length of the window in whole milliseconds, at least 1. Older calls do not count. */
  readonly windowMs: number;
  /** The breaker opens when this share of the window's calls fails. Above 0, at most 1. */
  readonly failureShare: number;
  /** The breaker opens when failing calls take this share of the window's wall time. Above 0, at most 1. */
  readonly timeShare: number;
  /** How long it stays open at first, in whole milliseconds, at least 1. */
  readonly firstBackoffMs: number;
  /** How long it stays open at most, in whole milliseconds. Each probe that fails doubles the backoff, up to this value. */
  readonly longestBackoffMs: number;
}

interface BreakerRange {
  readonly default: number;
  readonly max: number;
  /** Whether it is a share, which is above 0. All other limits are whole numbers from 1. */
  readonly isShare: boolean;
  readonly unit: string;
}

/** Upper bounds. Calls of an hour ago say little about a plugin now. A plugin that rests for more than a day should be unloaded. */
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const share = (byDefault: number, unit: string) =>
  ({ default: byDefault, max: 1, isShare: true, unit }) as const;
const whole = (byDefault: number, max: number, unit: string) =>
  ({ default: byDefault, max, isShare: false, unit }) as const;

/**
 * Every limit of a plugin's breaker, with its default, its largest value and its meaning. By default a breaker opens when there were
 * at least 20 calls in the last 10 seconds, and half of them failed or failing calls took half of that time.
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
 * Merges limits of a breaker with the defaults. Later layers override earlier ones.
 *
 * Throws `PlugwireUsageError` `bad_option` for an unknown name, for a value out of its range, and for a given first backoff that is
 * longer than the longest backoff.
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
    'breaker is not an object: expected limits by name, such as { minimumCalls: 100 }.',
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
