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
