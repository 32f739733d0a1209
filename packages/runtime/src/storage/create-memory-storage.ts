import { PlugwireUsageError } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import { checkOptions } from '../base/check-options.ts';
import type { PluginStorage, PluginStore, PutResult } from './plugin-storage.ts';
import {
  checkStoreOptions,
  maxStorageEntries,
  storageClosed,
  storageEntryOverhead,
  storageKeyBytes,
} from './storage-limits.ts';

/** How long values stay, and by which clock. */
export interface MemoryStorageOptions {
  /** A key that was not written for so long is gone, in milliseconds. By default values stay. */
  readonly ttlMs?: number;
  /** A clock of milliseconds that never goes back. By default the real one, also where a test uses fake timers. */
  readonly now?: () => number;
}

/**
 * Storage in the memory of this process: values outlive the plugin, not the process.
 *
 * There are no timers: what has expired is dropped when its store is next used, the oldest first. Throws
 * `PlugwireUsageError` `bad_option` for an option that there is not, and for a `ttlMs` that is not above 0.
 *
 * @example
 * const host = createPluginHost({ functions, storage: createMemoryStorage({ ttlMs: 60_000 }) });
 */
export const createMemoryStorage = (options: MemoryStorageOptions = {}): PluginStorage => {
  const { ttlMs = Infinity, now = () => clock.nowMs() } = checkOptions(options, MEMORY_OPTIONS);
  if (!(typeof ttlMs === 'number' && ttlMs > 0)) {
    throw new PlugwireUsageError(
      'bad_option',
      `ttlMs is ${String(ttlMs)}: expected milliseconds above 0, or nothing if values are to stay.`,
    );
  }
  const scopes = new Map<string, Entries>();
  let closed = false;

  const entriesOf = (scope: string): Entries => {
    const known = scopes.get(scope);
    if (known !== undefined) return known;
    const entries = createEntries(ttlMs, now, storageEntryOverhead(scope));
    scopes.set(scope, entries);
    return entries;
  };

  return {
    open: async (scope, storeOptions) => {
      checkStoreOptions(scope, storeOptions);
      if (closed) throw storageClosed();
      const entries = entriesOf(scope);
      let open = true;
      const store: PluginStore = {
        get: (key) => (open && !closed ? entries.get(key) : undefined),
        put: (key, value) =>
          open && !closed ? entries.put(key, value, storeOptions.quotaBytes) : 'unavailable',
        close: async () => {
          open = false;
        },
      };
      return store;
    },
    close: async () => {
      closed = true;
      scopes.clear();
    },
  };
};

const MEMORY_OPTIONS: Readonly<Record<keyof MemoryStorageOptions, true>> = { ttlMs: true, now: true };

interface Entry {
  readonly value: Uint8Array;
  /** What it takes of the quota. */
  readonly bytes: number;
  readonly expiresAt: number;
}

interface Entries {
  get(key: string): Uint8Array | undefined;
  put(key: string, value: Uint8Array, quotaBytes: number): PutResult;
}

const createEntries = (ttlMs: number, now: () => number, overhead: number): Entries => {
  // In the order of their last write, so the first ones expire first.
  const entries = new Map<string, Entry>();
  let used = 0;

  const remove = (key: string): void => {
    used -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };

  const dropExpired = (at: number): void => {
    for (const [key, { expiresAt }] of entries) {
      if (expiresAt > at) return;
      remove(key);
    }
  };

  return {
    get: (key) => {
      dropExpired(now());
      const entry = entries.get(key);
      return entry && new Uint8Array(entry.value);
    },
    put: (key, value, quotaBytes) => {
      const keyBytes = storageKeyBytes(key);
      if (keyBytes === undefined) return 'bad_key';
      const at = now();
      dropExpired(at);
      if (value.byteLength === 0) {
        remove(key);
        return 'stored';
      }
      const bytes = overhead + keyBytes + value.byteLength;
      const old = entries.get(key);
      const growth = bytes - (old?.bytes ?? 0);
      // What takes no more than before is fine even where the quota was larger once.
      if (growth > 0 && used + growth > quotaBytes) return 'over_quota';
      if (old === undefined && entries.size >= maxStorageEntries(quotaBytes)) return 'over_quota';
      remove(key);
      entries.set(key, { value: new Uint8Array(value), bytes, expiresAt: at + ttlMs });
      used += bytes;
      return 'stored';
    },
  };
};
