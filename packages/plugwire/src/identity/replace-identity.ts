import { listSections } from '@plugwire/runtime';
import {
  ABI_ENVELOPE,
  checkIdentity,
  IDENTITY_MAGIC,
  IDENTITY_SECTION,
  type PluginIdentity,
} from '@plugwire/wire';

import { CommandError } from '../base/failure.ts';

/** A module with another identity. */
export interface ReplacedIdentity {
  readonly bytes: Uint8Array;
  readonly identity: PluginIdentity;
  /** How many identity sections were taken out. */
  readonly replaced: number;
}

/** Magic and version, before the first section. */
const HEADER_BYTES = 8;

/**
 * Takes every identity section out of a module and adds one at its end. All other bytes stay as they are. `undefined` for bytes that are
 * not a module.
 *
 * Throws `CommandError` `usage` for a name or a version that an identity cannot have.
 *
 * @example
 * replaceIdentity(bytes, 'greeter', '1.2.0')?.bytes;
 */
export const replaceIdentity = (
  bytes: Uint8Array,
  name: string,
  version: string,
): ReplacedIdentity | undefined => {
  const payload = JSON.stringify({
    magic: IDENTITY_MAGIC,
    abi_envelope: ABI_ENVELOPE,
    plugin_name: name,
    plugin_version: version,
  });
  const checked = checkIdentity(payload);
  if (!checked.ok) throw new CommandError('usage', `${checked.message}.`, checked.code);
  const sections = listSections(bytes);
  if (sections === undefined) return undefined;
  const parts = [bytes.subarray(0, HEADER_BYTES)];
  let start = HEADER_BYTES;
  let replaced = 0;
  for (const section of sections) {
    if (section.name === IDENTITY_SECTION) replaced += 1;
    else parts.push(bytes.subarray(start, section.end));
    start = section.end;
  }
  parts.push(writeSection(IDENTITY_SECTION, payload));
  return { bytes: Buffer.concat(parts), identity: checked.identity, replaced };
};

/** A custom section has the id 0, its length, and its name with a length of its own. */
const writeSection = (name: string, payload: string): Uint8Array => {
  const nameBytes = Buffer.from(name);
  const content = Buffer.concat([writeLength(nameBytes.length), nameBytes, Buffer.from(payload)]);
  return Buffer.concat([Uint8Array.of(0), writeLength(content.length), content]);
};

/** An unsigned LEB128. */
const writeLength = (length: number): Uint8Array => {
  const bytes: number[] = [];
  let rest = length;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, rest]);
};
