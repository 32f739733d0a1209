/** A place in a JSON-like value, as the keys from its root. */
type Path = readonly (string | number)[];

/** Yields every place inside a value, the outermost first. Class instances are not entered. */
export function* placesIn(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) yield* placesIn(item, [...path, at]);
    yield [...path, value.length]; // an additional element
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return;
  for (const [key, item] of Object.entries(value)) yield* placesIn(item, [...path, key]);
  yield [...path, freeKey(value)]; // a new key, for records
}

/** Returns a copy of a value in which the value at one place is replaced. */
export const replaceAt = (value: unknown, path: Path, other: unknown): unknown => {
  const [key, ...rest] = path;
  if (key === undefined) return other;
  if (Array.isArray(value)) {
    const copy: unknown[] = [...(value as unknown[])];
    copy[key as number] = replaceAt(copy[key as number], rest, other);
    return copy;
  }
  const record = value as Record<string, unknown>;
  return { ...record, [key]: replaceAt(record[key], rest, other) };
};

/** Returns the value at a place. */
export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);

/** Returns a key that an object does not have. */
export const freeKey = (value: object): string => {
  let key = 'plugwire_surplus';
  while (key in value) key += '_';
  return key;
};
