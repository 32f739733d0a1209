/**
 * The fixed limits of the protocol (protocol §6). The end of a name is its unit: `Bytes`, `Ms` (milliseconds), `Secs` (seconds), `Fuel`;
 * the others are counts. The limits that a host can configure are in `@plugwire/runtime`.
 */
export const PROTOCOL_LIMITS = {
  identityBytes: 65_536,
  handshakeMs: 200,
  handshakeFuel: 10_000_000,
  handshakeOutputBytes: 32 * 1024,
  selfCheckMs: 200,
  selfCheckFuel: 10_000_000,
  selfCheckOutputBytes: 8 * 1024,
  selfCheckFailures: 16,
  selfCheckFunctions: 16,
  offeredFunctions: 32,
  versionsPerFunction: 16,
  capabilities: 32,
  implementedFunctions: 16,
  highestVersion: 65_535,
  jsonDepth: 128,
  metadataBytes: 256 * 1024,
  metadataFreshSecs: 7 * 24 * 60 * 60,
} as const;

/** The version of the handshake schema that this package implements (protocol §2). */
export const HANDSHAKE_SCHEMA_VERSION = 1;
/** The version of the message envelope, whose key is `_v` (protocol §4). */
export const ENVELOPE_VERSION = 1;
