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

/** A TCP port whose connections all go to one server. */
interface TcpListenerOptions {
  /** The server, such as `database.example:5432`. It is always allowed. */
  readonly upstream: string;
  /** The protocol of the streams, such as `postgresql`. Plugins for other protocols are skipped. With `tcp`, the default, no plugin is. */
  readonly protocol?: string;
  readonly address?: ListenAddress;
}

export interface ProxyOptions {
  /** Returns the plugins, in the order in which they see traffic. Called for each request and each stream. */
  readonly plugins: () => readonly InterceptPlugin[];
  /** The targets that clients can use. */
  readonly targets?: TargetOptions;
  readonly listeners?: readonly TcpListenerOptions[];
  readonly address?: ListenAddress;
  readonly limits?: Partial<ProxyLimits>;
  readonly logger: Logger;
}

/** A running proxy. */
export interface Proxy {
  /** The origin on which the forward proxy listens. */
  readonly origin: string;
  /** The ports of the TCP listeners, in their order. */
  readonly ports: readonly number[];
  /** Returns the number of open streams. */
  streams(): number;
  /** Stops listening, waits up to `drainMs` for requests and streams to end, then closes every connection. */
  close(): Promise<void>;
}

/**
 * Starts a proxy. Rejects with `RangeError` for a limit out of range, with `TypeError` for an invalid upstream or network, and with the error of
 * `listen` if it cannot listen.
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
  // The operator chose the upstreams, so they are exempt from the rules.
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

/** Refuses a CONNECT. Node creates no `ServerResponse` for it, so the response is written to the socket. */
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
