import type { PluginMetadata } from '@plugwire/wire';
import { checkMetadata } from '@plugwire/wire';
import { z } from 'zod';

/** The version of the format of records and folders. Folders of another version are not used. */
export const REGISTRY_VERSION = 1;

/** The metadata of one registered module. It grants no capabilities: only the current configuration does. */
export interface RegistryRecord {
  readonly registryVersion: typeof REGISTRY_VERSION;
  /** The SHA-256 of the module, in hex. It is also the name of both files. */
  readonly sha256: string;
  /** The operator’s name under which the module was first registered. */
  readonly name: string;
  /** The result of the handshake, with the identity and the times. */
  readonly metadata: PluginMetadata;
  /** The SHA-256 of the offer in the handshake. */
  readonly offerHash: string;
  /** The fingerprint of each contract that was offered, by the name of its function. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** The version of `@plugwire/runtime` that loaded it. */
  readonly runtime: string;
  /** Time of registration, in milliseconds since 1970. */
  readonly registeredAtUnixMs: number;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const form = z.strictObject({
  registryVersion: z.literal(REGISTRY_VERSION),
  sha256: hash,
  name: z.string(),
  metadata: z.looseObject({}),
  offerHash: hash,
  fingerprints: z.record(z.string(), hash),
  runtime: z.string(),
  registeredAtUnixMs: z.int().min(0),
});

/** Reads a stored record. Returns `undefined` if it is damaged, has another version, or is older than seven days. */
export const readRecord = (text: string, nowUnixMs: number): RegistryRecord | undefined => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = form.safeParse(parsed);
  if (!result.success) return undefined;
  const checked = checkMetadata(JSON.stringify(result.data.metadata), Math.floor(nowUnixMs / 1000));
  return checked.ok ? { ...result.data, metadata: checked.metadata } : undefined;
};
