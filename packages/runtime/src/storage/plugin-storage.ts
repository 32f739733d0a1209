/** How a write ended. Only `stored` is acknowledged. */
export type PutResult = 'stored' | 'over_quota' | 'unavailable';

/** The store of one plugin, as its calls see it: synchronous, since a guest cannot wait. */
export interface PluginStore {
  /** A copy of the value, or `undefined` if there is none. */
  get(key: string): Uint8Array | undefined;
  /** Writes a copy of the value. Never throws. */
  put(key: string, value: Uint8Array): PutResult;
  /** Resolves when every acknowledged write is as safe as the storage promises. The values stay. */
  close(): Promise<void>;
}

export interface PluginStoreOptions {
  /** The most that keys and values may take together, in bytes. */
  readonly quotaBytes: number;
}

/** Where plugins keep what outlives a call. The host opens one store for each plugin that was granted `storage`. */
export interface PluginStorage {
  /** `scope` is the operator's name for the plugin: one live store for each. */
  open(scope: string, options: PluginStoreOptions): Promise<PluginStore>;
}
