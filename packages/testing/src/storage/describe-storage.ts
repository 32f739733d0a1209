import {
  STORAGE_LIMITS,
  storageEntryOverhead,
  type PluginStorage,
  type PluginStore,
  type PutResult,
} from '@plugwire/runtime';
import { afterEach, describe, expect, it, vi } from 'vitest';

/** One storage to test, with its own data. */
export interface StorageUnderTest {
  readonly storage: PluginStorage;
  /** Closes the storage and its resources. Called after each test, even if the test has closed the storage. */
  end(): Promise<void>;
}

/** How {@link describeStorage} creates storages. */
export interface StorageSuite {
  /** Creates an empty storage. Must reject with the code `bad_option` for a `ttlMs` that is not above 0. */
  create(options: { readonly ttlMs?: number }): Promise<StorageUnderTest>;
  /** Advances the storage's clock by at most 100 ms, if it does not use a real clock. Called repeatedly. */
  tick?(): void;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const textOf = (value: Uint8Array | undefined): string | undefined =>
  value && new TextDecoder().decode(value);

const QUOTA = { quotaBytes: 1000 };
const OVERHEAD = storageEntryOverhead('keeper');

/**
 * Defines the vitest tests that every storage must pass. Plugwire's storages pass them, and a storage that you write must pass them, too.
 * docs/storage.md describes the same rules. Call it in a test file, outside of any test.
 *
 * @example
 * import { describeStorage } from '@plugwire/testing/storage';
 *
 * describeStorage('in a file', {
 *   create: async (options) => {
 *     const folder = await mkdtemp(join(tmpdir(), 'storage-'));
 *     const storage = createFileStorage({ ...options, folder });
 *     const end = async () => {
 *       await storage.close();
 *       await rm(folder, { recursive: true });
 *     };
 *     return { storage, end };
 *   },
 * });
 */
export const describeStorage = (name: string, suite: StorageSuite): void => {
  const ends: (() => Promise<void>)[] = [];
  // With a real clock, longer than a busy machine may pause between two statements.
  const ttlMs = suite.tick === undefined ? 2000 : 500;

  const create = async (options: { ttlMs?: number } = {}): Promise<PluginStorage> => {
    const { storage, end } = await suite.create(options);
    ends.push(end);
    return storage;
  };

  const soon = (check: () => void): Promise<void> =>
    vi.waitFor(
      () => {
        suite.tick?.();
        check();
      },
      { timeout: 20_000, interval: 5 },
    );

  describe(`storage ${name}`, () => {
    afterEach(async () => {
      const results = await Promise.allSettled(ends.splice(0).map((end) => end()));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    });

    it('returns a value immediately after it was put', async () => {
      const store = await (await create()).open('keeper', QUOTA);
      expect(store.get('a')).toBeUndefined();
      expect(store.put('a', bytesOf('one'))).toBe('stored');
      expect(textOf(store.get('a'))).toBe('one');
      expect(store.put('a', bytesOf('two'))).toBe('stored');
      expect(textOf(store.get('a'))).toBe('two');
    });

    it.each(['', ' ', '__proto__', 'a:b', 'a\0b', '{a}', '*', 'ключ', '🔑', '\u{feff}bom', 'x'.repeat(1024)])(
      'accepts the key %j',
      async (key) => {
        const storage = await create();
        const quota = { quotaBytes: 10_000 };
        const store = await storage.open('keeper', quota);
        expect(store.put(key, bytesOf('value'))).toBe('stored');
        expect(textOf(store.get(key))).toBe('value');
        expect(store.get(`${key}x`)).toBeUndefined();
        await store.close();
        expect(textOf((await storage.open('keeper', quota)).get(key))).toBe('value');
      },
    );

    it.each([
      ['1,025 bytes long', 'x'.repeat(1025)],
      ['512 characters of 3 bytes long', '語'.repeat(512)],
      ['a megabyte long', 'x'.repeat(1 << 20)],
      ['not well-formed Unicode', 'a\ud800'],
    ])('refuses a key that is %s, and has no value for it', async (_what, key) => {
      const store = await (await create()).open('keeper', { quotaBytes: 1 << 22 });
      expect(store.put(key, bytesOf('value'))).toBe('bad_key');
      expect(store.get(key)).toBeUndefined();
    });

    it('keeps every byte of a value', async () => {
      const storage = await create();
      const all = Uint8Array.from({ length: 1024 }, (_, index) => index % 256);
      const store = await storage.open('keeper', { quotaBytes: 2000 });
      expect(store.put('all', all)).toBe('stored');
      expect(store.get('all')).toEqual(all);
      await store.close();
      expect((await storage.open('keeper', { quotaBytes: 2000 })).get('all')).toEqual(all);
    });

    it('copies values when they are put and when they are read', async () => {
      const store = await (await create()).open('keeper', QUOTA);
      const given = Buffer.from('mine');
      expect(store.put('a', given)).toBe('stored');
      given.fill(0);
      const taken = store.get('a');
      expect(textOf(taken)).toBe('mine');
      taken?.fill(0);
      expect(textOf(store.get('a'))).toBe('mine');
    });

    it('removes a key when an empty value is put', async () => {
      const storage = await create();
      const store = await storage.open('keeper', QUOTA);
      expect(store.put('a', bytesOf('one'))).toBe('stored');
      expect(store.put('a', new Uint8Array())).toBe('stored');
      expect(store.get('a')).toBeUndefined();
      expect(store.put('never', new Uint8Array())).toBe('stored');
      await store.close();
      expect((await storage.open('keeper', QUOTA)).get('a')).toBeUndefined();
    });

    it('keeps values after a store is closed, and allows closing twice', async () => {
      const storage = await create();
      const store = await storage.open('keeper', QUOTA);
      expect(store.put('a', bytesOf('one'))).toBe('stored');
      await store.close();
      await store.close();
      expect(store.put('a', bytesOf('two'))).toBe('unavailable');
      expect(store.get('a')).toBeUndefined();
      expect(textOf((await storage.open('keeper', QUOTA)).get('a'))).toBe('one');
    });

    it('shares values between two stores of the same scope', async () => {
      const storage = await create();
      const [before, after] = [await storage.open('keeper', QUOTA), await storage.open('keeper', QUOTA)];
      expect(before.put('a', bytesOf('one'))).toBe('stored');
      expect(textOf(after.get('a'))).toBe('one');
      await before.close();
      expect(after.put('a', bytesOf('two'))).toBe('stored');
      expect(textOf(after.get('a'))).toBe('two');
    });

    it('keeps scopes apart, each with its own quota', async () => {
      const storage = await create();
      const names = ['a', 'a-', 'a-b', 'a_b', 'a-b-c', 'ab'];
      const stores = await Promise.all(
        names.map((scope) => storage.open(scope, { quotaBytes: storageEntryOverhead(scope) + 1000 })),
      );
      for (const [index, store] of stores.entries()) {
        expect(store.put('key', new Uint8Array(997).fill(index + 1))).toBe('stored');
      }
      for (const [index, store] of stores.entries()) expect(store.get('key')?.[996]).toBe(index + 1);
    });

    it.each(['', 'A', '1a', 'a b', 'a:b', 'a}', 'a*', 'é', 'a'.repeat(65)])(
      'refuses the scope %j',
      async (scope) => {
        const storage = await create();
        await expect(storage.open(scope, QUOTA)).rejects.toMatchObject({ code: 'bad_name' });
      },
    );

    it.each([0, -1, 1.5, NaN, Infinity])('refuses a quota of %d bytes', async (quotaBytes) => {
      const storage = await create();
      await expect(storage.open('keeper', { quotaBytes })).rejects.toMatchObject({ code: 'bad_limit' });
    });

    it('counts the exact bytes of the scope, a colon, the key in UTF-8, and the value', async () => {
      const store = await (await create()).open('keeper', { quotaBytes: OVERHEAD + 10 });
      expect(store.put('語', new Uint8Array(8))).toBe('over_quota');
      expect(store.get('語')).toBeUndefined();
      expect(store.put('語', new Uint8Array(7))).toBe('stored');
      expect(store.put('', new Uint8Array(1))).toBe('over_quota');
    });

    it('keeps the old value if the new one does not fit', async () => {
      const store = await (await create()).open('keeper', { quotaBytes: OVERHEAD + 10 });
      expect(store.put('a', bytesOf('one'))).toBe('stored');
      expect(store.put('a', new Uint8Array(10))).toBe('over_quota');
      expect(textOf(store.get('a'))).toBe('one');
    });

    it('replaces a value that fills the quota', async () => {
      const store = await (await create()).open('keeper', { quotaBytes: OVERHEAD + 1001 });
      for (const fill of [1, 2, 3]) {
        expect(store.put('a', new Uint8Array(1000).fill(fill))).toBe('stored');
        expect(store.get('a')).toEqual(new Uint8Array(1000).fill(fill));
      }
    });

    it('frees the bytes of a removed key', async () => {
      const store = await (await create()).open('keeper', { quotaBytes: OVERHEAD + 100 });
      for (const key of ['a', 'b', 'c']) {
        // A storage that confirms writes with a server frees them one round trip later.
        await soon(() => expect(store.put(key, new Uint8Array(99).fill(1))).toBe('stored'));
        expect(store.put(key, new Uint8Array())).toBe('stored');
      }
    });

    it('accepts only a smaller value after the quota was lowered', async () => {
      const storage = await create();
      const store = await storage.open('keeper', { quotaBytes: OVERHEAD + 100 });
      expect(store.put('a', new Uint8Array(99).fill(1))).toBe('stored');
      await store.close();
      const lowered = await storage.open('keeper', { quotaBytes: OVERHEAD + 50 });
      expect(lowered.get('a')).toHaveLength(99);
      expect(lowered.put('a', new Uint8Array(100))).toBe('over_quota');
      expect(lowered.put('b', new Uint8Array(1))).toBe('over_quota');
      expect(lowered.put('a', new Uint8Array(80).fill(1))).toBe('stored');
    });

    it('limits the number of entries, so that many small ones cannot exhaust the host’s memory', async () => {
      const store = await (await create()).open('keeper', { quotaBytes: 64 * 2000 });
      const results = new Map<PutResult, number>();
      for (let index = 0; index < 3000; index += 1) {
        const result = store.put(index.toString(36), new Uint8Array(1));
        results.set(result, (results.get(result) ?? 0) + 1);
      }
      expect(Object.fromEntries(results)).toEqual({ stored: 2000, over_quota: 1000 });
      const small = await (await create()).open('small', { quotaBytes: 10_000 });
      for (let index = 0; index < STORAGE_LIMITS.entries; index += 1) {
        expect(small.put(index.toString(36), new Uint8Array(1))).toBe('stored');
      }
      expect(small.put('more', new Uint8Array(1))).toBe('over_quota');
      expect(small.put('0', new Uint8Array(2))).toBe('stored');
    });

    it('drops a key that was not written for ttlMs, and frees its bytes', async () => {
      const store = await (await create({ ttlMs })).open('keeper', { quotaBytes: OVERHEAD + 100 });
      expect(store.put('a', new Uint8Array(99).fill(1))).toBe('stored');
      expect(store.get('a')).toHaveLength(99);
      expect(store.put('b', new Uint8Array(99).fill(1))).toBe('over_quota');
      await soon(() => expect(store.get('a')).toBeUndefined());
      await soon(() => expect(store.put('b', new Uint8Array(99).fill(1))).toBe('stored'));
    });

    it('keeps only keys that are written again', async () => {
      const store = await (await create({ ttlMs })).open('keeper', QUOTA);
      expect(store.put('alive', bytesOf('0'))).toBe('stored');
      expect(store.put('left', bytesOf('0'))).toBe('stored');
      let writes = 0;
      let survived = 0;
      await soon(() => {
        // Read before writing again, to notice if the key was dropped.
        if (textOf(store.get('alive')) === `${writes}`) survived += 1;
        writes += 1;
        expect(store.put('alive', bytesOf(`${writes}`))).toBe('stored');
        expect(store.get('left')).toBeUndefined();
      });
      expect(survived).toBe(writes);
    });

    it('refuses a ttlMs that is not above 0', async () => {
      await expect(create({ ttlMs: 0 })).rejects.toMatchObject({ code: 'bad_option' });
      await expect(create({ ttlMs: NaN })).rejects.toMatchObject({ code: 'bad_option' });
    });

    it('closes its stores when it is closed', async () => {
      const storage = await create();
      const store = await storage.open('keeper', QUOTA);
      expect(store.put('a', bytesOf('one'))).toBe('stored');
      await storage.close();
      await storage.close();
      expect(store.get('a')).toBeUndefined();
      expect(store.put('a', bytesOf('two'))).toBe('unavailable');
      await expect(store.close()).resolves.toBeUndefined();
      await expect(storage.open('keeper', QUOTA)).rejects.toMatchObject({ code: 'storage_closed' });
    });

    it('never exceeds the quota, and returns every acknowledged value, for any sequence of puts', async () => {
      const storage = await create();
      const keys = ['a', 'b', 'c', '語'];
      for (let run = 1; run <= 30; run += 1) {
        const next = createSequence(run);
        const scope = `run-${run}`;
        const store = await storage.open(scope, { quotaBytes: 100 });
        const model = new Map<string, Uint8Array>();
        for (let puts = next(41); puts > 0; puts -= 1) {
          const key = keys[next(keys.length)] as string;
          const value = new Uint8Array(next(5) === 0 ? 0 : next(61)).fill(puts);
          if (store.put(key, value) !== 'stored') continue;
          if (value.length === 0) model.delete(key);
          else model.set(key, value);
          let used = 0;
          for (const [held, { length }] of model)
            used += storageEntryOverhead(scope) + bytesOf(held).length + length;
          expect(used, `run ${run}`).toBeLessThanOrEqual(100);
        }
        const check = (open: PluginStore): void => {
          for (const key of keys) expect(open.get(key), `run ${run}, ${key}`).toEqual(model.get(key));
        };
        check(store);
        await store.close();
        const again = await storage.open(scope, { quotaBytes: 100 });
        check(again);
        await again.close();
      }
    });
  });
};

/** Returns pseudo-random numbers (a Lehmer generator), so that a failure can be reproduced with the same seed. */
const createSequence = (seed: number): ((below: number) => number) => {
  let state = seed * 48_271;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
};
