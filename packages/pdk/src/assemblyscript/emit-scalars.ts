import type { IntegerPlan, NumberPlan, Scalar } from '../plan/kit-plan.ts';

const RANGES: Readonly<Record<IntegerPlan['width'], readonly [bigint, bigint]>> = {
  u32: [0n, 2n ** 32n - 1n],
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u64: [0n, 2n ** 64n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** An integer of up to 64 bits. The smallest i64 has no literal of its own. */
export const integerLiteral = (value: bigint): string => {
  if (value === -(2n ** 63n)) return 'i64.MIN_VALUE';
  return value === 2n ** 64n - 1n ? 'u64.MAX_VALUE' : value.toString();
};

/** The arguments that bound an integer: for unsigned ones the largest first, since the smallest is mostly 0. */
export const integerBounds = ({ width, minimum, maximum }: IntegerPlan): readonly string[] => {
  if (width.startsWith('i')) return [integerLiteral(minimum), integerLiteral(maximum)];
  return minimum === 0n ? [integerLiteral(maximum)] : [integerLiteral(maximum), integerLiteral(minimum)];
};

/** The machine type alone keeps a value within its bounds. */
export const isFullRange = ({ width, minimum, maximum }: IntegerPlan): boolean =>
  minimum === RANGES[width][0] && maximum === RANGES[width][1];

/** The arguments that bound a number; none where nothing does. */
export const numberBounds = (plan: NumberPlan): readonly string[] => {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = plan;
  if ([minimum, maximum, exclusiveMinimum, exclusiveMaximum].every((bound) => bound === undefined)) return [];
  const isAbove = exclusiveMinimum !== undefined && (minimum === undefined || exclusiveMinimum >= minimum);
  const isBelow = exclusiveMaximum !== undefined && (maximum === undefined || exclusiveMaximum <= maximum);
  return [
    floatLiteral(isAbove ? exclusiveMinimum : (minimum ?? -Infinity)),
    floatLiteral(isBelow ? exclusiveMaximum : (maximum ?? Infinity)),
    String(isAbove),
    String(isBelow),
  ];
};

const floatLiteral = (value: number): string => {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
};

/** A scalar as JSON. */
export const scalarJson = (value: Scalar): string => JSON.stringify(value);
