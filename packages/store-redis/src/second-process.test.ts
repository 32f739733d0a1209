import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { findRedisServer } from './testing/find-redis-server.ts';
import { createFleet, SCOPE } from './testing/open-fleet.ts';
import {
  buildMemberProgram,
  startMemberProcess,
  type MemberProgram,
} from './testing/start-member-process.ts';
import { startRedisServer, type RedisServer } from './testing/start-redis-server.ts';
import { bytesOf, eventually, textOf } from './testing/values.ts';

describe.skipIf(findRedisServer() === undefined)('a store and a second process', () => {
  let server: RedisServer | undefined;
  let program: MemberProgram | undefined;
  beforeAll(async () => {
    server = await startRedisServer();
    program = await buildMemberProgram();
  });
  afterAll(async () => {
    program?.end();
    await server?.end();
  });
  const join = createFleet();

  const rig = (): { readonly url: string; readonly program: MemberProgram } => {
    if (server === undefined || program === undefined) return expect.unreachable('not started');
    return { url: server.url, program };
  };

  it('read each other’s values, and the process exits when its storage is closed', async () => {
    const { url, program: member } = rig();
    const prefix = randomUUID();
    const { store } = await join(url, { prefix, quotaBytes: 1000 });
    const other = await startMemberProcess(member, { url, prefix, quotaBytes: 1000 });
    expect(await other.ask('put', 'a', 'from there')).toBe('stored');
    await eventually(() => expect(textOf(store.get('a'))).toBe('from there'));
    expect(store.put('a', bytesOf('from here'))).toBe('stored');
    let seen: unknown;
    for (let tries = 0; tries < 10_000 && seen !== 'from here'; tries += 1)
      seen = await other.ask('get', 'a');
    expect(seen).toBe('from here');
    expect(await other.ask('put', 'last', 'word')).toBe('stored');
    expect(await other.ask('close')).toBe('closed');
    expect(await other.exit).toBe(0);
    await eventually(() => expect(textOf(store.get('last'))).toBe('word'));
  });

  it('flush and exit when the parent process ends', async () => {
    const { url, program: member } = rig();
    const prefix = randomUUID();
    const other = await startMemberProcess(member, { url, prefix, quotaBytes: 1000 });
    expect(await other.ask('put', 'last', 'word')).toBe('stored');
    other.hangUp();
    expect(await other.exit).toBe(0);
    const { store } = await join(url, { prefix, quotaBytes: 1000 });
    expect(textOf(store.get('last'))).toBe('word');
  });

  it('free the lease of a process that was killed', async () => {
    const { url, program: member } = rig();
    const prefix = randomUUID();
    const other = await startMemberProcess(member, { url, prefix, quotaBytes: 1000, leaseMs: 1000 });
    const { store } = await join(url, { prefix, quotaBytes: 1000, leaseMs: 1000 });
    await other.kill();
    expect(await other.exit).toBe('SIGKILL');
    await eventually(() => expect(store.put('a', new Uint8Array(1000 - `${SCOPE}:a`.length))).toBe('stored'));
  });

  it('exit if the server is gone', async () => {
    const { program: member } = rig();
    const doomed = await startRedisServer();
    onTestFinished(doomed.end);
    const other = await startMemberProcess(member, {
      url: doomed.url,
      prefix: randomUUID(),
      quotaBytes: 1000,
      closeTimeoutMs: 500,
    });
    await doomed.kill();
    expect(await other.ask('put', 'a', 'never')).toBe('stored');
    expect(await other.ask('close')).toBe('not_flushed');
    expect(await other.exit).toBe(0);
  });
});
