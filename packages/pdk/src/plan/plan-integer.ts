import type { IntegerPlan } from './kit-plan.ts';

const WIDTHS = [
  ['u32', 0n, 2n ** 32n - 1n],
  ['i32', -(2n ** 31n), 2n ** 31n - 1n],
  ['u64', 0n, 2n ** 64n - 1n],
  ['i64', -(2n ** 63n), 2n ** 63n - 1n],
] as const;

/** Chooses the narrowest machine type of an integer, unsigned if the range allows it. Returns `undefined` if 64 bits are not enough. */
export const planInteger = (range: {
  readonly minimum: number | bigint;
  readonly maximum: number | bigint;
}): IntegerPlan | undefined => {
  const minimum = BigInt(range.minimum);
  const maximum = BigInt(range.maximum);
  const fits = WIDTHS.find(([, lowest, highest]) => minimum >= lowest && maximum <= highest);
  return fits && { kind: 'integer', width: fits[0], minimum, maximum };
};
