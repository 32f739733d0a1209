import type { Restorable } from './restorable.ts';
import { maxStorageEntries } from '../storage/storage-limits.ts';

/** Extism variables of one guest. They are restored with its instance. */
export interface Variables extends Restorable {
  get(key: string): Uint8Array | undefined;
  /** Stores a value. Returns false, and stores nothing, if the quota or the number of variables that it allows would be exceeded. */
  set(key: string, value: Uint8Array): boolean;
  delete(key: string): void;
  /** Returns whether a key and a value with this total size could fit at all. Called before they are copied. */
  couldHold(bytes: number): boolean;
}

/**
 * Creates variables with a quota in bytes for keys (in UTF-8) and values. The quota also limits the number of variables, by the rule for
 * stores, because each one takes more host memory than its bytes.
 */
export const createVariables = (quotaBytes: number): Variables => {
  const maxEntries = maxStorageEntries(quotaBytes);
  let values = new Map<string, Uint8Array>();
  let used = 0;
  let saved = { values: new Map<string, Uint8Array>(), used };
  /** Whether nothing was set or deleted since the last save or restore. */
  let isSaved = true;
  const cost = (key: string, value: Uint8Array | undefined): number =>
    value === undefined ? 0 : Buffer.byteLength(key) + value.length;

  const restore = (): void => {
    if (isSaved) return;
    values = new Map(saved.values);
    ({ used } = saved);
    isSaved = true;
  };

  return {
    get: (key) => values.get(key),
    set: (key, value) => {
      const former = values.get(key);
      if (former === undefined && values.size >= maxEntries) return false;
      const next = used - cost(key, former) + cost(key, value);
      if (next > quotaBytes) return false;
      isSaved = false;
      values.set(key, value);
      used = next;
      return true;
    },
    couldHold: (bytes) => bytes <= quotaBytes,
    delete: (key) => {
      isSaved = false;
      used -= cost(key, values.get(key));
      values.delete(key);
    },
    save: () => {
      saved = { values: new Map(values), used };
      isSaved = true;
    },
    restore,
    clear: () => {
      saved = { values: new Map(), used: 0 };
      isSaved = false;
      restore();
    },
  };
};
