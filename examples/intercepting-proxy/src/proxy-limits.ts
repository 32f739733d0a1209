import { COUNT, type LimitRanges, readLimits, WAIT } from '@plugwire/example-shared/limits';

const KIB = 1024;
const MIB = 1024 * KIB;

/** The default limits. Every wait has a limit, and so has everything that is kept in memory. */
const PROXY_LIMITS = {
  /** Largest body that is kept in memory and shown to plugins, in bytes. Larger bodies are streamed, and plugins do not see them. */
  shownBodyBytes: MIB,
  /** Size of a client's request line and headers, in bytes. If they are larger, the client gets a 431. */
  headerBytes: 16 * KIB,
  /** Time for a client to send its headers, in milliseconds. After that, it gets a 408. */
  clientHeadersMs: 10_000,
  /** Time for a client to send its whole request, in milliseconds. After that, it gets a 408. */
  clientRequestMs: 60_000,
  /** Time to connect to a server, in milliseconds. */
  connectMs: 5_000,
  /** Time from the request to the headers of the response, in milliseconds. After that, the client gets a 504. */
  serverHeadersMs: 30_000,
  /** Time between two parts of a response body, in milliseconds. */
  serverIdleMs: 30_000,
  /** Number of streams at the same time. Further streams are refused. */
  streams: 1_000,
  /** Largest chunk that a plugin gets in one call, in bytes. */
  chunkBytes: 64 * KIB,
  /** Deadline of one call of a plugin, in milliseconds. After that, the fallback of the contract applies. */
  callMs: 50,
  /** Data that one plugin can hold back in one direction of a stream, in bytes. */
  heldBytes: MIB,
  /** Time for which a plugin can hold data back, in milliseconds. */
  heldMs: 1_000,
  /** State of one plugin for one stream, in bytes. */
  stateBytes: 64 * KIB,
  /** Time after which a stream without any data is closed, in milliseconds. */
  streamIdleMs: 120_000,
  /** Time for requests and streams to end when the proxy closes, in milliseconds. */
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

/** Returns the given limits, with defaults for the others. Throws `RangeError` for a limit out of range. */
export const parseProxyLimits = (given: Partial<ProxyLimits> = {}): ProxyLimits =>
  readLimits('proxy', PROXY_LIMITS as ProxyLimits, RANGES, given);
