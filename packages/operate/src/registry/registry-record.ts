import type { PluginMetadata } from '@plugwire/wire';
import { checkMetadata } from '@plugwire/wire';
import { z } from 'zod';

/** The version of the form of records and of the folder. A folder of another version is not used. */
export const REGISTRY_VERSION = 1;

/** What was found out about one module, once. It grants nothing: capabilities come from the live configuration alone. */
export interface RegistryRecord {
  readonly registryVersion: typeof REGISTRY_VERSION;
  /** Of the module, in hex; also the name of both files. */
  readonly sha256: string;
  /** The operator’s name under which it was registered first. */
  readonly name: string;
  /** What was negotiated, with the identity and the times. */
  readonly metadata: PluginMetadata;
  /** The SHA-256 of the offer that the handshake was made with. */
  readonly offerHash: string;
  /** The fingerprint of each contract that was offered, by the name of its function. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** The version of `@plugwire/runtime` that loaded it. */
  readonly runtime: string;
  /** In milliseconds since 1970. */
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

/** Reads a record that was stored; `undefined` for one that is damaged, of another version or older than seven days. */
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
