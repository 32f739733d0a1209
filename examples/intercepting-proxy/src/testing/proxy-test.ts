import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';

import { closeServer, listen } from '@plugwire/example-shared/listen';
import { createOperator } from '@plugwire/operate';
import { type CarrierSource, createPluginHost, type LoadOptions } from '@plugwire/runtime';
import { createLogSpy, type LogSpy, type PreparedPlugin } from '@plugwire/testing';
import { guardedInterceptFunctions, interceptFunctions } from '@plugwire/wire/intercept';
import { Agent, type Dispatcher } from 'undici';
import { afterEach, expect } from 'vitest';

import type { InterceptPlugin } from '../intercept-plugin.ts';
import { type Proxy, type ProxyOptions, startProxy } from '../proxy.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  const results: PromiseSettledResult<unknown>[] = [];
  for (const cleanup of cleanups.splice(0).toReversed())
    results.push(...(await Promise.allSettled([cleanup()])));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
});

/** Registers a cleanup that runs after the test. Cleanups run in reverse order. */
export const afterTest = (cleanup: () => Promise<unknown>): void => {
  cleanups.push(cleanup);
};

/** A plugin of a test: a module or a carrier, and its options. */
export interface TestPlugin {
  readonly source: Uint8Array | PreparedPlugin | CarrierSource;
  readonly isGuard?: boolean;
  readonly load?: LoadOptions;
}

export interface ProxyTest {
  readonly proxy: Proxy;
  readonly logs: LogSpy;
  readonly plugins: readonly InterceptPlugin[];
  /** Sends a request through the proxy. */
  request(url: string, options?: Partial<Dispatcher.RequestOptions>): Promise<TestResponse>;
  /** Opens a plain connection to the forward proxy, to send arbitrary bytes. */
  socket(): Promise<Socket>;
  /** Opens a connection to the first TCP listener. */
  stream(): Promise<Socket>;
  /** Sends a CONNECT and reads the head of the response. */
  tunnel(authority: string): Promise<{ readonly head: string; readonly socket: Socket }>;
}

interface TestResponse {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** Opens a proxy with real plugins. After the test, it is closed, and the test fails if a stream is still open. */
export const openProxy = async (
  sources: readonly TestPlugin[],
  options: TestProxyOptions = {},
): Promise<ProxyTest> => {
  const logs = createLogSpy();
  const plugins: InterceptPlugin[] = [];
  for (const [at, { source, isGuard = false, load }] of sources.entries()) {
    const prepared = 'prepare' in source ? source : undefined;
    const host = createPluginHost({
      functions: isGuard ? guardedInterceptFunctions : interceptFunctions,
      logger: logs.logger,
      // Deadlines are wall time. Tests run on busy machines and need more.
      limits: { deadlineMs: 5000 },
      ...prepared?.hostOptions,
    });
    const operator = createOperator({ host, logger: logs.logger });
    afterTest(async () => {
      await operator.close();
      await host.close();
    });
    const handle = operator.open(`plugin-${at}`);
    await handle.swap(prepared?.source ?? (source as Uint8Array | CarrierSource), {
      ...prepared?.loadOptions,
      ...load,
    });
    plugins.push({ handle, isGuard });
  }
  return await openProxyWith(plugins, options, logs);
};

type TestProxyOptions = Partial<Omit<ProxyOptions, 'plugins' | 'logger'>>;

/** Like {@link openProxy}, with plugins that are already loaded. */
export const openProxyWith = async (
  plugins: readonly InterceptPlugin[],
  { targets, ...options }: TestProxyOptions = {},
  logs = createLogSpy(),
): Promise<ProxyTest> => {
  const proxy = await startProxy({
    plugins: () => plugins,
    logger: logs.logger,
    targets: { forbiddenNetworks: [], ...targets },
    ...options,
    limits: { callMs: 5000, drainMs: 0, ...options.limits },
  });
  const agent = new Agent();
  const sockets = new Set<Socket>();
  afterTest(async () => {
    await agent.destroy();
    for (const socket of sockets) socket.destroy();
    await proxy.close();
    expect(proxy.streams()).toBe(0);
  });
  const open = async (port: number): Promise<Socket> => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    sockets.add(socket);
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  const proxyPort = Number(new URL(proxy.origin).port);

  return {
    proxy,
    logs,
    plugins,
    request: async (url, requestOptions = {}) => {
      const answer = await agent.request({
        origin: proxy.origin,
        path: url,
        method: 'GET',
        ...requestOptions,
      });
      return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
    },
    socket: async () => await open(proxyPort),
    stream: async () => await open(proxy.ports[0] as number),
    tunnel: async (authority) => {
      const socket = await open(proxyPort);
      socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
      return { head: await readUntil(socket, '\r\n\r\n'), socket };
    },
  };
};

/** Starts an HTTP server on a free port. It is closed after the test. */
export const startServer = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  const origin = await listen(server);
  afterTest(async () => await closeServer(server, 0));
  return origin;
};

/** Starts a TCP server on a free port, and returns `host:port`. It is closed after the test. */
export const startTcpServer = async (onSocket: (socket: Socket) => void): Promise<string> => {
  const sockets = new Set<Socket>();
  const server: Server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  const origin = await listen(server);
  afterTest(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return new URL(origin).host;
};

/** Reads from a socket until a text arrives or the socket ends. Resolves to everything it read. */
export const readUntil = async (socket: Socket, wanted: string): Promise<string> => {
  let got = '';
  while (!got.includes(wanted)) {
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) got += chunk.toString('latin1');
    else if (socket.readableEnded || socket.destroyed) return got;
    else await Promise.race([once(socket, 'readable'), once(socket, 'end'), once(socket, 'close')]);
  }
  return got;
};

/** Reads a socket until the other side ends or resets it. */
export const readAll = async (socket: Socket): Promise<string> => await readUntil(socket, '\0never\0');

/** Waits until a socket is closed, by an end or a reset. */
export const untilClosed = async (socket: Socket): Promise<void> => {
  if (socket.closed) return;
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
};

/** Waits until a number stays the same for 2,000 turns of the event loop. */
export const untilUnchanged = async (read: () => number): Promise<void> => {
  let last = read();
  for (let turns = 0; turns < 2000; turns += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    if (read() !== last) turns = 0;
    last = read();
  }
};
