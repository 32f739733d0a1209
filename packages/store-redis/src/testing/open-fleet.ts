import { randomUUID } from 'node:crypto';

import type { PluginStore } from '@plugwire/runtime';
import { afterEach, onTestFinished } from 'vitest';

import { createRedisStorage, type RedisStorage, type RedisStorageOptions } from '../create-redis-storage.ts';

export interface Member {
  readonly storage: RedisStorage;
  readonly store: PluginStore;
}

export interface FleetOptions extends RedisStorageOptions {
  readonly quotaBytes?: number;
}

export const SCOPE = 'keeper';

/** Creates a function that opens storages like those of a fleet. They are closed after each test. */
export const createFleet = (): ((url: string, options?: FleetOptions) => Promise<Member>) => {
  const ends: (() => Promise<void>)[] = [];
  let prefix = '';
  afterEach(async () => {
    prefix = '';
    await Promise.allSettled(ends.splice(0).map((end) => end()));
  });
  return async (url, { quotaBytes = 10_000, ...options } = {}) => {
    prefix ||= randomUUID();
    const storage = createRedisStorage({ url, prefix, heartbeatMs: 50, closeTimeoutMs: 2000, ...options });
    ends.push(storage.close);
    return { storage, store: await storage.open(SCOPE, { quotaBytes }) };
  };
};

/** Creates a storage that is closed when the test has finished. */
export const createTestStorage = (options: RedisStorageOptions): RedisStorage => {
  const storage = createRedisStorage(options);
  onTestFinished(() => storage.close().catch(() => undefined));
  return storage;
};
