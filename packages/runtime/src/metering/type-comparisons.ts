import { MOST_VALUES } from './metering-limits.ts';

/** Counts the work of an engine for the function types of a module. */
export interface TypeComparisons {
  /** The sum so far, in comparisons of two types. One takes Node 20 about 10 ns. */
  total: number;
  /** Adds the type that is encoded at `start..end` of the bytes, with this number of parameters and results. */
  add(bytes: Uint8Array, start: number, end: number, params: number, results: number): void;
}

/** The cost of reading a type, even if it equals the first one. */
const READING = 50;

/** The number of parameters and results that take as long to compare as the rest of two types. */
const VALUES_PER_COMPARISON = 4;

/**
 * V8 of Node 20 compares each type with every different type before it. It compares parameters and results only if their numbers are equal.
 * Later versions and other engines look up types by a hash.
 */
export const createTypeComparisons = (): TypeComparisons => {
  const known = new Set<string>();
  /** The number of different types with the same numbers of parameters and results. */
  const alike = new Map<number, number>();
  return {
    total: 0,
    add(bytes, start, end, params, results) {
      let type = '';
      for (let at = start; at < end; at++) type += String.fromCharCode(bytes[at]!);
      const values = params + results;
      const shape = params * MOST_VALUES + results;
      const same = alike.get(shape) ?? 0;
      this.total += READING + values + known.size + Math.ceil((same * values) / VALUES_PER_COMPARISON);
      if (known.has(type)) return;
      known.add(type);
      alike.set(shape, same + 1);
    },
  };
};
