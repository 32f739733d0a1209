import { z } from 'zod';

import { createForm } from '../contract/read/create-form.ts';
import { checkIdentityFields, type PluginIdentity } from './identity.ts';
import { PROTOCOL_LIMITS } from '../base/limits.ts';
import { utf8Length } from '../base/utf8-length.ts';

/** What a host stores about a loaded plugin (protocol §6). The keys are those of the wire. Times are in unix seconds. */
export interface PluginMetadata {
  readonly identity: PluginIdentity;
  readonly negotiated_functions: Readonly<Record<string, number>>;
  readonly negotiated_capabilities: readonly string[];
  readonly handshake_completed_at: number;
  readonly self_check_passed: boolean;
  readonly self_check_completed_at: number;
  readonly expires_at: number;
}

/** Why stored metadata is refused. */
export const METADATA_CODES = ['too_large', 'not_json', 'malformed', 'expired'] as const;
/** One of {@link METADATA_CODES}. */
export type MetadataCode = (typeof METADATA_CODES)[number];

/** Valid stored metadata, or why it is refused. */
export type MetadataResult =
  | { readonly ok: true; readonly metadata: PluginMetadata }
  | { readonly ok: false; readonly code: MetadataCode; readonly message: string };

const unixSecs = z.int().positive();

const readForm = createForm(
  z.strictObject({
    identity: z.unknown(),
    negotiated_functions: z.record(z.string(), z.int().min(1).max(PROTOCOL_LIMITS.highestVersion)),
    negotiated_capabilities: z.array(z.string()),
    handshake_completed_at: unixSecs,
    self_check_passed: z.boolean(),
    self_check_completed_at: unixSecs,
    expires_at: unixSecs,
  }),
);

/** Returns when the metadata of a handshake expires: seven days later (protocol §6). Both times are in unix seconds. Never throws. */
export const metadataExpiry = (handshakeCompletedAt: number): number =>
  handshakeCompletedAt + PROTOCOL_LIMITS.metadataFreshSecs;

/**
 * Checks metadata that was stored as JSON text. `nowUnixSecs` is the current time in unix seconds. Never throws.
 *
 * @example
 * const result = checkMetadata(text, Math.floor(Date.now() / 1000));
 * if (!result.ok) console.warn(`the stored metadata ${result.message}`);
 */
export const checkMetadata = (text: string, nowUnixSecs: number): MetadataResult => {
  const bytes = utf8Length(text);
  if (bytes > PROTOCOL_LIMITS.metadataBytes) {
    return refusal(
      'too_large',
      `has ${bytes} bytes, but at most ${PROTOCOL_LIMITS.metadataBytes} are allowed`,
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refusal('not_json', 'is not JSON: load the plugin again');
  }
  const metadata = readForm(parsed);
  if (metadata === undefined) return malformed();
  const { expires_at: expiresAt, handshake_completed_at: completedAt } = metadata;
  const checked = checkIdentityFields(metadata.identity);
  // Stored metadata cannot extend its own lifetime.
  if (!checked.ok || expiresAt > metadataExpiry(completedAt)) return malformed();
  return nowUnixSecs < expiresAt
    ? { ok: true, metadata: { ...metadata, identity: checked.identity } }
    : refusal('expired', 'is older than seven days: load the plugin again');
};

const malformed = (): MetadataResult =>
  refusal('malformed', 'does not have the form of protocol §6: load the plugin again');

const refusal = (code: MetadataCode, message: string): MetadataResult => ({ ok: false, code, message });
