/**
 * A value that is there, where `null` alone stands for its absence: a number, or something that may itself be null.
 *
 * @example
 * const limit: Some<u64> | null = request.limit;
 * if (limit !== null && limit.value < 10) …
 */
export class Some<T> {
  constructor(readonly value: T) {}
}

/** A value that is there. */
export function some<T>(value: T): Some<T> {
  return new Some<T>(value);
}

/** What only `null` fits. */
export type Null = u8;
