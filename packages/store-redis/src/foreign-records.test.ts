import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { findRedisServer } from './testing/find-redis-server.ts';
import { createFleet, SCOPE, type Member } from './testing/open-fleet.ts';
import { startRedisServer, type RedisServer } from './testing/start-redis-server.ts';
import { bytesOf, eventually, textOf } from './testing/values.ts';

const QUOTA = 1000;

/** A lease as the script packs it: bytes, end, last batch, refused writes, loads. */
const lease = (...numbers: number[]): Buffer => {
  const packed = Buffer.alloc(numbers.length * 8);
  for (const [at, number] of numbers.entries()) packed.writeDoubleBE(number, at * 8);
  return packed;
};
const farAway = Date.now() + 1e9;

describe.skipIf(findRedisServer() === undefined)('records that another program wrote', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.end());
  const join = createFleet();

  const open = async () => {
    await server.run('FLUSHALL');
    const lines: { level: string; fields: object; message: string }[] = [];
    const keep = (level: string) => (fields: object, message: string) =>
      void lines.push({ level, fields, message });
    const logger = {
      trace: keep('trace'),
      debug: keep('debug'),
      info: keep('info'),
      warn: keep('warn'),
      error: keep('error'),
    };
    const one = await join(server.url, { quotaBytes: QUOTA, logger });
    const two = await join(server.url, { quotaBytes: QUOTA, logger });
    await store(one, 'a', 'before');
    const keys = (await server.run('KEYS', '*')) as string[];
    const base =
      keys.find((key) => key.endsWith(':meta'))?.slice(0, -':meta'.length) ?? expect.fail('no meta');
    return { one, two, lines, base };
  };

  /** Writes as soon as there is a lease for it, and waits until the server has confirmed it. */
  const store = async ({ store: own, storage }: Member, key: string, value: string): Promise<void> => {
    await eventually(() => expect(own.put(key, bytesOf(value))).toBe('stored'));
    await eventually(() => expect(storage.health().scopes[SCOPE]?.unconfirmedWrites).toBe(0));
  };

  const clientsOf = async (base: string): Promise<string[]> =>
    (await server.run('HKEYS', `${base}:leases`)) as string[];

  it.each<[string, (base: string) => Promise<unknown>]>([
    ['a lease that is too short', (base) => server.run('HSET', `${base}:leases`, 'x', 'short')],
    ['an empty lease', (base) => server.run('HSET', `${base}:leases`, 'x', '')],
    [
      'a lease that never ends',
      (base) => server.run('HSET', `${base}:leases`, 'x', lease(500, farAway, 0, 0, 1)),
    ],
    ['a lease of NaN', (base) => server.run('HSET', `${base}:leases`, 'x', lease(NaN, NaN, NaN, NaN, NaN))],
    ['a negative lease', (base) => server.run('HSET', `${base}:leases`, 'x', lease(-1e6, farAway, 0, 0, 1))],
    ['used bytes below 0', (base) => server.run('HSET', `${base}:meta`, 'used', '-1000')],
    ['used bytes that are too few', (base) => server.run('HSET', `${base}:meta`, 'used', '0')],
    ['used bytes that are too many', (base) => server.run('HSET', `${base}:meta`, 'used', '1000000')],
    ['used bytes that are no number', (base) => server.run('HSET', `${base}:meta`, 'used', 'nan')],
    ['a change number that went back', (base) => server.run('HSET', `${base}:meta`, 'seq', '0')],
    ['an infinite change number', (base) => server.run('HSET', `${base}:meta`, 'seq', 'inf')],
    ['a short epoch', (base) => server.run('HSET', `${base}:meta`, 'epoch', 'x')],
    ['a wrong count', (base) => server.run('HSET', `${base}:meta`, 'count', '77')],
    ['no meta', (base) => server.run('DEL', `${base}:meta`)],
    ['a value without a header', (base) => server.run('HSET', `${base}:values`, 'a', 'x')],
    ['a value of another length', (base) => server.run('HSET', `${base}:values`, 'a', Buffer.alloc(100))],
    [
      'a key that is not UTF-8',
      (base) => server.run('HSET', `${base}:values`, Buffer.of(0xff, 0xfe), Buffer.alloc(20)),
    ],
    [
      'an expiry of a key that does not exist',
      (base) => server.run('ZADD', `${base}:expiry`, '1', 'nothing'),
    ],
    ['an invalid message', (base) => server.run('PUBLISH', `${base}:changes`, 'W')],
    [
      'a message with NaN',
      (base) =>
        server.run(
          'PUBLISH',
          `${base}:changes`,
          Buffer.concat([Buffer.from('W'.padEnd(17, 'e')), lease(NaN, NaN)]),
        ),
    ],
  ])('do not stop the fleet: %s', async (_, plant) => {
    const { one, two, base } = await open();
    await plant(base);
    // A write may be refused once, because leases were given again.
    await eventually(() => {
      one.store.put('b', bytesOf('one'));
      expect(textOf(two.store.get('b'))).toBe('one');
    });
    await eventually(() => {
      two.store.put('c', bytesOf('two'));
      expect(textOf(one.store.get('c'))).toBe('two');
    });
    // The totals are right again: used and leased bytes do not exceed the quota.
    const all = (await server.run('HGETALL', `${base}:values`)) as Record<string, string>;
    expect(Object.keys(all)).toEqual(expect.arrayContaining(['b', 'c']));
    await eventually(async () => {
      const [used] = (await server.run('HMGET', `${base}:meta`, 'used')) as string[];
      const leased = [one, two].map(({ storage }) => storage.health().scopes[SCOPE]?.leasedBytes ?? 0);
      const total = Number(used) + leased.reduce((sum, bytes) => sum + bytes, 0);
      expect(total).toBeGreaterThan(0);
      expect(total).toBeLessThanOrEqual(QUOTA);
    });
  });

  it.each<[string, (ends: number) => Buffer]>([
    ['loads', (ends) => lease(10, ends, 0, 0, 1e6)],
    ['batches', (ends) => lease(10, ends, 1e6, 0, 1)],
  ])('do not stop a process whose own %s they changed', async (_, forge) => {
    const { one, base } = await open();
    for (const client of await clientsOf(base)) {
      await server.run('HSET', `${base}:leases`, client, forge(Date.now() + 10_000));
    }
    await store(one, 'b', 'after');
    const reader = await join(server.url, { quotaBytes: QUOTA });
    await eventually(() => expect(textOf(reader.store.get('b'))).toBe('after'));
  });

  it('cannot raise the quota by lowering the number of used bytes', async () => {
    const { one, two, base } = await open();
    await eventually(() => expect(one.store.put('big', new Uint8Array(400))).toBe('stored'));
    await eventually(() => expect(one.storage.health().scopes[SCOPE]?.unconfirmedWrites).toBe(0));
    await server.run('HSET', `${base}:meta`, 'used', '0');
    const values = async (): Promise<number> => {
      const [used] = (await server.run('HMGET', `${base}:meta`, 'used')) as string[];
      return Number(used);
    };
    await eventually(async () => expect(await values()).toBeGreaterThan(400));
    for (let step = 0; step < 20; step += 1) {
      two.store.put(`more ${step}`, new Uint8Array(100));
      await new Promise((resolve) => void setImmediate(resolve));
    }
    await eventually(() => expect(two.storage.health().scopes[SCOPE]?.unconfirmedWrites).toBe(0));
    expect(await values()).toBeLessThanOrEqual(QUOTA);
  });

  it('are reported when they are repaired', async () => {
    const { one, lines, base } = await open();
    await server.run('HSET', `${base}:leases`, 'x', 'short');
    await store(one, 'b', 'after');
    await eventually(() =>
      expect(lines).toContainEqual({
        level: 'warn',
        fields: { target: 'cc_lb_plugin.storage', plugin: SCOPE },
        message: 'the plugin store was repaired: another program had changed its records',
      }),
    );
  });

  it('of another type are not changed but reported, and the store works again when they are removed', async () => {
    const { one, lines, base } = await open();
    await server.run('DEL', `${base}:expiry`);
    await server.run('SET', `${base}:expiry`, 'somebody else’s');
    await eventually(() =>
      expect(lines).toContainEqual({
        level: 'warn',
        fields: { target: 'cc_lb_plugin.storage', plugin: SCOPE, code: 'WRONGTYPE' },
        message: 'the plugin store is out of date, serving what is known',
      }),
    );
    expect(textOf(one.store.get('a'))).toBe('before');
    expect(await server.run('GET', `${base}:expiry`)).toBe('somebody else’s');
    await server.run('DEL', `${base}:expiry`);
    await eventually(() =>
      expect(lines.map(({ message }) => message)).toContain('the plugin store is up to date again'),
    );
    await store(one, 'b', 'after');
  });
});
