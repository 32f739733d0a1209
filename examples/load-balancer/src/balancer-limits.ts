import { COUNT, type LimitRanges, readLimits, WAIT } from '@plugwire/example-shared/limits';

const KIB = 1024;

/** The default limits. Every wait has a limit, and so has everything that is kept in memory. */
export const BALANCER_LIMITS = {
  /** Largest body that is kept in memory and shown to plugins, in bytes. Larger bodies are streamed, and plugins do not see them. */
  shownBodyBytes: 64 * KIB,
  /** Size of a client's request line and headers, in bytes. If they are larger, the client gets a 431. */
  headerBytes: 16 * KIB,
  /** Time for a client to send its headers, in milliseconds. After that, it gets a 408. */
  clientHeadersMs: 10_000,
  /** Time for a client to send its whole request, in milliseconds. After that, it gets a 408. */
  clientRequestMs: 60_000,
  /** Number of concurrent requests on one connection. If there are more, the connection is closed. */
  pipelinedRequests: 1000,
  /** Time after which a client connection without any data is closed, in milliseconds. */
  clientIdleMs: 120_000,
  /** Number of connections to one upstream. Further requests wait up to `upstreamHeadersMs`. */
  upstreamConnections: 128,
  /** Time to connect to an upstream, in milliseconds. */
  upstreamConnectMs: 2_000,
  /**
   * Time from the request to the headers of the response, in milliseconds, including the wait for a connection. It starts again once, with the
   * first interim response. After that, the client gets a 504.
   */
  upstreamHeadersMs: 30_000,
  /** Time between two parts of a response body, in milliseconds. After that, the client's connection is destroyed. */
  upstreamIdleMs: 30_000,
  /** Time for requests to end when the balancer closes, in milliseconds. */
  drainMs: 10_000,
} as const;

export type BalancerLimits = { readonly [Limit in keyof typeof BALANCER_LIMITS]: number };

const RANGES: LimitRanges<BalancerLimits> = {
  shownBodyBytes: { ...COUNT, least: 0 },
  headerBytes: COUNT,
  clientHeadersMs: WAIT,
  clientRequestMs: WAIT,
  pipelinedRequests: COUNT,
  clientIdleMs: WAIT,
  upstreamConnections: COUNT,
  upstreamConnectMs: WAIT,
  upstreamHeadersMs: WAIT,
  upstreamIdleMs: WAIT,
  drainMs: { ...WAIT, least: 0 },
};

/**
 * Returns the given limits, with {@link BALANCER_LIMITS} for the others. Throws `RangeError` for an unknown limit, for a value that is not a whole
 * number in its range, and if the headers of a request may take longer than the whole request.
 */
export const parseLimits = (given: Partial<BalancerLimits> = {}): BalancerLimits => {
  const limits = readLimits('balancer', BALANCER_LIMITS as BalancerLimits, RANGES, given);
  const { clientHeadersMs, clientRequestMs } = limits;
  if (clientHeadersMs > clientRequestMs) {
    throw new RangeError(
      `the balancer's limit clientHeadersMs is ${clientHeadersMs} and clientRequestMs is ${clientRequestMs}: expected clientHeadersMs to be at most clientRequestMs. Lower the first, or raise the second.`,
    );
  }
  return limits;
};
