import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { createRedisStorage } from './create-redis-storage.ts';
import { findRedisServer } from './testing/find-redis-server.ts';
import { startRedisServer, type RedisServer } from './testing/start-redis-server.ts';

const VALUE = Uint8Array.of(1, 2, 3);

describe.skipIf(findRedisServer() === undefined)('with fake timers', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.end());
  afterEach(() => {
    vi.useRealTimers();
  });

  const open = async (prefix: string) => {
    const storage = createRedisStorage({ url: server.url, prefix });
    return { storage, store: await storage.open('scope', { quotaBytes: 10_000 }) };
  };

  it('a store opens, writes, and flushes when it is closed', async () => {
    vi.useFakeTimers();
    const prefix = randomUUID();
    const writer = await open(prefix);
    expect(writer.store.put('key', VALUE)).toBe('stored');
    await writer.storage.close();
    const reader = await open(prefix);
    expect(reader.store.get('key')).toEqual(VALUE);
    await reader.storage.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('a store opens if the server has lost the script', async () => {
    const prefix = randomUUID();
    await server.run('SCRIPT', 'FLUSH');
    vi.useFakeTimers();
    const { storage, store } = await open(prefix);
    expect(store.put('key', VALUE)).toBe('stored');
    await storage.close();
  });

  it('a store that was opened before works, and still works after the timers are restored', async () => {
    const prefix = randomUUID();
    const { storage, store } = await open(prefix);
    vi.useFakeTimers();
    vi.advanceTimersByTime(3_600_000);
    expect(store.put('faked', VALUE)).toBe('stored');
    await vi.waitFor(() =>
      expect(storage.health().scopes).toMatchObject({ scope: { unconfirmedWrites: 0 } }),
    );
    vi.useRealTimers();
    expect(store.put('real', VALUE)).toBe('stored');
    await storage.close();
    const reader = await open(prefix);
    expect(reader.store.get('faked')).toEqual(VALUE);
    expect(reader.store.get('real')).toEqual(VALUE);
    await reader.storage.close();
  });

  it('the fake timers stay in place', async () => {
    vi.useFakeTimers();
    const { setImmediate, setTimeout, clearTimeout } = globalThis;
    const { storage } = await open(randomUUID());
    await storage.close();
    expect(globalThis).toMatchObject({ setImmediate, setTimeout, clearTimeout });
  });
});
