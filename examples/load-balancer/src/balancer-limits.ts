import { COUNT, type LimitRanges, readLimits, WAIT } from '@plugwire/example-shared/limits';

const KIB = 1024;

/** What a request may take. Every wait has an end, and everything that is held has a size. */
export const BALANCER_LIMITS = {
  /** Bodies up to here are held and shown to plugins; larger ones stream past them. In bytes. */
  shownBodyBytes: 64 * KIB,
  /** A client's request line and headers, in bytes; above it is a 431. */
  headerBytes: 16 * KIB,
  /** A client's headers must be there by then, in milliseconds; then it is a 408. */
  clientHeadersMs: 10_000,
  /** And its whole request by then. */
  clientRequestMs: 60_000,
  /** Requests of one connection that are being served at once; one more ends the connection. */
  pipelinedRequests: 1000,
  /** A client connection on which nothing moves in either direction is closed, in milliseconds. */
  clientIdleMs: 120_000,
  /** Connections to one upstream; further requests wait, for `upstreamHeadersMs` at most. */
  upstreamConnections: 128,
  /** Connecting to an upstream, in milliseconds. */
  upstreamConnectMs: 2_000,
  /**
   * From the request to the headers of its answer, the wait for a connection included, and once more from its first interim
   * answer; then it is a 504.
   */
  upstreamHeadersMs: 30_000,
  /** Between two pieces of an answer; then the client's connection is destroyed. */
  upstreamIdleMs: 30_000,
  /** What requests have to end once the balancer closes. */
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
 * The limits of a balancer: what is given, over {@link BALANCER_LIMITS}. Throws `RangeError` for one that does not exist, is no
 * whole number in its range, or does not go with another.
 */
export const parseLimits = (given: Partial<BalancerLimits> = {}): BalancerLimits => {
  const limits = readLimits('balancer', BALANCER_LIMITS as BalancerLimits, RANGES, given);
  const { clientHeadersMs, clientRequestMs } = limits;
  if (clientHeadersMs > clientRequestMs) {
    throw new RangeError(
      `the balancer's limit clientHeadersMs is ${clientHeadersMs} and clientRequestMs ${clientRequestMs}: expected no more for the headers of a request than for the whole. Lower the first, or raise the second.`,
    );
  }
  return limits;
};
