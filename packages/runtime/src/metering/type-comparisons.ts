import { MOST_VALUES } from './metering-limits.ts';

/** How much work an engine has with a module's function types. */
export interface TypeComparisons {
  /** The sum so far, in comparisons of two types; one takes Node 20 about 10 ns. */
  total: number;
  /** Adds the type that is encoded at `start..end` of the bytes, with so many parameters and results. */
  add(bytes: Uint8Array, start: number, end: number, params: number, results: number): void;
}

/** What reading a type counts for, even if it is the same as the first one. */
const READING = 50;

/** Parameters and results that take as long to compare as the rest of two types. */
const VALUES_PER_COMPARISON = 4;

/**
 * V8 of Node 20 compares each type with every different one before it. It looks at parameters and results only where their numbers are
 * the same. Later versions, and other engines, look types up by a hash.
 */
export const createTypeComparisons = (): TypeComparisons => {
  const known = new Set<string>();
  /** How many different types there are of the same numbers of parameters and results. */
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
