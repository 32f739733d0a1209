/** The range of a limit, both ends included. */
interface LimitRange {
  readonly least: number;
  readonly most: number;
}

/** The range of each limit. */
export type LimitRanges<Limits> = Readonly<Record<keyof Limits, LimitRange>>;

/** One day. The sum of two such waits is still valid for timers, which fire immediately above 2^31 - 1 ms. */
const LONGEST_MS = 24 * 60 * 60 * 1000;
/** The range of a count or a size. */
export const COUNT: LimitRange = { least: 1, most: Number.MAX_SAFE_INTEGER };
/** The range of a wait, in milliseconds. */
export const WAIT: LimitRange = { least: 1, most: LONGEST_MS };

/**
 * Merges limits with the defaults of `owner`. Throws `RangeError` for an unknown limit, or a value that is not a whole number in its range.
 */
export const readLimits = <Limits extends Readonly<Record<string, number>>>(
  owner: string,
  defaults: Limits,
  ranges: LimitRanges<Limits>,
  given: Partial<Limits>,
): Limits => {
  const limits: Limits = { ...defaults, ...given };
  for (const [name, value] of Object.entries(limits)) {
    const range = (ranges as Partial<Record<string, LimitRange>>)[name];
    if (range === undefined) {
      const known = Object.keys(ranges).join(', ');
      throw new RangeError(`the ${owner} has no limit "${name}": expected one of ${known}.`);
    }
    const { least, most } = range;
    // Node and undici treat 0 or NaN as no limit in some places.
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(
        `the ${owner}'s limit ${name} is ${value}: expected a whole number from ${least} to ${most}.`,
      );
    }
  }
  return limits;
};
