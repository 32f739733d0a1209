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
   * Who is in charge, asked at each step of a request. The handles are of an operator over a host with `loadBalancerFunctions`, and stay the
   * caller's to close.
   */
  readonly plugins: () => BalancerPlugins;
  readonly logger: Logger;
  readonly registry: Registry;
  /** By default a free port of 127.0.0.1. */
  readonly address?: ListenAddress;
  /** Over `BALANCER_LIMITS`. */
  readonly limits?: Partial<BalancerLimits>;
}

export interface Balancer {
  readonly origin: string;
  isDraining(): boolean;
  /** Accepts nothing more, lets requests end within `drainMs`, and closes every connection. */
  close(): Promise<void>;
}

/**
 * Starts a balancer. Rejects if the address is taken, with `TypeError` for an upstream's bad origin or a second of one id, and
 * with `RangeError` for limits that are none.
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
  // Node has refused nothing yet: other expectations are a failure of ours, like whatever else is not forwarded.
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
    throw new TypeError('two upstreams have one id: plugins could not tell them apart');
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
  // Node drops what is above its own count without a word; ours is checked, and refused.
  server.maxHeadersCount = 0;
  server.timeout = limits.clientIdleMs;
  return server;
};

/** Never rejects: a defect costs one request, not the process. */
const serveSafely = async (
  context: ServeContext,
  incoming: IncomingMessage,
  reply: ServerResponse,
  expectsContinue: boolean,
): Promise<void> => {
  try {
    await serveRequest(context, incoming, reply, expectsContinue);
  } catch (error) {
    // Its message can quote the request; its name cannot.
    context.logger.error(
      { target: 'balancer', error: error instanceof Error ? error.name : typeof error },
      'defect',
    );
    reply.destroy();
  }
};
