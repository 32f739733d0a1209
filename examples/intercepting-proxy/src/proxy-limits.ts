import { COUNT, type LimitRanges, readLimits, WAIT } from '@plugwire/example-shared/limits';

const KIB = 1024;
const MIB = 1024 * KIB;

/** What a request or a stream may take. Every wait has an end, and everything that is held has a size. */
const PROXY_LIMITS = {
  /** Bodies up to here are held and shown to plugins; larger ones stream past them. In bytes. */
  shownBodyBytes: MIB,
  /** A client's request line and headers, in bytes; above it is a 431. */
  headerBytes: 16 * KIB,
  /** A client's headers must be there by then, in milliseconds; then it is a 408. */
  clientHeadersMs: 10_000,
  /** And its whole request by then. */
  clientRequestMs: 60_000,
  /** Connecting to a server, in milliseconds. */
  connectMs: 5_000,
  /** From the request to the headers of its answer; then it is a 504. */
  serverHeadersMs: 30_000,
  /** Between two pieces of an answer. */
  serverIdleMs: 30_000,
  /** Streams at once; one more is refused. */
  streams: 1_000,
  /** The most bytes of a chunk that a plugin gets at once. */
  chunkBytes: 64 * KIB,
  /** How long one plugin may take for one call, in milliseconds; then the contract's fallback decides. */
  callMs: 50,
  /** What one plugin may hold back in one direction of a stream, in bytes. */
  heldBytes: MIB,
  /** How long it may hold it back, in milliseconds. */
  heldMs: 1_000,
  /** What one plugin may keep for one stream, in bytes. */
  stateBytes: 64 * KIB,
  /** A stream on which nothing moves is closed, in milliseconds. */
  streamIdleMs: 120_000,
  /** What requests and streams have to end once the proxy closes. */
  drainMs: 10_000,
} as const;

export type ProxyLimits = { readonly [Limit in keyof typeof PROXY_LIMITS]: number };

const RANGES: LimitRanges<ProxyLimits> = {
  shownBodyBytes: { ...COUNT, least: 0 },
  headerBytes: COUNT,
  clientHeadersMs: WAIT,
  clientRequestMs: WAIT,
  connectMs: WAIT,
  serverHeadersMs: WAIT,
  serverIdleMs: WAIT,
  streams: COUNT,
  chunkBytes: COUNT,
  callMs: WAIT,
  heldBytes: COUNT,
  heldMs: WAIT,
  stateBytes: { ...COUNT, least: 0 },
  streamIdleMs: WAIT,
  drainMs: { ...WAIT, least: 0 },
};

/** The limits of a proxy: what is given, over {@link PROXY_LIMITS}. Throws `RangeError`. */
export const parseProxyLimits = (given: Partial<ProxyLimits> = {}): ProxyLimits =>
  readLimits('proxy', PROXY_LIMITS as ProxyLimits, RANGES, given);
