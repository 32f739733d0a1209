import { once } from 'node:events';
import type { Socket } from 'node:net';

import { answeringPlugin, failingPlugin } from '@plugwire/testing';
import {
  guardedInterceptFunctions,
  guardedStreamData,
  interceptFunctions,
  pluginInfo,
  streamData,
  streamOpen,
} from '@plugwire/wire/intercept';
import type { ResponseOf } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';

import type { ProxyLimits } from './proxy-limits.ts';
import {
  openProxy,
  type ProxyTest,
  readAll,
  readUntil,
  startTcpServer,
  type TestPlugin,
  untilClosed,
  untilUnchanged,
} from './testing/proxy-test.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Sends back every byte, and ends when its client does. */
const echo = (socket: Socket): void => {
  socket.pipe(socket);
};

type Action = ResponseOf<typeof streamData>['action'];

/** A plugin that returns the same action for every chunk. It has no `plugin_info`, so it sees each chunk once. */
const saying = async (action: Action, state: Uint8Array | null = null): Promise<TestPlugin> => ({
  source: await answeringPlugin(streamData, { action, state }, { alongside: [streamOpen] }),
});

const guarding = async (action: Action): Promise<TestPlugin> => ({
  source: await answeringPlugin(guardedStreamData, { action, state: null }),
  isGuard: true,
});

const openStream = async (
  plugins: readonly TestPlugin[],
  onSocket: (socket: Socket) => void = echo,
  limits: Partial<ProxyLimits> = {},
): Promise<{ readonly test: ProxyTest; readonly client: Socket }> => {
  const upstream = await startTcpServer(onSocket);
  const test = await openProxy(plugins, { listeners: [{ upstream }], limits });
  return { test, client: await test.stream() };
};

const HOLD: Action = { kind: 'hold', release_ms: null };
const PASS: Action = { kind: 'pass' };

describe('a stream', () => {
  it('carries both directions, and passes a half-close on', async () => {
    const { client } = await openStream([await saying(PASS)], (socket) => {
      void readAll(socket).then((got) => socket.end(`got ${got}`));
    });
    client.end('all of it');
    expect(await readAll(client)).toBe('got all of it');
  });

  it('still carries data of the client after the server has ended', async () => {
    const received: string[] = [];
    const { client } = await openStream([await saying(PASS)], (socket) => {
      socket.end('bye');
      void readAll(socket).then((got) => received.push(got));
    });
    expect(await readAll(client)).toBe('bye');
    client.end('still here');
    await untilClosed(client);
    await expect.poll(() => received).toStrictEqual(['still here']);
  });

  it('carries single bytes', async () => {
    const { client } = await openStream([await saying(PASS)], echo, { chunkBytes: 1 });
    client.end('one by one');
    expect(await readAll(client)).toBe('one by one');
  });

  it('slows the sender down if the receiver does not read', async () => {
    let accepted: Socket | undefined;
    const { client } = await openStream([await saying(PASS)], (socket) => {
      accepted = socket.pause();
    });
    const size = 64 << 20;
    client.end(Buffer.alloc(size));
    const sent = (): number => client.bytesWritten - client.writableLength;
    await untilUnchanged(sent);
    expect(sent()).toBeLessThan(size / 2);
    let received = 0;
    accepted?.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    accepted?.resume();
    await once(accepted as Socket, 'end');
    expect(received).toBe(size);
  });

  it.each(['client', 'server'])('resets the other side when the %s resets', async (who) => {
    let accepted: Socket | undefined;
    const { client } = await openStream([await saying(PASS)], (socket) => {
      accepted = socket;
      socket.write('hello');
    });
    await readUntil(client, 'hello');
    const [from, to] = (who === 'client' ? [client, accepted] : [accepted, client]) as [Socket, Socket];
    const lost = once(to, 'error');
    from.resetAndDestroy();
    expect(await lost).toMatchObject([{ code: 'ECONNRESET' }]);
  });

  it('is reset when no data is transferred for streamIdleMs', async () => {
    const { client } = await openStream([], () => {}, { streamIdleMs: 50 });
    expect(await once(client, 'error')).toMatchObject([{ code: 'ECONNRESET' }]);
  });

  it('is closed at once if the server does not listen', async () => {
    const test = await openProxy([], { listeners: [{ upstream: '127.0.0.1:1' }] });
    expect(await readAll(await test.stream())).toBe('');
  });
});

describe('CONNECT', () => {
  it('opens a tunnel, and forwards bytes that came with the request', async () => {
    const upstream = await startTcpServer(echo);
    const test = await openProxy([await saying(PASS)], { targets: { allowed: [upstream] } });
    const socket = await test.socket();
    socket.end(`CONNECT ${upstream} HTTP/1.1\r\nHost: ${upstream}\r\n\r\nearly`);
    const got = await readAll(socket);
    expect(got.startsWith('HTTP/1.1 200 ')).toBe(true);
    expect(got.endsWith('\r\n\r\nearly')).toBe(true);
  });

  it.each([
    ['a port that is not allowed', '127.0.0.1:22', 403],
    ['an address that is not public', '10.0.0.1:443', 403],
    ['a name of such an address', 'localhost:443', 403],
    ['the IPv6 loopback address', '[::1]:443', 403],
    ['an IPv4 address in IPv6 form', '[::ffff:127.0.0.1]:443', 403],
    ['no port', 'example.com', 400],
    ['a URL', 'http://example.com/', 400],
    ['a port above 65535', 'example.com:99999', 400],
  ])('refuses %s', async (_, authority, status) => {
    const test = await openProxy([], {
      targets: { forbiddenNetworks: ['10.0.0.0/8', '127.0.0.0/8', '::1/128'] },
    });
    const { head } = await test.tunnel(authority);
    expect(head).toContain(`HTTP/1.1 ${status} `);
  });

  it('refuses every network that is not public by default', async () => {
    const test = await openProxy([], { targets: { forbiddenNetworks: undefined as never } });
    for (const authority of ['192.168.0.1:443', '169.254.169.254:443', '[fd00::1]:443', '0.0.0.0:443'])
      expect((await test.tunnel(authority)).head).toContain(' 403 ');
  });

  it('is refused by a plugin before the server is reached', async () => {
    const upstream = await startTcpServer(() => expect.fail('expected no connection'));
    const action = { kind: 'close', reason: 'no' } as const;
    const source = await answeringPlugin(streamOpen, { action, state: null });
    const test = await openProxy([{ source }], { targets: { allowed: [upstream] } });
    expect((await test.tunnel(upstream)).head).toContain(' 403 ');
  });

  it('is refused if there are too many streams', async () => {
    const upstream = await startTcpServer(echo);
    const test = await openProxy([], { targets: { allowed: [upstream] }, limits: { streams: 1 } });
    expect((await test.tunnel(upstream)).head).toContain(' 200 ');
    expect((await test.tunnel(upstream)).head).toContain(' 503 ');
  });
});

describe('a plugin that sees a chunk', () => {
  it('replaces it', async () => {
    const { client } = await openStream([await saying({ kind: 'replace', chunk: bytes('x'), held: null })]);
    client.write('abc');
    expect(await readUntil(client, 'x')).toBe('x');
  });

  it('replaces it with nothing', async () => {
    const { client } = await openStream([await saying({ kind: 'replace', chunk: bytes(''), held: null })]);
    client.end('abc');
    expect(await readAll(client)).toBe('');
  });

  it('closes the stream', async () => {
    const { client } = await openStream([await saying({ kind: 'close', reason: 'enough' })]);
    client.write('abc');
    await untilClosed(client);
    expect(client.destroyed).toBe(true);
  });

  it('holds it back until the end', async () => {
    const { client } = await openStream([await saying(HOLD)]);
    client.end('abc');
    expect(await readAll(client)).toBe('abc');
  });

  it('holds it back for the time that it sets, and bytes stay in order', async () => {
    const plugin = await saying({ kind: 'hold', release_ms: 20 });
    const { client } = await openStream([plugin, plugin], echo, { heldMs: 60_000, chunkBytes: 2 });
    client.write('abcdef');
    expect(await readUntil(client, 'abcdef')).toBe('abcdef');
  });

  it('cannot hold it back for longer than the proxy allows', async () => {
    const { client } = await openStream([await saying({ kind: 'hold', release_ms: 4_000_000_000 })], echo, {
      heldMs: 20,
    });
    client.write('abc');
    expect(await readUntil(client, 'abc')).toBe('abc');
  });

  it('cannot hold back more than the proxy allows', async () => {
    const { client } = await openStream([await saying(HOLD)], echo, { heldMs: 60_000, heldBytes: 10 });
    client.write('more than ten bytes');
    expect(await readUntil(client, 'bytes')).toBe('more than ten bytes');
  });

  it.each([
    ['for too long', { heldMs: 20 }],
    ['too much', { heldMs: 60_000, heldBytes: 2 }],
  ])('causes the stream to close if it is a guard and holds back %s', async (_, limits) => {
    const received: string[] = [];
    const { client } = await openStream(
      [await guarding(HOLD)],
      (socket) => socket.on('data', (chunk: Buffer) => received.push(chunk.toString())),
      limits,
    );
    client.write('abc');
    await untilClosed(client);
    expect(received).toStrictEqual([]);
  });

  it('has held data released at the time that it set, also if it is a guard', async () => {
    const { client } = await openStream([await guarding({ kind: 'hold', release_ms: 5 })], echo);
    client.write('abc');
    expect(await readUntil(client, 'abc')).toBe('abc');
  });

  it('cannot keep more state than the proxy allows', async () => {
    const { client, test } = await openStream([await saying(PASS, new Uint8Array(100))], echo, {
      stateBytes: 10,
    });
    client.write('abc');
    expect(await readUntil(client, 'abc')).toBe('abc');
    expect(test.logs.text()).toContain('returned too much state');
  });
});

describe('a plugin of a stream', () => {
  const replace: Action = { kind: 'replace', chunk: bytes('.'), held: null };
  const info = { name: 'n', version: '1', author: '', url: '', platform: '', protocols: [] };
  const seeing = async (parts: object): Promise<TestPlugin> => ({
    source: await answeringPlugin(
      pluginInfo,
      {
        ...info,
        direction: 'ingress',
        side: 'any',
        can_handle_http_forward: true,
        can_handle_tunnel: true,
        ...parts,
      } as never,
      { alongside: [] },
    ),
  });

  it('sees no chunks of a protocol that it does not list', async () => {
    const upstream = await startTcpServer(echo);
    const plugin = await seeing({ protocols: ['postgresql'] });
    const test = await openProxy([plugin], { listeners: [{ upstream, protocol: 'redis' }] });
    const client = await test.stream();
    client.end('abc');
    expect(await readAll(client)).toBe('abc');
    expect(test.logs.text()).not.toContain('not_negotiated');
  });

  it('sees chunks in the order of the chain', async () => {
    const { client } = await openStream([
      await saying({ ...replace, chunk: bytes('first') }),
      await saying({ ...replace, chunk: bytes('second') }),
    ]);
    client.write('abc');
    expect(await readUntil(client, 'second')).toBe('second');
  });
});

describe('a plugin that fails for a chunk', () => {
  const FAILURES = [
    { stage: 'plugin_call', code: 'unreachable' },
    { stage: 'plugin_call', code: 'deadline' },
    { stage: 'deserialize_response', code: 'empty_output' },
    { stage: 'response_decode', code: 'schema_mismatch' },
  ] as const;

  it.each(FAILURES)('is skipped for the rest of the stream: $code', async (failure) => {
    const alongside = interceptFunctions.filter((contract) => contract !== streamData);
    const { client, test } = await openStream([
      { source: await failingPlugin(streamData, failure, { alongside }) },
    ]);
    client.write('abc');
    expect(await readUntil(client, 'abc')).toBe('abc');
    client.end('def');
    expect(await readAll(client)).toBe('def');
    expect(
      test.logs.lines({ target: 'proxy' }).filter(({ msg }) => msg.includes('a plugin failed')),
    ).toHaveLength(1);
  });

  it.each(FAILURES)('causes the stream to close if it is a guard: $code', async (failure) => {
    const alongside = guardedInterceptFunctions.filter((contract) => contract !== guardedStreamData);
    const source = await failingPlugin(guardedStreamData, failure, { alongside });
    const received: string[] = [];
    const { client } = await openStream([{ source, isGuard: true }], (socket) =>
      socket.on('data', (chunk: Buffer) => received.push(chunk.toString())),
    );
    client.write('abc');
    await untilClosed(client);
    expect(received).toStrictEqual([]);
  });

  it('prevents streams from opening if it is a guard and is closed', async () => {
    const upstream = await startTcpServer(() => expect.fail('expected no connection'));
    const test = await openProxy([await guarding(PASS)], { listeners: [{ upstream }] });
    await test.plugins[0]?.handle.close();
    expect(await readAll(await test.stream())).toBe('');
  });

  it('keeps its old version for open streams after a swap', async () => {
    const { client, test } = await openStream([
      await saying({ kind: 'replace', chunk: bytes('old'), held: null }),
    ]);
    client.write('abc');
    expect(await readUntil(client, 'old')).toBe('old');
    const { source } = await saying({ kind: 'replace', chunk: bytes('new'), held: null });
    await test.plugins[0]?.handle.swap(source as Uint8Array);
    client.write('abc');
    expect(await readUntil(client, 'old')).toBe('old');
    const other = await test.stream();
    other.write('abc');
    expect(await readUntil(other, 'new')).toBe('new');
  });
});
