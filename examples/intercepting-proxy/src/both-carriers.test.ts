import { once } from 'node:events';
import { createServer } from 'node:net';

import { createOperator } from '@plugwire/operate';
import { faultPlugin } from '@plugwire/process';
import { createPluginHost } from '@plugwire/runtime';
import { answeringPlugin, createLogSpy } from '@plugwire/testing';
import { interceptFunctions, streamData, streamOpen } from '@plugwire/wire/intercept';
import { Client } from 'pg';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { buildFaultModules, startFaultPython } from '../../../packages/process/src/testing/fault-python.ts';
import { type Answers, openFaultServer } from '../../../packages/process/src/testing/fault-server.ts';
import { findPython } from '../../../packages/process/src/testing/toolchains.ts';
import type { InterceptPlugin } from './intercept-plugin.ts';
import { readExamplePlugin } from './proxy-plugins.ts';
import { startProxy } from './proxy.ts';
import {
  afterTest,
  openProxy,
  readAll,
  readUntil,
  startServer,
  startTcpServer,
  untilClosed,
} from './testing/proxy-test.ts';
import { postgresqlFolder, startPostgresql } from './measure/start-postgresql.ts';

const QUICK = { healthIntervalMs: 50, reconnect: { firstMs: 10, longestMs: 50 } };
const PATIENT = { timeout: 20_000 };
const text = (value: unknown): string => Buffer.from(value as Uint8Array).toString();

const grpc = async (answers: Answers) => ({
  source: faultPlugin({ ...QUICK, address: (await openFaultServer(answers)).address }),
});
const shout: Answers = {
  ProcessTunnelData: ({ chunk, direction }) =>
    direction === 0
      ? { replace: { modified_chunk: Buffer.from(text(chunk).toUpperCase()) } }
      : { pass_through: {} },
};
/** A module that replaces every chunk with this text. */
const module = async (chunk: string) => ({
  source: await answeringPlugin(
    streamData,
    { action: { kind: 'replace', chunk: Buffer.from(chunk), held: null }, state: null },
    { alongside: [streamOpen] },
  ),
});
const echo = async (): Promise<string> => await startTcpServer((socket) => void socket.pipe(socket));

describe('a chain of a module and a gRPC plugin', () => {
  it('shows each plugin the chunks of the one before it', async () => {
    const upstream = await echo();
    const { stream } = await openProxy([await module('from the module'), await grpc(shout)], {
      listeners: [{ upstream }],
    });
    const client = await stream();
    client.end('hello');
    expect(await readAll(client)).toContain('FROM THE MODULE');
  });

  it('shows each plugin the requests and responses of the one before it', async () => {
    const server = await startServer((incoming, reply) => {
      reply.setHeader('x-seen', incoming.headers['x-seen-by'] ?? '');
      reply.end(incoming.url);
    });
    const { request } = await openProxy([
      { source: readExamplePlugin('echo') },
      await grpc({
        ProcessHttpRequest: ({ request: seen }) => {
          const { path, headers } = seen as { path: string; headers: { name: string }[] };
          const isMarked = headers.some(({ name }) => name === 'x-seen-by');
          return { modified_request: { path: `${path}?marked=${isMarked}`, headers } };
        },
        ProcessHttpResponse: ({ response: seen }) =>
          text((seen as { body: Uint8Array }).body).startsWith('/forbidden')
            ? { action: 1, abort_response: { status_code: 451, body: Buffer.from('from gRPC') } }
            : {},
      }),
    ]);
    expect(await request(`${server}/a`)).toMatchObject({ status: 200, body: '/a?marked=true' });
    expect(await request(`${server}/forbidden`)).toMatchObject({ status: 451, body: 'from gRPC' });
    expect(await request(`${server}/echo`, { method: 'POST', body: 'hi' })).toMatchObject({ body: 'hi' });
  });
});

describe('a gRPC plugin in a stream', () => {
  it('can hold a chunk back and release it with the next one', async () => {
    const kept: Buffer[] = [];
    const upstream = await echo();
    const { stream } = await openProxy(
      [
        await grpc({
          ProcessTunnelData: ({ chunk, direction }) => {
            if (direction !== 0) return { pass_through: {} };
            kept.push(Buffer.from(chunk as Uint8Array));
            if (!text(chunk).endsWith('\n')) return { buffer: { estimated_time_to_release_ms: 0 } };
            return { replace: { modified_chunk: Buffer.concat([Buffer.from('line: '), ...kept.splice(0)]) } };
          },
          GetPluginInfo: () => ({ name: 'lines', direction: 0, side: 0 }),
        }),
      ],
      { listeners: [{ upstream }], limits: { heldMs: 20_000 } },
    );
    const client = await stream();
    client.write('hel');
    await vi.waitFor(() => expect(kept.length).toBe(1), PATIENT);
    client.end('lo\n');
    expect(await readAll(client)).toBe('line: hello\n');
  });

  it.each([
    ['the time that it returned', 20],
    ['the time limit of the host', 0],
  ])(
    'cannot hold bytes back permanently: they are released after %s',
    async (_, estimated_time_to_release_ms) => {
      const upstream = await echo();
      const plugin = await grpc({ ProcessTunnelData: () => ({ buffer: { estimated_time_to_release_ms } }) });
      const { stream } = await openProxy([plugin], { listeners: [{ upstream }], limits: { heldMs: 100 } });
      const client = await stream();
      client.write('hello');
      expect(await readUntil(client, 'hello')).toBe('hello');
      client.end();
    },
  );

  it('can close the stream', async () => {
    const upstream = await echo();
    const plugin = await grpc({ ProcessTunnelData: () => ({ close: { reason: 'no' } }) });
    const { stream } = await openProxy([plugin], { listeners: [{ upstream }] });
    const client = await stream();
    client.write('hello');
    await untilClosed(client);
  });

  it.each([
    ['returns no action', () => ({})],
    ['fails with a gRPC status', () => 'fails' as const],
    ['does not respond', () => undefined],
  ])('is skipped for the rest of the stream if it %s', async (_, answer) => {
    const upstream = await echo();
    const server = await openFaultServer({ ProcessTunnelData: answer });
    const source = faultPlugin({ ...QUICK, address: server.address });
    const { stream } = await openProxy([{ source }], { listeners: [{ upstream }], limits: { callMs: 200 } });
    const client = await stream();
    client.write('hello');
    expect(await readUntil(client, 'hello')).toBe('hello');
    client.end(' again');
    expect(await readAll(client)).toBe(' again');
    expect(server.calls['ProcessTunnelData']).toBe(1);
  });
});

describe('gRPC plugins with addresses', () => {
  const openByAddress = async (addresses: readonly string[]) => {
    const { logger } = createLogSpy();
    const host = createPluginHost({ functions: interceptFunctions, logger, limits: { deadlineMs: 5_000 } });
    const operator = createOperator({ host, logger });
    const plugins = await Promise.all(
      addresses.map(async (address, at): Promise<InterceptPlugin> => {
        const handle = operator.open(`grpc-${at}`);
        await handle.swap(faultPlugin({ ...QUICK, address }));
        return { handle, isGuard: false };
      }),
    );
    const proxy = await startProxy({
      plugins: () => plugins,
      logger,
      targets: { forbiddenNetworks: [] },
      limits: { callMs: 5_000, drainMs: 0 },
    });
    afterTest(async () => {
      await proxy.close();
      await operator.close();
      await host.close();
    });
    return proxy;
  };

  it('run in order, are skipped while they are not running, and join when they start', async () => {
    const server = await startServer((incoming, reply) => void reply.end(incoming.url));
    const add = (word: string): Answers => ({
      ProcessHttpRequest: ({ request: seen }) => ({
        modified_request: {
          path: `${(seen as { path: string }).path}/${word}`,
          headers: (seen as { headers: object[] }).headers,
        },
      }),
      ProcessHttpResponse: () => ({}),
    });
    const first = await openFaultServer(add('first'));
    const second = await openFaultServer();
    second.vanish();
    const proxy = await openByAddress([first.address, second.address]);
    const agent = new Agent();
    onTestFinished(async () => await agent.destroy());
    const ask = async (): Promise<string> => {
      const answer = await agent.request({ origin: proxy.origin, path: `${server}/a`, method: 'GET' });
      return await answer.body.text();
    };
    const become = async (path: string): Promise<void> =>
      await vi.waitFor(async () => expect(await ask()).toBe(path), PATIENT);
    await become('/a/first');
    const late = await openFaultServer(add('second'), second.port);
    await become('/a/first/second');
    first.vanish();
    await become('/a/second');
    // It restarts as a plugin that does not handle HTTP.
    await openFaultServer(
      { ...add('first'), GetPluginCapabilities: () => ({ can_handle_tunnel: true }) },
      first.port,
    );
    await become('/a/second');
    late.vanish();
    await become('/a');
  });
});

const python = findPython('grpc_tools');
const bin = postgresqlFolder();

describe.skipIf(python === undefined)('the Python plugins of fault’s guide', () => {
  it('echo a request, and are skipped in a tunnel', async () => {
    const server = await startServer(
      (incoming, reply) => void reply.end(`${incoming.method} ${incoming.url}`),
    );
    const modules = buildFaultModules(python ?? '');
    const { address } = await startFaultPython(python ?? '', modules, 'fault_echo.py');
    const test = await openProxy([{ source: faultPlugin({ address }) }], {
      targets: { allowed: [new URL(server).host] },
    });
    expect(await test.request(`${server}/a?b`)).toMatchObject({ status: 200, body: 'GET /a?b' });
    const { head, socket } = await test.tunnel(new URL(server).host);
    expect(head).toContain('200');
    socket.write('GET /tunnel HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(await readAll(socket)).toContain('GET /tunnel');
  });

  it.skipIf(bin === undefined)('read the messages of a PostgreSQL client and of the server', async () => {
    const database = await startPostgresql(bin ?? '');
    afterTest(async () => await database.close());
    const modules = buildFaultModules(python ?? '');
    const { address, lines } = await startFaultPython(python ?? '', modules, 'fault_postgresql.py');
    const test = await openProxy([{ source: faultPlugin({ address }) }], {
      listeners: [{ upstream: `127.0.0.1:${database.port}`, protocol: 'postgresql' }],
    });
    const client = new Client({
      host: '127.0.0.1',
      port: test.proxy.ports[0] ?? 0,
      user: 'test',
      database: 'postgres',
    });
    await client.connect();
    const { rows } = await client.query(`select i, repeat('x', 1000) as text from generate_series(1, 20) i`);
    expect(rows).toHaveLength(20);
    await client.end();
    const seen = lines.map((line) => line.split(' ').slice(1).join(' '));
    expect(seen).toContain('0 0 Q');
    expect(seen.some((line) => /^0 1 TD+/.test(line))).toBe(true);
    expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBe(1);
  });
});

it('skips a plugin whose server does not use HTTP/2', async () => {
  const server = createServer((socket) => void socket.end('no HTTP/2\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterTest(async () => void server.close());
  const { port } = server.address() as { readonly port: number };
  const upstream = await echo();
  const source = faultPlugin({ ...QUICK, address: `http://127.0.0.1:${port}`, connectTimeoutMs: 200 });
  const { stream } = await openProxy([{ source }], { listeners: [{ upstream }] });
  const client = await stream();
  client.end('hello');
  expect(await readAll(client)).toBe('hello');
});
