import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';

import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { createRedisStorage } from './create-redis-storage.ts';
import { findRedisServer } from './testing/find-redis-server.ts';
import { createFleet, createTestStorage, SCOPE, type Member } from './testing/open-fleet.ts';
import { startProxy } from './testing/start-proxy.ts';
import { startRedisServer, type RedisServer } from './testing/start-redis-server.ts';
import { bytesOf, eventually, textOf } from './testing/values.ts';

const QUOTA = { quotaBytes: 1000 };
const SECRET = 'hunter2-do-not-show';

const stateOf = ({ storage }: Member) => storage.health().scopes[SCOPE];

const isQuiet = (member: Member): void =>
  expect(stateOf(member)).toMatchObject({ unconfirmedWrites: 0, staleMs: 0 });

/** Returns the error of a promise that must reject. */
const failureOf = (promise: Promise<unknown>): Promise<Error & { code: string }> =>
  promise.then(
    () => expect.unreachable('it resolved'),
    (error: unknown) => error as Error & { code: string },
  );

describe.skipIf(findRedisServer() === undefined)('a store whose server goes away', () => {
  let server: RedisServer;
  beforeEach(async () => {
    server = await startRedisServer();
    // Runs after the storages of the test were closed.
    onTestFinished(server.end);
  });
  const join = createFleet();

  it('serves its replica, acknowledges writes until the lease expires, and then refuses them', async () => {
    const member = await join(server.url, { leaseMs: 3000 });
    expect(member.store.put('a', bytesOf('one'))).toBe('stored');
    await eventually(() => isQuiet(member));
    const killed = server.kill();
    expect(textOf(member.store.get('a'))).toBe('one');
    // In the same turn, since the lease runs from the last answer.
    expect(member.store.put('b', bytesOf('two'))).toBe('stored');
    await killed;
    expect(textOf(member.store.get('b'))).toBe('two');
    await eventually(() => expect(member.store.put('b', bytesOf('three'))).toBe('unavailable'));
    expect(textOf(member.store.get('a'))).toBe('one');
    expect(stateOf(member)?.staleMs).toBeGreaterThan(0);
    expect(member.storage.health().connected).toBe(false);
  });

  it('accepts no more writes than fit in its backlog', async () => {
    const member = await join(server.url, { backlogBytes: 100 });
    await server.kill();
    expect(member.store.put('a', new Uint8Array(60))).toBe('stored');
    expect(member.store.put('b', new Uint8Array(60))).toBe('unavailable');
    // Another write to the same key replaces the waiting one.
    expect(member.store.put('a', new Uint8Array(70))).toBe('stored');
  });

  it.each(['empty', 'with its data'])('sends waiting writes when the server is back %s', async (how) => {
    const member = await join(server.url, { leaseMs: 60_000 });
    expect(member.store.put('kept', bytesOf('one'))).toBe('stored');
    await eventually(() => isQuiet(member));
    if (how !== 'empty') await server.run('SAVE');
    await server.kill();
    expect(member.store.put('waits', bytesOf('two'))).toBe('stored');
    expect(member.store.put('kept', bytesOf('three'))).toBe('stored');
    await server.restart();
    await eventually(() => isQuiet(member));
    const other = await join(server.url);
    expect(textOf(other.store.get('waits'))).toBe('two');
    expect(textOf(other.store.get('kept'))).toBe('three');
    expect(stateOf(member)?.lostWrites).toBe(0);
    expect(other.store.put('kept', bytesOf('four'))).toBe('stored');
    await eventually(() => expect(textOf(member.store.get('kept'))).toBe('four'));
  });

  it('drops values that a server lost when it comes back empty', async () => {
    const member = await join(server.url);
    expect(member.store.put('a', bytesOf('one'))).toBe('stored');
    await eventually(() => isQuiet(member));
    await server.kill();
    await server.restart();
    await eventually(() => expect(member.store.get('a')).toBeUndefined());
    await eventually(() => expect(member.store.put('b', new Uint8Array(9990))).toBe('stored'));
  });

  it('notices a FLUSHALL, and a value that another program removed', async () => {
    const prefix = 'flushed';
    const [one, two] = [await join(server.url, { prefix }), await join(server.url, { prefix })];
    expect(one.store.put('a', bytesOf('one'))).toBe('stored');
    await eventually(() => expect(textOf(two.store.get('a'))).toBe('one'));
    await server.run('FLUSHALL');
    await eventually(() => {
      expect(one.store.get('a')).toBeUndefined();
      expect(two.store.get('a')).toBeUndefined();
    });
    // The first client to load after the flush leases the whole quota, until the other asks for its share.
    await eventually(() => expect(one.store.put('a', bytesOf('two'))).toBe('stored'));
    await eventually(() => expect(one.store.put('b', bytesOf('two'))).toBe('stored'));
    await eventually(() => expect(textOf(two.store.get('b'))).toBe('two'));
    await server.run('HDEL', `${prefix}:{${SCOPE}}:values`, 'a');
    await eventually(() => {
      expect(one.store.get('a')).toBeUndefined();
      expect(two.store.get('a')).toBeUndefined();
      expect(textOf(two.store.get('b'))).toBe('two');
    });
  });

  it('works again after a server hung', async () => {
    const member = await join(server.url, { leaseMs: 4000, timeoutMs: 2000 });
    expect(member.store.put('a', bytesOf('one'))).toBe('stored');
    await eventually(() => isQuiet(member));
    server.pause();
    expect(member.store.put('a', bytesOf('two'))).toBe('stored');
    await eventually(() => expect(member.storage.health().connected).toBe(false));
    await eventually(() => expect(member.store.put('a', bytesOf('two'))).toBe('unavailable'));
    expect(textOf(member.store.get('a'))).toBe('two');
    server.resume();
    await eventually(() => isQuiet(member));
    expect(textOf((await join(server.url)).store.get('a'))).toBe('two');
    expect(stateOf(member)?.lostWrites).toBe(0);
  });

  it('closes in time if the server hangs', async () => {
    const member = await join(server.url, { closeTimeoutMs: 200, timeoutMs: 2000 });
    server.pause();
    expect(member.store.put('a', bytesOf('one'))).toBe('stored');
    expect(await failureOf(member.store.close())).toMatchObject({
      name: 'RedisStorageError',
      code: 'not_flushed',
      message: expect.stringMatching(/^1 acknowledged writes/),
    });
    server.resume();
  });

  it('opens the breaker if the server answers with errors, and recovers', async () => {
    const prefix = 'broken';
    const member = await join(server.url, { prefix, breaker: { firstBackoffMs: 50, longestBackoffMs: 100 } });
    expect(member.store.put('a', bytesOf('one'))).toBe('stored');
    await eventually(() => isQuiet(member));
    const key = `${prefix}:{${SCOPE}}:values`;
    await server.run('SET', key, 'something else');
    expect(member.store.put('b', bytesOf('two'))).toBe('stored');
    await eventually(() => expect(member.storage.health().breaker).not.toBe('closed'));
    expect(textOf(member.store.get('b'))).toBe('two');
    await server.run('DEL', key);
    await eventually(() => isQuiet(member));
    expect(member.storage.health().breaker).toBe('closed');
    expect(textOf((await join(server.url, { prefix })).store.get('b'))).toBe('two');
  });

  it('keeps writes until a server that is out of memory accepts them', async () => {
    const member = await join(server.url, { breaker: { longestBackoffMs: 100, firstBackoffMs: 50 } });
    await server.run('CONFIG', 'SET', 'maxmemory', '1');
    expect(member.store.put('a', bytesOf('one'))).toBe('stored');
    await eventually(() => expect(stateOf(member)?.staleMs).toBeGreaterThan(0));
    await server.run('CONFIG', 'SET', 'maxmemory', '0');
    await eventually(() => isQuiet(member));
    expect(stateOf(member)?.lostWrites).toBe(0);
  });

  it.each([
    ['after an absence longer than the lease', 2000, false],
    ['where somebody deleted the leases', 60_000, true],
  ])('reports acknowledged writes that were refused %s', async (_when, leaseMs, isDeleted) => {
    const proxy = await startProxy(server.port);
    const lines: object[] = [];
    const write = (fields: object, message: string): void => void lines.push({ ...fields, message });
    const logger = { trace: write, debug: write, info: write, warn: write, error: write };
    const member = await join(proxy.url, { ...QUOTA, prefix: 'late', leaseMs, logger });
    proxy.cut();
    // In the same turn, since the lease runs from the last answer.
    expect(member.store.put('mine', new Uint8Array(400))).toBe('stored');
    await eventually(() => expect(member.storage.health().connected).toBe(false));
    if (isDeleted) await server.run('DEL', `late:{${SCOPE}}:leases`);
    const other = await join(server.url, { ...QUOTA, prefix: 'late' });
    await eventually(() => expect(other.store.put('theirs', new Uint8Array(900))).toBe('stored'));
    await eventually(() => isQuiet(other));
    proxy.mend();
    await eventually(() => isQuiet(member));
    expect(stateOf(member)?.lostWrites).toBe(1);
    expect(member.store.get('mine')).toBeUndefined();
    expect(member.store.get('theirs')).toHaveLength(900);
    expect(lines).toContainEqual({
      target: 'cc_lb_plugin.storage',
      plugin: SCOPE,
      writes: 1,
      message: 'acknowledged writes were lost: the lease had lapsed',
    });
    expect(await failureOf(member.store.close())).toMatchObject({ code: 'not_flushed' });
  });

  it('keeps acknowledged writes if the connection is lost for less than the lease', async () => {
    const proxy = await startProxy(server.port);
    const member = await join(proxy.url, { leaseMs: 60_000 });
    const other = await join(server.url);
    for (let step = 0; step < 12; step += 1) {
      expect(member.store.put(`key-${step}`, bytesOf(`${step}`))).toBe('stored');
      if (step % 2 === 0) await new Promise((resolve) => void setImmediate(resolve));
      proxy.cut();
      expect(other.store.put('other', bytesOf(`${step}`))).toBe('stored');
      proxy.mend();
      await eventually(() => isQuiet(member));
    }
    await eventually(() => {
      for (let step = 0; step < 12; step += 1) {
        expect(textOf(other.store.get(`key-${step}`))).toBe(`${step}`);
      }
      expect(textOf(member.store.get('other'))).toBe('11');
    });
    expect(stateOf(member)?.lostWrites).toBe(0);
  });
});

describe.skipIf(findRedisServer() === undefined)('opening a store', () => {
  let server: RedisServer;
  beforeEach(async () => {
    server = await startRedisServer('--requirepass', SECRET);
    onTestFinished(server.end);
  });
  const join = createFleet();
  const withPassword = (password: string): string => `redis://:${password}@127.0.0.1:${server.port}`;

  it.each([
    ['no password', () => `redis://127.0.0.1:${server.port}`],
    ['a wrong password', () => withPassword(`${SECRET}x`)],
    ['an unknown user', () => `redis://nobody:${SECRET}@127.0.0.1:${server.port}`],
  ])('is refused with %s, immediately and without showing it', async (_what, url) => {
    const error = await failureOf(join(url(), { timeoutMs: 20_000 }));
    expect(error).toMatchObject({ name: 'RedisStorageError', code: 'refused' });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET);
  });

  it('needs only the ACL that the README shows', async () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const [, rules = ''] = /user plugwire on >… ([^`]+)/.exec(readme) ?? [];
    await server.run('ACL', 'SETUSER', 'plugwire', 'on', `>${SECRET}`, ...rules.trim().split(/\s+/));
    const limited = createTestStorage({
      url: `redis://plugwire:${SECRET}@127.0.0.1:${server.port}`,
      prefix: 'plugwire',
      ttlMs: 1,
      leaseMs: 2000,
      heartbeatMs: 20,
    });
    const store = await limited.open('keeper', QUOTA);
    expect(store.put('a', bytesOf('one'))).toBe('stored');
    // Written, expired, swept, and given back.
    await eventually(() => expect(store.put('b', new Uint8Array(700))).toBe('stored'));
    await eventually(() => expect(store.put('c', new Uint8Array(700))).toBe('stored'));
    await limited.close();
  });

  it('rejects with wrong_type if another program uses its keys', async () => {
    const storage = createTestStorage({ url: withPassword(SECRET), prefix: 'taken' });
    await storage.open('free', QUOTA);
    await server.run('SET', 'taken:{keeper}:leases', 'x');
    await expect(storage.open('keeper', QUOTA)).rejects.toMatchObject({ code: 'wrong_type' });
  });

  it('rejects if no server answers, or if the server hangs', async () => {
    const url = withPassword(SECRET);
    server.pause();
    const hanging = await failureOf(join(url, { timeoutMs: 200 }));
    server.resume();
    await server.kill();
    const gone = await failureOf(join(url, { timeoutMs: 200 }));
    for (const error of [hanging, gone]) {
      expect(error).toMatchObject({ code: 'unreachable' });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET);
    }
  });

  it('can be tried again after it failed', async () => {
    const url = withPassword(SECRET);
    await server.kill();
    const storage = createTestStorage({ url, timeoutMs: 2000 });
    await expect(storage.open('keeper', QUOTA)).rejects.toMatchObject({ code: 'unreachable' });
    await server.restart();
    await eventually(() => expect(storage.health().connected).toBe(true));
    const store = await storage.open('keeper', QUOTA);
    expect(store.put('a', bytesOf('one'))).toBe('stored');
  });
});

describe('options of storage on Redis', () => {
  it.each([
    ['an invalid URL', { url: `redis://:${SECRET}@[bad` }],
    ['a URL with another protocol', { url: `http://:${SECRET}@localhost` }],
    ['a prefix with braces', { prefix: 'a{b}' }],
    ['an empty prefix', { prefix: '' }],
    ['a lease of no time', { leaseMs: 0 }],
    ['an endless heartbeat', { heartbeatMs: Infinity }],
    ['a negative backlog', { backlogBytes: -1 }],
    ['a misspelt name', { ttl: 1000, url: `redis://:${SECRET}@localhost` }],
    ['a misspelt name for the breaker', { breaker: { windowsMs: 1000 } }],
    ['a breaker of no window', { breaker: { windowMs: 0 } }],
    ['a misspelt name for the client', { client: { pasword: SECRET } }],
  ])('are refused with %s, without showing it', (_what, options: object) => {
    let error: unknown;
    try {
      createRedisStorage(options);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ name: 'PlugwireUsageError', code: 'bad_option' });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET);
  });
});
