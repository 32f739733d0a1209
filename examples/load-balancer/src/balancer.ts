import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import type { Logger } from 'pino';
import type { Registry } from 'prom-client';

import { createBalancerMetrics } from './balancer-metrics.ts';
import type { BalancerPlugins } from './balancer-plugins.ts';
import { createChain } from './chain.ts';
import { createClientConnections } from './client-connections.ts';
import { type BalancerLimits, parseLimits } from './balancer-limits.ts';
import { listen, type ListenAddress } from '@plugwire/example-shared/listen';
import { type ServeContext, serveRequest } from './serve-request.ts';
import { createUpstream, type Upstream, type UpstreamOptions } from './upstream.ts';

export interface BalancerOptions {
  readonly upstreams: readonly UpstreamOptions[];
  /**
   * Returns the current plugins. Called at each step of a request. The handles must be of a host with `loadBalancerFunctions`. The caller closes
   * them.
   */
  readonly plugins: () => BalancerPlugins;
  readonly logger: Logger;
  readonly registry: Registry;
  /** By default a free port of 127.0.0.1. */
  readonly address?: ListenAddress;
  /** Limits that override those of `BALANCER_LIMITS`. */
  readonly limits?: Partial<BalancerLimits>;
}

export interface Balancer {
  readonly origin: string;
  isDraining(): boolean;
  /** Stops accepting requests, waits up to `drainMs` for running ones, then closes every connection. */
  close(): Promise<void>;
}

/**
 * Starts a balancer. Rejects if the address is taken, with `TypeError` for an upstream with an invalid origin or for two upstreams with the same
 * id, and with `RangeError` for invalid limits.
 */
export const startBalancer = async (options: BalancerOptions): Promise<Balancer> => {
  const { logger, registry, address } = options;
  const limits = parseLimits(options.limits);
  const upstreams = createUpstreams(options.upstreams, limits);
  const metrics = createBalancerMetrics(registry);
  const chain = createChain(options.plugins, (functionName, reason) => {
    metrics.refusedAnswers.inc({ function: functionName, reason });
  });
  const server = createHttpServer(limits);
  const connections = createClientConnections(server, limits, logger);
  const context = { chain, upstreams, limits, metrics, logger, isDraining: connections.isDraining };
  const accept = (incoming: IncomingMessage, reply: ServerResponse, expectsContinue = false): void =>
    connections.serve(
      incoming.socket,
      async () => await serveSafely(context, incoming, reply, expectsContinue),
    );
  server.on('request', accept);
  server.on('checkContinue', (incoming, reply) => accept(incoming, reply, true));
  // Without this listener, Node answers other expectations itself. The balancer counts and refuses them.
  server.on('checkExpectation', (incoming, reply) => accept(incoming, reply));

  const origin = await listen(server, address);
  return {
    origin,
    isDraining: connections.isDraining,
    close: async () => {
      await connections.drain();
      await Promise.all(upstreams.map(async (upstream) => await upstream.close()));
    },
  };
};

const createUpstreams = (options: readonly UpstreamOptions[], limits: BalancerLimits): Upstream[] => {
  const upstreams = options.map((upstream) => createUpstream(upstream, limits));
  if (new Set(upstreams.map(({ id }) => id.toLowerCase())).size < upstreams.length) {
    throw new TypeError(
      'two upstreams have the same id: give each a different id, so that plugins can distinguish them.',
    );
  }
  return upstreams;
};

const createHttpServer = (limits: BalancerLimits): Server => {
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.clientHeadersMs,
    requestTimeout: limits.clientRequestMs,
    connectionsCheckingInterval: Math.min(limits.clientHeadersMs, 1000),
  });
  // By default, Node drops headers above a limit silently. The balancer checks the number itself and refuses the request.
  server.maxHeadersCount = 0;
  server.timeout = limits.clientIdleMs;
  return server;
};

/** Serves a request and never rejects. A bug of the balancer fails one request, and does not end the process. */
const serveSafely = async (
  context: ServeContext,
  incoming: IncomingMessage,
  reply: ServerResponse,
  expectsContinue: boolean,
): Promise<void> => {
  try {
    await serveRequest(context, incoming, reply, expectsContinue);
  } catch (error) {
    // The message of an error may quote the request, but its name does not.
    context.logger.error(
      { target: 'balancer', error: error instanceof Error ? error.name : typeof error },
      'internal error: this is a bug of the balancer',
    );
    reply.destroy();
  }
};
