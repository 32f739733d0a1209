/**
 * Yields every text inside a value: strings, keys, numbers, bytes, and the contents of errors, maps and non-enumerable properties. Handles
 * cycles and getters that throw.
 */
export function* textsIn(value: unknown, seen = new Set<object>()): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'symbol') yield value.description ?? '';
  else if (typeof value === 'number' || typeof value === 'bigint') yield String(value);
  else if ((typeof value === 'object' || typeof value === 'function') && value !== null && !seen.has(value)) {
    seen.add(value);
    yield* textsInObject(value, seen);
  }
}

function* textsInObject(value: object, seen: Set<object>): Generator<string> {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    yield textOfBytes(value);
    return;
  }
  if (value instanceof Map) yield* textsIn([...(value as Map<unknown, unknown>)], seen);
  if (value instanceof Set) yield* textsIn([...(value as Set<unknown>)], seen);
  for (const key of Reflect.ownKeys(value)) {
    yield* textsIn(key, seen);
    yield* textsIn(read(value, key), seen);
  }
}

const textOfBytes = (bytes: ArrayBufferView | ArrayBuffer): string =>
  ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
    : Buffer.from(bytes).toString();

const read = (value: object, key: string | symbol): unknown => {
  try {
    return Reflect.get(value, key);
  } catch (thrown) {
    return thrown;
  }
};
