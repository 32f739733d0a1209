/**
 * A value that is present. Used for types that need `null` to mean "absent": numbers, and types that can themselves be null.
 *
 * @example
 * const limit: Some<u64> | null = request.limit;
 * if (limit !== null && limit.value < 10) …
 */
export class Some<T> {
  constructor(readonly value: T) {}
}

/** Wraps a value. */
export function some<T>(value: T): Some<T> {
  return new Some<T>(value);
}

/** The type whose only value is `null`. */
export type Null = u8;
