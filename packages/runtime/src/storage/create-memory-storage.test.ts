import { describeStorage } from '@plugwire/testing/storage';
import { describe, expect, it } from 'vitest';

import { createMemoryStorage, type MemoryStorageOptions } from './create-memory-storage.ts';

let at = 0;

describeStorage('in memory', {
  create: async (options) => {
    const storage = createMemoryStorage({ ...options, now: () => at });
    return { storage, end: storage.close };
  },
  tick: () => {
    at += 100;
  },
});

describe('storage in memory', () => {
  it('keeps values until it is closed by default', async () => {
    let now = 0;
    const store = await createMemoryStorage({ now: () => now }).open('keeper', { quotaBytes: 17 });
    expect(store.put('a', Uint8Array.of(1))).toBe('stored');
    now = Number.MAX_VALUE;
    expect(store.get('a')).toEqual(Uint8Array.of(1));
  });

  it('drops values exactly ttlMs after their last write', async () => {
    let now = 0;
    const storage = createMemoryStorage({ ttlMs: 100, now: () => now });
    const store = await storage.open('keeper', { quotaBytes: 17 });
    expect(store.put('a', Uint8Array.of(1))).toBe('stored');
    now = 99;
    expect(store.get('a')).toEqual(Uint8Array.of(1));
    now = 100;
    expect(store.get('a')).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['a misspelt name', { ttl: 100 }],
    ['a ttlMs that is a string', { ttlMs: '100' }],
    ['a negative ttlMs', { ttlMs: -1 }],
    ['nothing', null],
  ])('rejects %s', (_what, options) => {
    const create = () => createMemoryStorage(options as MemoryStorageOptions);
    expect(create).toThrow(expect.objectContaining({ name: 'PlugwireUsageError', code: 'bad_option' }));
  });

  it('frees the quota of a removed key at once', async () => {
    const store = await createMemoryStorage().open('keeper', { quotaBytes: 17 });
    expect(store.put('a', new Uint8Array(9))).toBe('stored');
    expect(store.put('a', new Uint8Array())).toBe('stored');
    expect(store.put('b', new Uint8Array(9))).toBe('stored');
  });
});
