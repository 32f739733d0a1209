import { createServer, type Server } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server as TcpServer,
  type Socket,
} from 'node:net';

import { closeServer, listen, type ListenAddress } from '@plugwire/example-shared/listen';
import type { Logger } from 'pino';

import { failureBody, type FailureCode, FAILURES } from './failures.ts';
import { createServerAgent } from './http/server-agent.ts';
import { type HttpService, readConnectTarget, serveHttp } from './http/serve-http.ts';
import type { InterceptPlugin } from './intercept-plugin.ts';
import { parseProxyLimits, type ProxyLimits } from './proxy-limits.ts';
import { createStreamService, type StreamService } from './stream/stream-service.ts';
import { createTargetRules, readAuthority, type TargetOptions } from './target-rules.ts';

/** A port behind which there is one server. */
interface TcpListenerOptions {
  /** Such as `database.example:5432`. It needs no rule: the operator names it. */
  readonly upstream: string;
  /** What is in the streams, such as `postgresql`; `tcp` by default. Plugins are chosen by it. */
  readonly protocol?: string;
  readonly address?: ListenAddress;
}

export interface ProxyOptions {
  /** The plugins, in the order in which they see what passes. Asked for each request and each stream. */
  readonly plugins: () => readonly InterceptPlugin[];
  /** What clients may reach by name. */
  readonly targets?: TargetOptions;
  readonly listeners?: readonly TcpListenerOptions[];
  readonly address?: ListenAddress;
  readonly limits?: Partial<ProxyLimits>;
  readonly logger: Logger;
}

/** A proxy that listens. */
export interface Proxy {
  /** Where the forward proxy listens. */
  readonly origin: string;
  /** The ports of the TCP listeners, in their order. */
  readonly ports: readonly number[];
  /** How many streams there are. */
  streams(): number;
  /** Accepts nothing more, lets requests and streams end within `drainMs`, and closes every connection. */
  close(): Promise<void>;
}

/**
 * Starts a proxy. Rejects with `RangeError` for a limit out of range, `TypeError` for an upstream or a network that is none, and what
 * `listen` rejects with.
 */
export const startProxy = async ({
  plugins,
  targets = {},
  listeners = [],
  address,
  limits: given,
  logger,
}: ProxyOptions): Promise<Proxy> => {
  const limits = parseProxyLimits(given);
  const rules = createTargetRules(targets);
  const agent = createServerAgent(rules, limits);
  const http: HttpService = { plugins, rules, agent, limits, logger };
  // An upstream is the operator's own choice.
  const upstreams = listeners.map(({ upstream }) => upstream);
  const streams = createStreamService({
    plugins,
    rules: createTargetRules({ ...targets, allowed: [...(targets.allowed ?? []), ...upstreams] }),
    limits,
    logger,
  });
  const server = createForwardProxy(http, streams);
  const origin = await listen(server, address);
  const tcpServers: TcpServer[] = [];
  for (const listener of listeners) tcpServers.push(await startListener(listener, streams));

  return {
    origin,
    ports: tcpServers.map((tcp) => (tcp.address() as AddressInfo).port),
    streams: streams.count,
    close: async () => {
      for (const tcp of tcpServers) tcp.close();
      await Promise.all([closeServer(server, limits.drainMs), streams.close(limits.drainMs)]);
      await agent.close();
    },
  };
};

const createForwardProxy = (http: HttpService, streams: StreamService): Server => {
  const { limits, rules } = http;
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.clientHeadersMs,
      requestTimeout: limits.clientRequestMs,
      keepAliveTimeout: limits.clientHeadersMs,
    },
    (incoming, reply) => {
      void serveHttp(incoming, reply, http);
    },
  );
  server.on('connect', (incoming, socket: Socket, head: Buffer) => {
    const open = async (): Promise<void> => {
      const target = readConnectTarget(incoming.url);
      if (target === undefined) return refuse(socket, 'bad_request_target');
      if (!rules.allows(target, 'connect')) return refuse(socket, 'target_forbidden');
      const failure = await streams.open({
        client: socket,
        server: target,
        protocol: 'tcp',
        head,
        onConnected: () => socket.write('HTTP/1.1 200 Connection Established\r\n\r\n'),
      });
      if (failure !== undefined) refuse(socket, failure);
    };
    socket.setNoDelay(true);
    socket.setTimeout(0);
    void open();
  });
  return server;
};

/** Answers a CONNECT, for which Node makes no response. */
const refuse = (socket: Socket, code: FailureCode): void => {
  const body = failureBody(code);
  const head = `HTTP/1.1 ${FAILURES[code].status} Refused\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  socket.on('error', () => {});
  socket.end(head + body, () => socket.destroy());
};

const startListener = async (
  { upstream, protocol = 'tcp', address }: TcpListenerOptions,
  streams: StreamService,
): Promise<TcpServer> => {
  const target = readAuthority(upstream);
  if (target === undefined)
    throw new TypeError(`the upstream is ${JSON.stringify(upstream)}: expected host:port.`);
  const tcp = createTcpServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
    const open = async (): Promise<void> => {
      const onConnected = (): void => {};
      const failure = await streams.open({ client, server: target, protocol, head: NOTHING, onConnected });
      if (failure !== undefined) client.destroy();
    };
    void open();
  });
  await listen(tcp, address);
  return tcp;
};

const NOTHING = new Uint8Array();
