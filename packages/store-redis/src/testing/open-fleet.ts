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

/** Storages as the processes of a fleet have them; closed after each test, whatever became of them. */
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

/** A storage that is closed when the test has finished, whatever became of it. */
export const createTestStorage = (options: RedisStorageOptions): RedisStorage => {
  const storage = createRedisStorage(options);
  onTestFinished(() => storage.close().catch(() => undefined));
  return storage;
};
