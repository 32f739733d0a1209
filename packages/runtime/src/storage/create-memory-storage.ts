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

/** Options of {@link createMemoryStorage}. */
export interface MemoryStorageOptions {
  /** Values are dropped this many milliseconds after their last write. By default they are kept. */
  readonly ttlMs?: number;
  /** A monotonic clock in milliseconds. By default the real one, even if a test uses fake timers. */
  readonly now?: () => number;
}

/**
 * Creates storage in the memory of this process. Values stay when a plugin is closed, and are lost when the process ends.
 *
 * There are no timers. Expired values are dropped when their store is next used.
 *
 * Throws `PlugwireUsageError` `bad_option` for an unknown option, and for a `ttlMs` that is not above 0.
 *
 * @example
 * const host = createPluginHost({ functions, storage: createMemoryStorage({ ttlMs: 60_000 }) });
 */
export const createMemoryStorage = (options: MemoryStorageOptions = {}): PluginStorage => {
  const { ttlMs = Infinity, now = () => clock.nowMs() } = checkOptions(options, MEMORY_OPTIONS);
  if (!(typeof ttlMs === 'number' && ttlMs > 0)) {
    throw new PlugwireUsageError(
      'bad_option',
      `ttlMs is ${String(ttlMs)}: expected a number of milliseconds above 0. Leave it out to keep values.`,
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
  /** The bytes of the quota that the entry uses. */
  readonly bytes: number;
  readonly expiresAt: number;
}

interface Entries {
  get(key: string): Uint8Array | undefined;
  put(key: string, value: Uint8Array, quotaBytes: number): PutResult;
}

const createEntries = (ttlMs: number, now: () => number, overhead: number): Entries => {
  // Ordered by last write, so the first entries expire first.
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
      // A write that uses no more bytes than before is accepted even if the quota was lowered.
      if (growth > 0 && used + growth > quotaBytes) return 'over_quota';
      if (old === undefined && entries.size >= maxStorageEntries(quotaBytes)) return 'over_quota';
      remove(key);
      entries.set(key, { value: new Uint8Array(value), bytes, expiresAt: at + ttlMs });
      used += bytes;
      return 'stored';
    },
  };
};
