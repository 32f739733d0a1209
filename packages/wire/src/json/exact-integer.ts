import { z } from 'zod';

/** The smallest and the largest integer that a schema accepts, both inclusive. */
export interface IntegerBounds {
  readonly minimum: bigint;
  readonly maximum: bigint;
}

const boundsByTest = new WeakMap<object, IntegerBounds>();

/** Returns the bounds of an {@link exactInteger} schema, given the test function of its wire side, or `undefined` for any other test. */
export const findIntegerBounds = (test: unknown): IntegerBounds | undefined =>
  typeof test === 'function' ? boundsByTest.get(test) : undefined;

/**
 * Creates the schema of an integer that can be larger than 2^53 − 1. On the wire it is a JSON integer with all its digits; for the host
 * it is a `bigint`. Both bounds are inclusive. Prefer `z.int()` if 2^53 − 1 is enough: a codec makes the whole message a little slower to
 * write.
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

/** Whether a JavaScript number can represent the integer exactly. */
export const isSafeInteger = (value: bigint): boolean =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);

/** The schema of an unsigned 64-bit integer: 0 to 2^64 − 1, a `bigint` for the host. */
export const u64 = exactInteger(0n, 2n ** 64n - 1n);

/** The schema of a signed 64-bit integer: −2^63 to 2^63 − 1, a `bigint` for the host. */
export const i64 = exactInteger(-(2n ** 63n), 2n ** 63n - 1n);
