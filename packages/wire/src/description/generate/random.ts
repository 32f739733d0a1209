/** Random numbers that are the same for the same seed. */
export interface Random {
  /** Returns a whole number from 0 to `limit` − 1. */
  below(limit: number): number;
  /** Returns one of the values, or `undefined` if there are none. Never throws. */
  pick<Value>(values: readonly Value[]): Value;
}

/** Creates random numbers from a seed with the mulberry32 algorithm, which has 32 bits of state. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { below, pick: (values) => values[below(values.length)] as never };
};
