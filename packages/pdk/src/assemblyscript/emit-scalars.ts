import type { IntegerPlan, NumberPlan, Scalar } from '../plan/kit-plan.ts';

const RANGES: Readonly<Record<IntegerPlan['width'], readonly [bigint, bigint]>> = {
  u32: [0n, 2n ** 32n - 1n],
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u64: [0n, 2n ** 64n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** Returns an integer of up to 64 bits as a literal. AssemblyScript has no literal for the smallest i64. */
export const integerLiteral = (value: bigint): string => {
  if (value === -(2n ** 63n)) return 'i64.MIN_VALUE';
  return value === 2n ** 64n - 1n ? 'u64.MAX_VALUE' : value.toString();
};

/** Returns the bounds of an integer as arguments. For unsigned integers the maximum comes first, because the minimum is mostly 0. */
export const integerBounds = ({ width, minimum, maximum }: IntegerPlan): readonly string[] => {
  if (width.startsWith('i')) return [integerLiteral(minimum), integerLiteral(maximum)];
  return minimum === 0n ? [integerLiteral(maximum)] : [integerLiteral(maximum), integerLiteral(minimum)];
};

/** Whether the bounds are those of the machine type. */
export const isFullRange = ({ width, minimum, maximum }: IntegerPlan): boolean =>
  minimum === RANGES[width][0] && maximum === RANGES[width][1];

/** Returns the bounds of a number as arguments; an empty list if it has no bounds. */
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

/** Returns a scalar as JSON. */
export const scalarJson = (value: Scalar): string => JSON.stringify(value);
