import { z } from 'zod';

/** Bounds of the integers that a test takes, both included. */
export interface IntegerBounds {
  readonly minimum: bigint;
  readonly maximum: bigint;
}

const boundsByTest = new WeakMap<object, IntegerBounds>();

/** The bounds of a schema of {@link exactInteger}, by the test of its wire side; `undefined` for any other test. */
export const findIntegerBounds = (test: unknown): IntegerBounds | undefined =>
  typeof test === 'function' ? boundsByTest.get(test) : undefined;

/**
 * The schema of an integer that may be beyond 2^53 − 1. On the wire it is a JSON integer with all of its digits, for the host a `bigint`.
 * Prefer `z.int()` where 2^53 − 1 is enough: a codec makes the whole message a little slower to write.
 *
 * @example
 * const amount = exactInteger(0n, 10n ** 30n);
 */
export const exactInteger = (minimum: bigint, maximum: bigint) => {
  const fits = (value: unknown): boolean => {
    if (typeof value !== 'bigint' && !Number.isInteger(value)) return false;
    const integer = BigInt(value as number | bigint);
    return integer >= minimum && integer <= maximum;
  };
  boundsByTest.set(fits, { minimum, maximum });
  return z.codec(z.custom<number | bigint>(fits), z.bigint().min(minimum).max(maximum), {
    decode: (value) => BigInt(value),
    encode: (value) => (isSafeInteger(value) ? Number(value) : value),
  });
};

/** Whether a number of JavaScript holds it exactly. */
export const isSafeInteger = (value: bigint): boolean =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);

/** An unsigned integer of 64 bits, exact. */
export const u64 = exactInteger(0n, 2n ** 64n - 1n);

/** A signed integer of 64 bits, exact. */
export const i64 = exactInteger(-(2n ** 63n), 2n ** 63n - 1n);
