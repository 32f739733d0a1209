import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Plugin } from '@plugwire/runtime';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';

import { createBalancerMetrics } from './balancer-metrics.ts';
import { type ChainPlugins, createChain, type Role } from './chain.ts';
import { checkClientRequest, readClientRequest } from './client-request.ts';
import { type EventLog, createEventLog } from './event-log.ts';
import { FAILURES, type FailureCode } from './failure.ts';
import { forward } from './forward.ts';
import type { Header } from './headers.ts';
import { createInterimSender } from './interim.ts';
import { BALANCER_LIMITS, type BalancerLimits } from './limits.ts';
import { closeServer, listen, type ListenAddress } from './listen.ts';
import { respond, respondFailure } from './respond.ts';
import { createUpstream, type UpstreamOptions } from './upstreams.ts';

export interface BalancerOptions {
  readonly upstreams: readonly UpstreamOptions[];
  /** Plugins of a host that was created with `BALANCER_FUNCTIONS`. They stay the caller's to close. */
  readonly plugins: ChainPlugins;
  readonly logger: Logger;
  readonly registry: Registry;
  /** By default a free port of 127.0.0.1. */
  readonly address?: ListenAddress;
  /** Over {@link BALANCER_LIMITS}. */
  readonly limits?: Partial<BalancerLimits>;
}

export interface Balancer {
  readonly origin: string;
  readonly plugins: () => ChainPlugins;
  /**
   * Puts another plugin, or none, in charge at once. Resolves when no request needs the former any more: then close it. At once
   * if it is still in charge in another place.
   */
  usePlugin(role: Role, plugin: Plugin | undefined): Promise<void>;
  isDraining(): boolean;
  /** Accepts nothing more, lets requests end within `drainMs`, and closes every connection. */
  close(): Promise<void>;
}

/** Starts a balancer. Rejects if the address is taken. Throws `TypeError` for an upstream's bad origin or a second of one id. */
export const startBalancer = async (options: BalancerOptions): Promise<Balancer> => {
  const { logger, registry, address } = options;
  const limits: BalancerLimits = { ...BALANCER_LIMITS, ...options.limits };
  const upstreams = options.upstreams.map((upstream) => createUpstream(upstream, limits));
  if (new Set(upstreams.map(({ id }) => id.toLowerCase())).size < upstreams.length) {
    throw new TypeError('two upstreams have one id: plugins could not tell them apart');
  }
  const metrics = createBalancerMetrics(registry);
  const chain = createChain(options.plugins, (functionName, reason) => {
    metrics.refusedAnswers.inc({ function: functionName, reason });
  });
  /** Open connections, and how many requests of each are being served. */
  const sockets = new Map<Socket, number>();
  const inFlight = new Set<Promise<void>>();
  let isDraining = false;

  /** One request, from its first byte to the last observer. Never rejects. */
  const serve = async (
    incoming: IncomingMessage,
    reply: ServerResponse,
    expectsContinue: boolean,
  ): Promise<void> => {
    const requestId = randomUUID();
    const log = logger.child({ target: 'balancer', request_id: requestId });
    const events = createEventLog(requestId, incoming.headers['user-agent']);
    const aborter = new AbortController();
    const closed = untilClosed(incoming, reply, () => aborter.abort());
    const ownHeaders = (): Header[] => [
      ['x-request-id', requestId],
      // What is left of an upload would be read as the next request.
      ...(isDraining || !incoming.complete ? ([['connection', 'close']] as const) : []),
    ];
    const fail = (code: FailureCode): void => {
      if (aborter.signal.aborted) return;
      events.fail(code);
      log.warn({ status: FAILURES[code].status, failure: code }, 'request failed');
      // A response that ends early must not look whole.
      if (reply.headersSent) reply.destroy();
      else respondFailure(code, requestId, reply, ownHeaders());
    };

    try {
      const refusal = checkClientRequest(incoming);
      if (refusal !== undefined) {
        fail(refusal);
      } else {
        if (expectsContinue) reply.writeContinue();
        const request = await readClientRequest(incoming, requestId, limits.shownBodyBytes);
        const answer = await forward(request, {
          chain,
          upstreams,
          shownBodyBytes: limits.shownBodyBytes,
          signal: aborter.signal,
          onInterim: createInterimSender(reply),
          onChosen: () => events.chosen(),
          onAnswer: (upstream, result) => {
            metrics.upstreamRequests.inc({
              upstream: upstream.name,
              result: result.ok ? 'answered' : result.code,
            });
            if (!result.ok && !aborter.signal.aborted) {
              log.warn(
                { upstream: upstream.name, failure: result.code, cause: result.cause },
                'upstream failed',
              );
            }
          },
        });
        if (!answer.ok) {
          fail(answer.code);
        } else {
          await respond(answer, reply, {
            shownBodyBytes: limits.shownBodyBytes,
            ownHeaders: ownHeaders(),
            takesTrailers: /\btrailers\b/i.test(String(incoming.headers.te ?? '')),
            signal: aborter.signal,
            normalize: (status, body) => chain.normalize(requestId, status, body),
            onChunk: events.chunk,
          });
        }
      }
    } catch {
      // The client went away, or the upstream did: what was thrown can quote either.
      fail('upstream_failed');
    }
    await closed;
    // The client was not told while it could be.
    if (isDraining) incoming.socket.end();
    finish(reply, events);
    chain.observe(requestId, events.list());
  };

  const finish = (reply: ServerResponse, events: EventLog): void => {
    const isWhole = reply.writableFinished;
    const status = isWhole ? String(reply.statusCode) : 'aborted';
    metrics.responses.inc({ status, failure: events.failure() ?? 'none' });
    events.finish(isWhole ? reply.statusCode : CLIENT_CLOSED);
  };

  const accept = (incoming: IncomingMessage, reply: ServerResponse, expectsContinue = false): void => {
    const { socket } = incoming;
    const before = sockets.get(socket) ?? 0;
    if (socket.destroyed) return;
    if (before >= limits.pipelinedRequests) {
      logger.warn({ target: 'balancer', requests: before }, 'connection ended: too many requests at once');
      socket.destroy();
      return;
    }
    sockets.set(socket, before + 1);
    const served = serve(incoming, reply, expectsContinue).catch((error: unknown) => {
      // Only a defect gets here. Its message can quote the request; its name cannot.
      logger.error(
        { target: 'balancer', error: error instanceof Error ? error.name : typeof error },
        'defect',
      );
      reply.destroy();
    });
    inFlight.add(served);
    void served.finally(() => {
      inFlight.delete(served);
      const left = sockets.get(socket);
      if (left !== undefined) sockets.set(socket, left - 1);
    });
  };

  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.clientHeadersMs,
    requestTimeout: limits.clientRequestMs,
    connectionsCheckingInterval: Math.min(limits.clientHeadersMs, 1000),
  });
  // Node drops what is above its own count without a word; ours is checked, and refused.
  server.maxHeadersCount = 0;
  server.timeout = limits.clientIdleMs;
  server.on('connection', (socket) => {
    // Pipelined requests each wait for the end of their socket.
    socket.setMaxListeners(0);
    sockets.set(socket, 0);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', accept);
  server.on('checkContinue', (incoming, reply) => accept(incoming, reply, true));
  server.on('checkExpectation', (incoming, reply) => accept(incoming, reply));
  // Node lets go of the socket, its timeouts and `closeAllConnections` with it: here it has to end, whatever its client does.
  server.on('connect', ({ socket }) => {
    socket.on('error', () => {});
    // The answer would be taken for that of the request before.
    if (sockets.get(socket) !== 0) socket.destroy();
    else socket.end(METHOD_REFUSED, () => socket.destroy());
  });

  const origin = await listen(server, address);
  return {
    origin,
    plugins: chain.plugins,
    usePlugin: chain.use,
    isDraining: () => isDraining,
    close: async () => {
      isDraining = true;
      const closed = closeServer(server, limits.drainMs);
      // Node closes those that have served; these have not, and might never.
      for (const [socket, requests] of sockets) if (requests === 0) socket.destroy();
      await closed;
      await Promise.all(inFlight);
      await Promise.all(upstreams.map(async (upstream) => await upstream.close()));
    },
  };
};

/** Until a response has ended, or cannot end any more: one that waits behind another is not told by its own `close`. */
const untilClosed = async (
  { socket }: IncomingMessage,
  reply: ServerResponse,
  onAborted: () => void,
): Promise<void> => {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      socket.off('close', end);
      if (!reply.writableFinished) onAborted();
      resolve();
    };
    reply.once('close', end);
    socket.once('close', end);
  });
};

/** What a CONNECT is told, for which Node makes no response. */
const METHOD_REFUSED = 'HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';

/** The status, in events, of a request whose client did not wait: nginx's. */
const CLIENT_CLOSED = 499;
