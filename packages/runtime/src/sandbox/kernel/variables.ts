/** Extism variables of one instance: they live as long as it does. */
export interface Variables {
  get(key: string): Uint8Array | undefined;
  /** False if it would pass the quota; nothing is stored then. */
  set(key: string, value: Uint8Array): boolean;
  delete(key: string): void;
  /** Whether a key and a value of so many bytes together could be stored in an empty one: asked before they are copied. */
  couldHold(bytes: number): boolean;
}

/** Variables with a quota in bytes, counting keys (in UTF-8) and values, so that many empty ones count too. */
export const createVariables = (quotaBytes: number): Variables => {
  const values = new Map<string, Uint8Array>();
  let used = 0;
  const cost = (key: string, value: Uint8Array | undefined): number =>
    value === undefined ? 0 : Buffer.byteLength(key) + value.length;

  return {
    get: (key) => values.get(key),
    set: (key, value) => {
      const next = used - cost(key, values.get(key)) + cost(key, value);
      if (next > quotaBytes) return false;
      values.set(key, value);
      used = next;
      return true;
    },
    couldHold: (bytes) => bytes <= quotaBytes,
    delete: (key) => {
      used -= cost(key, values.get(key));
      values.delete(key);
    },
  };
};
