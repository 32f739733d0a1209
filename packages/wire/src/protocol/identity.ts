import { z } from 'zod';

import { createForm } from '../contract/read/create-form.ts';
import { isPluginName } from '../base/names.ts';
import { utf8Length } from '../base/utf8-length.ts';

/** The name of the custom section that contains a plugin's identity (protocol §1). */
export const IDENTITY_SECTION = 'cc_lb.plugin.v1';

/** The eight bytes in the field `magic` of an identity (protocol §1). */
export const IDENTITY_MAGIC = [0xcc, 0x1b, 0x70, 0x10, 0x00, 0x01, 0x00, 0x00] as const;

/** The `abi_envelope` that this package supports (protocol §1). */
export const ABI_ENVELOPE = 1;

/** The longest `plugin_version`, in bytes of UTF-8. */
const PLUGIN_VERSION_BYTES = 32;

/** The identity of a plugin, as the plugin states it (protocol §1). The keys are those of the wire. */
export interface PluginIdentity {
  /** See {@link IDENTITY_MAGIC}. */
  readonly magic: readonly number[];
  /** See {@link ABI_ENVELOPE}. */
  readonly abi_envelope: number;
  /** `^[a-z][a-z0-9_-]*$`, 1 to 64 bytes. */
  readonly plugin_name: string;
  /** Free text, 1 to 32 bytes of UTF-8. */
  readonly plugin_version: string;
}

/** The form of the payload. {@link checkIdentity} checks the values of its fields. */
const readForm = createForm(
  z.strictObject({
    magic: z.array(z.int().min(0).max(255)).length(IDENTITY_MAGIC.length),
    abi_envelope: z.int().min(0).max(0xffff_ffff),
    plugin_name: z.string(),
    plugin_version: z.string(),
  }),
);

/** Why an identity payload is refused. */
export const IDENTITY_CODES = ['payload_undecodable', 'magic_mismatch', 'field_invalid'] as const;
/** One of {@link IDENTITY_CODES}. */
export type IdentityCode = (typeof IDENTITY_CODES)[number];

/** A valid identity, or why it is refused. */
export type IdentityResult =
  | { readonly ok: true; readonly identity: PluginIdentity }
  | { readonly ok: false; readonly code: IdentityCode; readonly message: string };

/**
 * Checks the payload of the identity section, decoded as UTF-8. Never throws. Messages name fields and rules, and never show text of the
 * plugin.
 */
export const checkIdentity = (payload: string): IdentityResult => checkIdentityFields(parseJson(payload));

/** Like {@link checkIdentity}, for a payload that is already parsed. */
export const checkIdentityFields = (fields: unknown): IdentityResult => {
  const form = readForm(fields);
  if (form === undefined) {
    return refusal(
      'payload_undecodable',
      'the payload is not the JSON of an identity: expected exactly magic (8 bytes), abi_envelope (u32), plugin_name and plugin_version (strings)',
    );
  }
  const { magic, abi_envelope: envelope, plugin_name: name, plugin_version: version } = form;
  if (IDENTITY_MAGIC.some((byte, at) => magic[at] !== byte)) {
    return refusal(
      'magic_mismatch',
      `magic is not [${IDENTITY_MAGIC.join(', ')}]: the plugin was built for another protocol`,
    );
  }
  if (envelope !== ABI_ENVELOPE) {
    return refusal(
      'field_invalid',
      `abi_envelope is ${envelope}, but ${ABI_ENVELOPE} is expected: build the plugin for protocol version 1`,
    );
  }
  if (!isPluginName(name)) {
    return refusal(
      'field_invalid',
      'plugin_name does not fit ^[a-z][a-z0-9_-]*$ with 1 to 64 bytes: rename the plugin',
    );
  }
  const versionBytes = utf8Length(version);
  if (versionBytes < 1 || versionBytes > PLUGIN_VERSION_BYTES) {
    return refusal(
      'field_invalid',
      `plugin_version has ${versionBytes} bytes, but 1 to ${PLUGIN_VERSION_BYTES} are expected: change the version`,
    );
  }
  return { ok: true, identity: Object.freeze({ ...form, magic: Object.freeze([...magic]) }) };
};

const refusal = (code: IdentityCode, message: string): IdentityResult => ({ ok: false, code, message });

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
