import { ENVELOPE_VERSION, HANDSHAKE_SCHEMA_VERSION } from '../base/limits.ts';

/** What the host offers in the handshake (protocol §2). Maps and lists are sorted. The keys are those of the wire. */
export interface HandshakeOffer {
  readonly handshake_schema_version: number;
  readonly envelope_version: number;
  /** The versions of each function. */
  readonly function_versions: Readonly<Record<string, readonly number[]>>;
  readonly host_capabilities: readonly string[];
}

/**
 * Builds the offer for contracts and capabilities, sorted and without duplicates. Never throws.
 *
 * @example buildOffer([filter, sign], ['log'])
 */
export const buildOffer = (
  functions: readonly { readonly name: string; readonly versions: readonly number[] }[],
  capabilities: readonly string[],
): HandshakeOffer => ({
  handshake_schema_version: HANDSHAKE_SCHEMA_VERSION,
  envelope_version: ENVELOPE_VERSION,
  function_versions: sortedMap(functions.map(({ name, versions }) => [name, versions])),
  host_capabilities: sortedSet(capabilities),
});

/**
 * Returns the canonical text of an offer: compact JSON with keys in the order of the protocol, versions and capabilities sorted and without
 * duplicates, capabilities in lower case. Compare its SHA-256 to find out whether an offer changed.
 */
export const canonicalOffer = (offer: HandshakeOffer): string =>
  JSON.stringify({
    handshake_schema_version: offer.handshake_schema_version,
    envelope_version: offer.envelope_version,
    function_versions: sortedMap(Object.entries(offer.function_versions)),
    host_capabilities: sortedSet(offer.host_capabilities.map((name) => name.toLowerCase())),
  });

const sortedSet = (names: readonly string[]): string[] => [...new Set(names)].toSorted(byCodeUnit);

const sortedMap = (entries: readonly (readonly [string, readonly number[]])[]): Record<string, number[]> =>
  Object.fromEntries(
    entries
      .toSorted(([left], [right]) => byCodeUnit(left, right))
      .map(([name, versions]) => [name, [...new Set(versions)].toSorted((left, right) => left - right)]),
  );

/** `localeCompare` is not used, because the order must be the same on every machine. */
const byCodeUnit = (left: string, right: string): number => {
  if (left === right) return 0;
  return left < right ? -1 : 1;
};
