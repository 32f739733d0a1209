import { isPluginName, PlugwireUsageError, showType } from '@plugwire/wire';

import type { PluginStoreOptions } from './plugin-storage.ts';

/** What bounds a plugin's store beside its quota. */
export const STORAGE_LIMITS = {
  /** The longest key, in bytes of UTF-8. */
  keyBytes: 1024,
  /** A store has at most one entry for so many bytes of its quota: each costs the host more than its bytes. */
  bytesPerEntry: 64,
  /** A store may have so many entries however small its quota is. */
  entries: 1024,
} as const;

/**
 * How many entries a store with this quota may have. A storage of your own returns `over_quota` for one more. Extism variables follow the
 * same rule.
 *
 * @example
 * maxStorageEntries(1_048_576); // 16384
 */
export const maxStorageEntries = (quotaBytes: number): number =>
  Math.max(STORAGE_LIMITS.entries, Math.floor(quotaBytes / STORAGE_LIMITS.bytesPerEntry));

// With the flag u a pair is one character, so this finds halves alone. UTF-8 would make them all the same key.
const HALF_PAIR = /\p{Surrogate}/u;

/**
 * The bytes of `key` in UTF-8; `undefined` if it has more than `STORAGE_LIMITS.keyBytes` or half a surrogate pair, for which a
 * storage of your own gives `bad_key`. Never throws.
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
 * What an entry of a store takes of its quota beyond its key and its value, in bytes: the scope and a colon, since the protocol counts
 * keys as `<plugin>:<key>`.
 *
 * @example
 * storageEntryOverhead('greeter'); // 8
 */
export const storageEntryOverhead = (scope: string): number => Buffer.byteLength(scope) + 1;

/**
 * Checks what `open` of a storage of your own is given: the scope's name, and its quota in bytes.
 *
 * Throws `PlugwireUsageError`: `bad_name` for a scope that is no plugin name, `bad_limit` for a quota that is no whole number
 * from 1 on.
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
      `the scope of a store is ${showType(scope)} that is no plugin name: expected ^[a-z][a-z0-9_-]*$, at most 64 bytes.`,
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
 * The error that `open` of a storage of your own rejects with once it is closed: `PlugwireUsageError` `storage_closed`.
 *
 * @example
 * if (isClosed) throw storageClosed();
 */
export const storageClosed = (): PlugwireUsageError =>
  new PlugwireUsageError('storage_closed', 'the storage is closed: create another to open stores.');
