import { isPluginName, PlugwireUsageError, showType } from '@plugwire/wire';

import type { PluginStoreOptions } from './plugin-storage.ts';

/** Limits of a plugin's store in addition to its quota. */
export const STORAGE_LIMITS = {
  /** The longest key, in bytes of UTF-8. */
  keyBytes: 1024,
  /** A store may have one entry for each 64 bytes of its quota, because each entry costs the host more than its bytes. */
  bytesPerEntry: 64,
  /** A store may always have this many entries, however small its quota is. */
  entries: 1024,
} as const;

/**
 * Returns how many entries a store with this quota may have. A storage that you implement must return `over_quota` for more entries. Extism
 * variables follow the same rule.
 *
 * @example
 * maxStorageEntries(1_048_576); // 16384
 */
export const maxStorageEntries = (quotaBytes: number): number =>
  Math.max(STORAGE_LIMITS.entries, Math.floor(quotaBytes / STORAGE_LIMITS.bytesPerEntry));

// With the flag u a pair is one character, so this finds only unpaired surrogates. UTF-8 would encode all of them as the same key.
const HALF_PAIR = /\p{Surrogate}/u;

/**
 * Returns the number of bytes of `key` in UTF-8. Returns `undefined` if it has more than `STORAGE_LIMITS.keyBytes` or an unpaired surrogate.
 * A storage that you implement must then return `bad_key`. Never throws.
 *
 * @example
 * storageKeyBytes('größe'); // 7
 */
export const storageKeyBytes = (key: string): number | undefined => {
  if (key.length > STORAGE_LIMITS.keyBytes || HALF_PAIR.test(key)) return undefined;
  const bytes = Buffer.byteLength(key);
  return bytes > STORAGE_LIMITS.keyBytes ? undefined : bytes;
};

/**
 * Returns the bytes that an entry uses of its quota in addition to its key and value: those of the scope and a colon. The protocol counts
 * keys as `<plugin>:<key>`.
 *
 * @example
 * storageEntryOverhead('greeter'); // 8
 */
export const storageEntryOverhead = (scope: string): number => Buffer.byteLength(scope) + 1;

/**
 * Checks the arguments of `PluginStorage.open`. Use it in a storage that you implement.
 *
 * Throws `PlugwireUsageError` `bad_name` if the scope is not a plugin name, and `bad_limit` if the quota is not a whole number of at least 1.
 *
 * @example
 * const open = async (scope, options) => {
 *   checkStoreOptions(scope, options);
 *   return await openStore(scope, options.quotaBytes);
 * };
 */
export const checkStoreOptions = (scope: string, { quotaBytes }: PluginStoreOptions): void => {
  if (!isPluginName(scope)) {
    throw new PlugwireUsageError(
      'bad_name',
      `the scope of a store is ${showType(scope)} that is not a plugin name: expected ^[a-z][a-z0-9_-]*$, at most 64 bytes.`,
    );
  }
  if (!Number.isSafeInteger(quotaBytes) || quotaBytes < 1) {
    throw new PlugwireUsageError(
      'bad_limit',
      `quotaBytes is ${String(quotaBytes)}: expected a whole number of bytes, at least 1.`,
    );
  }
};

/**
 * Creates the error with which `PluginStorage.open` rejects after `close`: `PlugwireUsageError` `storage_closed`. Use it in a storage that
 * you implement.
 *
 * @example
 * if (isClosed) throw storageClosed();
 */
export const storageClosed = (): PlugwireUsageError =>
  new PlugwireUsageError('storage_closed', 'the storage is closed: create another to open stores.');
