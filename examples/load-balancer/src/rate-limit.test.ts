import { randomUUID } from 'node:crypto';

import { createChain, createOperator, type PluginHandle } from '@plugwire/operate';
import { readToolchainPlugin } from '@plugwire/pdk-fixtures';
import {
  createMemoryStorage,
  createPluginHost,
  type PluginHost,
  type PluginStorage,
} from '@plugwire/runtime';
import { createRedisStorage } from '@plugwire/store-redis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';

import { findRedisServer } from '../../../packages/store-redis/src/testing/find-redis-server.ts';
import {
  type RedisServer,
  startRedisServer,
} from '../../../packages/store-redis/src/testing/start-redis-server.ts';
import { filterChain } from './balancer-plugins.ts';
import { LIMITER, openLimiter, type RateLimit } from './limiter.ts';
import {
  type BalancerTest,
  closeAfterTest,
  openBalancer,
  PATIENT_LIMITS,
  startUpstream,
} from './testing/balancer-test.ts';

const LIMIT = 6;
/** A second that never ends. */
const sources = { nowUnixMs: () => 1_700_000_000_000 };

/** What a balancer answers to so many requests. */
const ask = async (test: BalancerTest, requests: number): Promise<string[]> => {
  const answers: string[] = [];
  for (let sent = 0; sent < requests; sent += 1) {
    const answer = await test.request({});
    answers.push(answer.status === 200 ? '200' : `${answer.status} ${answer.error().code}`);
  }
  return answers;
};

const through = (count: number, refused: number): string[] => [
  ...Array.from({ length: count }, () => '200'),
  ...Array.from({ length: refused }, () => '503 nothing_kept'),
];

/** Where the balancer of a slot keeps its counts, and the number of requests in its newest second. */
const keyOf = (slot: number): string => `limit:${slot}`;
const countOf = (value: Uint8Array | undefined): number =>
  value === undefined ? 0 : Number(Buffer.from(value).readBigUInt64LE(8));

const hostOn = (storage: PluginStorage): PluginHost =>
  closeAfterTest(
    createPluginHost({ functions: loadBalancerFunctions, storage, sources, limits: PATIENT_LIMITS }),
  );

/** Puts a limiter of a host into the chain of a balancer. */
const limit = async (test: BalancerTest, host: PluginHost, settings: RateLimit): Promise<PluginHandle> => {
  const limiter = await openLimiter(closeAfterTest(createOperator({ host })), settings);
  test.use({ filter: createChain(filterChain, [limiter]) });
  return limiter;
};

const open = async (): Promise<BalancerTest> =>
  await openBalancer([await startUpstream((_, reply) => reply.end('here'))]);

const url = findRedisServer();
const STORAGES = url === undefined ? (['memory'] as const) : (['memory', 'Redis'] as const);

describe.each(STORAGES)('a rate limit over storage in %s', (kind) => {
  let server: RedisServer | undefined;
  beforeAll(async () => {
    if (kind === 'Redis') server = await startRedisServer();
  });
  afterAll(async () => await server?.end());

  /** A storage as a balancer opens it: of its own in memory, of the fleet's on Redis. */
  const openStorage = (prefix: string): PluginStorage =>
    closeAfterTest(
      server === undefined
        ? createMemoryStorage()
        : createRedisStorage({ url: server.url, prefix, heartbeatMs: 50, closeTimeoutMs: 5000 }),
    );

  it('serves requests within the limit, and refuses the rest with 503 without a reason', async () => {
    const storage = openStorage(randomUUID());
    const host = hostOn(storage);
    const test = await open();
    await limit(test, host, { requestsPerSecond: LIMIT });
    expect(await ask(test, LIMIT + 3)).toEqual(through(LIMIT, 3));
    expect((await test.request({})).body.toString()).not.toContain('rate');
  });

  it('holds while its plugin is swapped, rolled back, and opened again', async () => {
    const host = hostOn(openStorage(randomUUID()));
    const test = await open();
    const limiter = await limit(test, host, { requestsPerSecond: LIMIT });
    expect(await ask(test, 2)).toEqual(through(2, 0));
    await limiter.swap(readToolchainPlugin('guard-assemblyscript'));
    expect(await ask(test, 2)).toEqual(through(2, 0));
    limiter.rollBack();
    expect(await ask(test, 4)).toEqual(through(2, 2));
    await limiter.close();
    await limit(test, host, { requestsPerSecond: LIMIT });
    expect(await ask(test, 2)).toEqual(through(0, 2));
  });
});

describe.skipIf(url === undefined)('a rate limit of two balancers', () => {
  let server: RedisServer | undefined;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(async () => await server?.end());

  const openMember = (prefix: string): PluginStorage => {
    const { url: redis } = server ?? expect.fail('there is no server');
    return closeAfterTest(createRedisStorage({ url: redis, prefix, heartbeatMs: 50, closeTimeoutMs: 5000 }));
  };

  it('is shared by two balancers once they have synchronised, and survives their end', async () => {
    const prefix = randomUUID();
    const storages = [openMember(prefix), openMember(prefix)] as const;
    const [one, two] = [hostOn(storages[0]), hostOn(storages[1])];
    const [first, second] = [await open(), await open()];
    const slots = { requestsPerSecond: LIMIT, slots: 2 };
    await limit(first, one, { ...slots, slot: 0 });
    await limit(second, two, { ...slots, slot: 1 });
    const seenBySecond = await storages[1].open(LIMITER, { quotaBytes: 1 << 20 });

    expect(await ask(first, 4)).toEqual(through(4, 0));
    await storages[0].close();
    // The second has heard of it all: its own count under its own key is the only one that it adds to.
    await vi.waitFor(() => expect(countOf(seenBySecond.get(keyOf(0)))).toBe(4), { timeout: 20_000 });
    expect(await ask(second, 4)).toEqual(through(2, 2));

    // The first comes back, as after a restart: it goes on from what both had counted.
    await one.close();
    await storages[1].close();
    const again = openMember(prefix);
    const restarted = hostOn(again);
    await limit(first, restarted, { ...slots, slot: 0 });
    expect(await ask(first, 2)).toEqual(through(0, 2));
  });
});
