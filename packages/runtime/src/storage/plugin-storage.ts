/**
 * The results of a write. Only `stored` acknowledges it. With any other result nothing has changed.
 *
 * - `over_quota`: the plugin's keys and values would exceed its quota.
 * - `bad_key`: the key is longer than `STORAGE_LIMITS.keyBytes` in UTF-8, or has an unpaired surrogate. A retry does not help.
 * - `unavailable`: the store cannot be reached, its backlog is full, or it is closed. A retry may help.
 */
export const PUT_RESULTS = ['stored', 'over_quota', 'bad_key', 'unavailable'] as const;
/** One of {@link PUT_RESULTS}. */
export type PutResult = (typeof PUT_RESULTS)[number];

/** The store of one plugin. It is synchronous, because a guest cannot wait. */
export interface PluginStore {
  /** Returns a copy of the value, or `undefined` if there is none. Never throws, and never waits. */
  get(key: string): Uint8Array | undefined;
  /**
   * Writes a copy of the value. An empty value removes the key, because a guest reads both as empty. Never throws, and never waits.
   */
  put(key: string, value: Uint8Array): PutResult;
  /**
   * Closes the store and keeps its values. Afterwards `get` returns `undefined` and `put` returns `unavailable`.
   *
   * Resolves when every acknowledged write is as durable as the storage guarantees. Rejects with an error that has a `code` if some are not.
   */
  close(): Promise<void>;
}

/** Options of `PluginStorage.open`. */
export interface PluginStoreOptions {
  /** The most bytes that all keys, in UTF-8, and values may use together. */
  readonly quotaBytes: number;
}

/** Storage for values that plugins keep between calls. The host opens one store for each plugin with the capability `storage`. */
export interface PluginStorage {
  /**
   * Opens the store of a scope, which is usually the operator's name for a plugin. Stores with the same scope share their values, so that a
   * new version of a plugin finds them.
   *
   * Rejects with `PlugwireUsageError` `bad_name`, `bad_limit` or `storage_closed`. A remote storage may have more codes.
   */
  open(scope: string, options: PluginStoreOptions): Promise<PluginStore>;
  /** Closes every store. Call it if you created the storage: a host closes only the stores that it opened. */
  close(): Promise<void>;
}
