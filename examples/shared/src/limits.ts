/** What a limit may be. */
interface LimitRange {
  readonly least: number;
  readonly most: number;
}

/** The range of each limit. */
export type LimitRanges<Limits> = Readonly<Record<keyof Limits, LimitRange>>;

/** A day: two of them together are still a number that timers take, which beyond 2^31 - 1 fire at once. */
const LONGEST_MS = 24 * 60 * 60 * 1000;
/** The range of a count or a size. */
export const COUNT: LimitRange = { least: 1, most: Number.MAX_SAFE_INTEGER };
/** The range of a wait, in milliseconds. */
export const WAIT: LimitRange = { least: 1, most: LONGEST_MS };

/**
 * Lays given limits over the defaults of `owner`. Throws `RangeError` for one that does not exist, or is no whole number in its range.
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
    // Node and undici take 0, or what is no number, for no limit at all in places.
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(
        `the ${owner}'s limit ${name} is ${value}: expected a whole number from ${least} to ${most}.`,
      );
    }
  }
  return limits;
};
