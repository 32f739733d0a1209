import { createServer, type RequestListener } from 'node:http';
import { connect, createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import { createOperator, type Operator, type PluginHandle } from '@plugwire/operate';
import { createPluginHost } from '@plugwire/runtime';
import {
  createLogSpy,
  createMetricSpy,
  type LogSpy,
  type MetricSpy,
  type PreparedPlugin,
} from '@plugwire/testing';
import { Agent, type Dispatcher } from 'undici';
import { afterEach, expect } from 'vitest';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';

import { type Balancer, startBalancer } from '../balancer.ts';
import { assignPlugins, type BalancerPlugins, hostWith, type Role } from '../balancer-plugins.ts';
import type { BalancerLimits } from '../balancer-limits.ts';
import { closeServer, listen } from '@plugwire/example-shared/listen';
import type { UpstreamOptions } from '../upstream.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  const results: PromiseSettledResult<unknown>[] = [];
  // Run every cleanup, even if one fails: resources that stay open would fail the next tests.
  for (const cleanup of cleanups.splice(0).toReversed()) {
    results.push(...(await Promise.allSettled([cleanup()])));
  }
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
});

/** Closes something after the test, even if the test fails. The last one that was opened is closed first. */
export const closeAfterTest = <Closable extends { close(): Promise<unknown> }>(
  closable: Closable,
): Closable => {
  cleanups.push(async () => await closable.close());
  return closable;
};

/** Returns the id of an upstream by its number, from 1. */
export const idOf = (at: number): string => `00000000-0000-4000-8000-00000000000${at}`;

/** Starts an HTTP server on a free port. It is closed after the test. */
export const startUpstream = async (listener: RequestListener, at = 1): Promise<UpstreamOptions> => {
  const server = createServer(listener);
  const origin = await listen(server);
  cleanups.push(async () => await closeServer(server, 0));
  return { id: idOf(at), name: `upstream-${at}`, origin };
};

/** Starts an upstream that must not get a request. If it gets one, the test fails at its end. */
export const startUnusedUpstream = async (at = 1): Promise<UpstreamOptions> => {
  let requests = 0;
  const upstream = await startUpstream((_, reply) => {
    requests += 1;
    reply.end('this upstream must not get a request');
  }, at);
  cleanups.push(async () => {
    expect(requests, `requests to ${upstream.name}`).toBe(0);
  });
  return upstream;
};

/** Starts an upstream that can send arbitrary bytes. `onRequest` gets the socket and the head of each request. */
export const startRawUpstream = async (
  onRequest: (socket: Socket, head: string) => void,
  at = 1,
): Promise<UpstreamOptions> => {
  const sockets = new Set<Socket>();
  const server: NetServer = createNetServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    let head = '';
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      const whole = head;
      head = '';
      onRequest(socket, whole);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as { port: number };
  return { id: idOf(at), name: `upstream-${at}`, origin: `http://127.0.0.1:${port}` };
};

/** An upstream that does not listen. Its port is 1, which no system assigns as a free port. */
export const nobody = (at: number): UpstreamOptions => ({
  id: idOf(at),
  name: `upstream-${at}`,
  origin: 'http://127.0.0.1:1',
});

/** Limits for calls of plugins. Deadlines are wall time, and tests run on busy machines. */
export const PATIENT_LIMITS = { deadlineMs: 5000 };

export type TestPlugins = Partial<Record<Role, Uint8Array | PreparedPlugin>>;

export interface BalancerTest {
  readonly balancer: Balancer;
  readonly logs: LogSpy;
  readonly metrics: MetricSpy;
  readonly operator: Operator;
  /** Returns the current plugins. Each has the name of its role, unless the test replaced it. */
  plugins(): BalancerPlugins;
  use(plugins: Partial<BalancerPlugins>): void;
  /** Returns the handle of the plugin that had this role at the start. */
  handle(role: Role): PluginHandle;
  request(options: Partial<Dispatcher.RequestOptions>): Promise<Response>;
  /** Opens a separate connection, to send arbitrary bytes. With `allowHalfOpen`, it stays open when the other side ends. */
  socket(options?: { readonly allowHalfOpen: boolean }): Promise<Socket>;
}

export interface Response {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
  readonly trailers: Record<string, string>;
  error(): { code: string; message: string; request_id: string };
}

/** Opens a balancer with real servers and real clients. After the test, it is closed, and the test fails if a socket is still open. */
export const openBalancer = async (
  upstreams: readonly UpstreamOptions[],
  plugins: TestPlugins = {},
  limits: Partial<BalancerLimits> = {},
): Promise<BalancerTest> => {
  const logs = createLogSpy();
  const metrics = createMetricSpy();
  const prepared = Object.values(plugins).filter((each): each is PreparedPlugin => 'prepare' in each);
  const host = closeAfterTest(
    createPluginHost({
      functions: loadBalancerFunctions,
      hostFunctions: prepared.flatMap((each) => each.hostOptions.hostFunctions ?? []),
      logger: logs.logger,
      registry: metrics.registry,
      limits: PATIENT_LIMITS,
    }),
  );
  const operator = closeAfterTest(createOperator({ host, logger: logs.logger }));
  for (const [role, source] of Object.entries(plugins) as [Role, Uint8Array | PreparedPlugin][]) {
    const isPrepared = 'prepare' in source;
    const bytes = isPrepared ? source.source : source;
    await operator.open(role).swap(bytes, isPrepared ? source.loadOptions : {});
  }
  const roles = Object.fromEntries(Object.keys(plugins).map((role) => [role, role]));
  let assigned = assignPlugins(operator, hostWith(roles));
  const balancer = await startBalancer({
    upstreams,
    plugins: () => assigned,
    logger: logs.logger,
    registry: metrics.registry,
    limits: { drainMs: 5000, ...limits },
  });
  const agent = new Agent();
  const clients = new Set<Socket>();
  cleanups.push(async () => {
    await agent.destroy();
    for (const client of clients) client.destroy();
    await balancer.close();
    expect(clientSockets(balancer.origin)).toBe(0);
  });
  const request: BalancerTest['request'] = async (options) => {
    const answer = await agent.request({ origin: balancer.origin, path: '/', method: 'GET', ...options });
    const body = Buffer.from(await answer.body.arrayBuffer());
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body,
      trailers: answer.trailers,
      error: () => (JSON.parse(body.toString()) as { error: ReturnType<Response['error']> }).error,
    };
  };
  return {
    balancer,
    logs,
    metrics,
    operator,
    plugins: () => assigned,
    use: (others) => {
      assigned = { ...assigned, ...others };
    },
    handle: operator.get,
    request: (options) => {
      const answering = request(options);
      // After a failure, the test does not await its requests. Their rejections must not be unhandled.
      answering.catch(() => {});
      return answering;
    },
    socket: async (options) => {
      const port = Number(new URL(balancer.origin).port);
      const socket = connect({ ...options, port, host: '127.0.0.1' });
      socket.on('error', () => {});
      clients.add(socket);
      await once(socket, 'connect');
      return socket;
    },
  };
};

/** Returns the number of sockets of this process that use the balancer's port. */
const clientSockets = (origin: string): number => {
  const port = Number(new URL(origin).port);
  const handles = (process as unknown as { _getActiveHandles(): Partial<Socket>[] })._getActiveHandles();
  return handles.filter(({ localPort, destroyed }) => localPort === port && destroyed === false).length;
};

/** The error of undici for a destroyed connection. Unread bytes decide whether it is an end or a reset. */
export const CONNECTION_LOST = { code: expect.stringMatching(/^(?:UND_ERR_SOCKET|ECONNRESET)$/) };

/** Reads a socket until it closes. */
export const readAll = async (socket: Socket): Promise<string> => {
  let got = '';
  socket.on('data', (chunk) => {
    got += chunk.toString('latin1');
  });
  await once(socket, 'close');
  return got;
};

/** Reads a socket until a text arrives. Resolves to everything it read. */
export const untilReceived = async (socket: Socket, wanted: string): Promise<string> => {
  let got = '';
  for (;;) {
    if (got.includes(wanted)) return got;
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    got += chunk.toString('latin1');
  }
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

/** Returns each request as JSON, so that a test can check what an upstream sees. */
export const reflect: RequestListener = (incoming, reply) => {
  const answer = async (): Promise<void> => {
    const { method, url, rawHeaders } = incoming;
    const body = await text(incoming.setEncoding('latin1'));
    reply.writeHead(200, { 'content-type': 'application/json' });
    reply.end(JSON.stringify({ method, url, rawHeaders, body } satisfies Partial<Reflected>));
  };
  // The request ended early, so there is nothing to answer.
  answer().catch(() => reply.destroy());
};

export interface Reflected {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export const reflected = ({ body }: Response): Reflected => JSON.parse(body.toString()) as Reflected;
