import { type PluginStore, type PutResult, storageEntryOverhead } from '@plugwire/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { findRedisServer } from './testing/find-redis-server.ts';
import { createFleet, SCOPE, type Member } from './testing/open-fleet.ts';
import { startRedisServer, type RedisServer } from './testing/start-redis-server.ts';
import { bytesOf, eventually, textOf } from './testing/values.ts';

const filled = (length: number, fill = 1): Uint8Array => new Uint8Array(length).fill(fill);

describe.skipIf(findRedisServer() === undefined)('a store that two processes share', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.end());
  const join = createFleet();
  const joinAll = async (count: number, quotaBytes: number): Promise<Member[]> => {
    const members: Member[] = [];
    for (let index = 0; index < count; index += 1) members.push(await join(server.url, { quotaBytes }));
    return members;
  };

  it('shows each process what the other wrote and removed', async () => {
    const [one, two] = (await joinAll(2, 1000)) as [Member, Member];
    expect(one.store.put('a', bytesOf('one'))).toBe('stored');
    await eventually(() => expect(textOf(two.store.get('a'))).toBe('one'));
    expect(two.store.put('a', new Uint8Array())).toBe('stored');
    await eventually(() => expect(one.store.get('a')).toBeUndefined());
  });

  it('shows the changes of one process in their order', async () => {
    const [one, two] = (await joinAll(2, 1000)) as [Member, Member];
    for (let step = 1; step <= 200; step += 1) {
      expect(one.store.put('first', bytesOf(`${step}`))).toBe('stored');
      expect(one.store.put('second', bytesOf(`${step}`))).toBe('stored');
      await new Promise((resolve) => void setImmediate(resolve));
      expect(Number(textOf(two.store.get('second')) ?? 0)).toBe(Number(textOf(two.store.get('first')) ?? 0));
    }
    await eventually(() => expect(textOf(two.store.get('second'))).toBe('200'));
  });

  it('has one value in the end if both write the same key', async () => {
    const [one, two] = (await joinAll(2, 1000)) as [Member, Member];
    for (let step = 0; step < 50; step += 1) {
      expect(one.store.put('a', bytesOf(`one ${step}`))).toBe('stored');
      expect(two.store.put('a', bytesOf(`two ${step}`))).toBe('stored');
      if (step % 7 === 0) await new Promise((resolve) => void setImmediate(resolve));
    }
    await eventually(() => {
      expect(one.storage.health().scopes[SCOPE]?.unconfirmedWrites).toBe(0);
      expect(two.storage.health().scopes[SCOPE]?.unconfirmedWrites).toBe(0);
      expect(textOf(one.store.get('a'))).toMatch(/^(?:one|two) 49$/);
      expect(textOf(two.store.get('a'))).toBe(textOf(one.store.get('a')));
    });
  });

  it.each([2, 3, 7])('does not exceed the quota while %d processes fill the store at once', async (count) => {
    const members = await joinAll(count, 200 * (storageEntryOverhead(SCOPE) + 50));
    const acknowledged: string[] = [];
    let refused = 0;
    for (let step = 0; step < 400; step += 1) {
      for (const [index, { store }] of members.entries()) {
        const key = `${index}-${step}`.padEnd(10, '.');
        const result = store.put(key, filled(40));
        if (result === 'stored') acknowledged.push(key);
        else refused += 1;
      }
      if (step % 5 === 0) await new Promise((resolve) => void setImmediate(resolve));
    }
    expect(refused).toBeGreaterThan(0);
    // Bytes left in leases go to the processes that ask for them, one after another, until none are left.
    for (const [index, { store }] of members.entries()) {
      let step = 400;
      await eventually(() => {
        const key = `${index}-${step}`.padEnd(10, '.');
        const result = store.put(key, filled(40));
        if (result === 'stored') {
          acknowledged.push(key);
          step += 1;
        }
        expect(result).toBe('over_quota');
      });
    }
    // All of it was of use: 200 values of 50 bytes fit, and what was refused could only be what did not.
    expect(acknowledged).toHaveLength(200);
    await Promise.all(members.map(({ store }) => store.close()));
    const [again] = (await joinAll(1, 200 * (storageEntryOverhead(SCOPE) + 50))) as [Member];
    for (const key of acknowledged) expect(again.store.get(key)).toHaveLength(40);
  });

  it('does not exceed the quota, and stays consistent, while several processes write the same keys', async () => {
    const members = await joinAll(3, 500);
    // A fixed sequence (a Lehmer generator), so that a failure can be reproduced.
    let seed = 42;
    const next = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const results = new Set<PutResult>();
    for (let step = 0; step < 2000; step += 1) {
      const { store } = members[next(3)] as Member;
      results.add(store.put(`key-${next(12)}`, filled(next(4) === 0 ? 0 : next(120), step)));
      if (next(6) === 0) await new Promise((resolve) => void setImmediate(resolve));
    }
    expect(results).toContain('stored');
    expect(results).not.toContain('bad_key');
    await eventually(() => {
      for (const { storage } of members) {
        expect(storage.health().scopes[SCOPE]).toMatchObject({ unconfirmedWrites: 0, lostWrites: 0 });
      }
      const read = ({ store }: Member): unknown[] =>
        Array.from({ length: 12 }, (_, index) => store.get(`key-${index}`));
      const [first, ...others] = members.map(read);
      for (const other of others) expect(other).toEqual(first);
    });
    let used = 0;
    for (let index = 0; index < 12; index += 1) {
      const key = `key-${index}`;
      const value = members[0]?.store.get(key);
      if (value !== undefined) used += storageEntryOverhead(SCOPE) + key.length + value.length;
    }
    expect(used).toBeLessThanOrEqual(500);
    const total = members.map(({ storage }) => storage.health().scopes[SCOPE]?.leasedBytes ?? 0);
    expect(used + total.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(500);
  });

  it('lets one process use the bytes that the others do not need', async () => {
    const [one, two, three] = (await joinAll(3, 1000)) as [Member, Member, Member];
    expect(two.store.put('big', filled(990))).toBe('unavailable');
    await eventually(() => expect(two.store.put('big', filled(990))).toBe('stored'));
    await eventually(() => {
      expect(one.store.put('a', filled(1))).toBe('over_quota');
      expect(three.store.put('a', filled(1))).toBe('over_quota');
    });
  });

  it('keeps one of two writes over a value that grows', async () => {
    const [one, two] = (await joinAll(2, 1000)) as [Member, Member];
    await eventually(() => expect(one.store.put('a', filled(900))).toBe('stored'));
    await eventually(() => expect(two.store.get('a')).toHaveLength(900));
    // Neither knows of the other's write: one removes the value and uses its bytes, the other replaces it.
    expect(one.store.put('a', filled(900, 2))).toBe('stored');
    expect(two.store.put('a', new Uint8Array())).toBe('stored');
    await eventually(() => {
      for (const { storage } of [one, two]) {
        expect(storage.health().scopes[SCOPE]).toMatchObject({ unconfirmedWrites: 0, lostWrites: 0 });
      }
      expect(two.store.get('a')).toEqual(one.store.get('a'));
    });
  });

  it('loads existing values, and misses no write during the load', async () => {
    const [one] = (await joinAll(1, 10_000)) as [Member];
    const late: Promise<Member>[] = [];
    for (let step = 0; step < 100; step += 1) {
      // A process that joins gets a share of the lease.
      await eventually(() => expect(one.store.put(`key-${step}`, bytesOf(`${step}`))).toBe('stored'));
      if (step % 20 === 0) late.push(join(server.url));
      await new Promise((resolve) => void setImmediate(resolve));
    }
    const stores: PluginStore[] = (await Promise.all(late)).map(({ store }) => store);
    await eventually(() => {
      for (const store of stores) {
        for (let step = 0; step < 100; step += 1) expect(textOf(store.get(`key-${step}`))).toBe(`${step}`);
      }
    });
  });

  it('flushes acknowledged writes if it is closed immediately', async () => {
    const [one] = (await joinAll(1, 200_000)) as [Member];
    for (let step = 0; step < 2500; step += 1) {
      expect(one.store.put(`key-${step}`, filled(20))).toBe('stored');
    }
    await one.storage.close();
    const [two] = (await joinAll(1, 200_000)) as [Member];
    for (let step = 0; step < 2500; step += 1) expect(two.store.get(`key-${step}`)).toHaveLength(20);
  });

  it('can close one store of a scope while another continues to write', async () => {
    const [one] = (await joinAll(1, 10_000)) as [Member];
    const next = await one.storage.open(SCOPE, { quotaBytes: 10_000 });
    expect(one.store.put('last', bytesOf('word'))).toBe('stored');
    let step = 0;
    let closed = false;
    const closing = one.store.close().finally(() => {
      closed = true;
    });
    while (!closed) {
      step += 1;
      expect(next.put('busy', bytesOf(`${step}`))).toBe('stored');
      await new Promise((resolve) => void setImmediate(resolve));
    }
    await expect(closing).resolves.toBeUndefined();
    expect(textOf(next.get('busy'))).toBe(`${step}`);
  });

  it('keeps databases and prefixes apart', async () => {
    const inZero = await join(server.url, { prefix: 'same' });
    const inOne = await join(`${server.url}/1`, { prefix: 'same' });
    const other = await join(server.url, { prefix: 'other' });
    expect(inZero.store.put('a', bytesOf('zero'))).toBe('stored');
    expect(inOne.store.put('a', bytesOf('one'))).toBe('stored');
    await inZero.store.close();
    await inOne.store.close();
    expect(textOf((await inZero.storage.open(SCOPE, { quotaBytes: 99 })).get('a'))).toBe('zero');
    expect(textOf((await inOne.storage.open(SCOPE, { quotaBytes: 99 })).get('a'))).toBe('one');
    expect(other.store.get('a')).toBeUndefined();
  });
});
