/**
 * How a write ended. Only `stored` is acknowledged; after any other nothing has changed.
 *
 * - `over_quota`: the plugin's keys and values would take more than its quota.
 * - `bad_key`: the key is longer than `STORAGE_LIMITS.keyBytes` in UTF-8, or has half a surrogate pair. No retry helps.
 * - `unavailable`: not now. The store is out of reach, its backlog full, or it has been closed.
 */
export const PUT_RESULTS = ['stored', 'over_quota', 'bad_key', 'unavailable'] as const;
/** One of {@link PUT_RESULTS}. */
export type PutResult = (typeof PUT_RESULTS)[number];

/** The store of one plugin, as its calls see it: synchronous, since a guest cannot wait. */
export interface PluginStore {
  /** A copy of the value, or `undefined` if there is none. Never throws, and never waits. */
  get(key: string): Uint8Array | undefined;
  /**
   * Writes a copy of the value. A value of no bytes removes the key: a guest reads both as empty. Never throws, and
   * never waits.
   */
  put(key: string, value: Uint8Array): PutResult;
  /**
   * Resolves when every acknowledged write is as safe as the storage promises, and rejects, with a `code`, if some
   * could not be made so. The values stay. From the first call on `get` finds nothing and `put` is `unavailable`.
   */
  close(): Promise<void>;
}

/** What one store may hold. */
export interface PluginStoreOptions {
  /** The most that keys, in UTF-8, and values may take together, in bytes. */
  readonly quotaBytes: number;
}

/** Where plugins keep what outlives a call. The host opens one store for each plugin that was granted `storage`. */
export interface PluginStorage {
  /**
   * Opens the store of a scope: the operator's name for a plugin. Stores of one scope share their values, so that one
   * plugin can take over from another.
   *
   * Rejects with `PlugwireUsageError` `bad_name`, `bad_limit` or `storage_closed`; a remote storage adds codes of its own.
   */
  open(scope: string, options: PluginStoreOptions): Promise<PluginStore>;
  /** Closes every store. For whoever created the storage: a host closes only the stores that it opened. */
  close(): Promise<void>;
}
