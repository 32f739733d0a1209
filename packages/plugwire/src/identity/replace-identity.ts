import { listSections } from '@plugwire/runtime';
import {
  ABI_ENVELOPE,
  checkIdentity,
  IDENTITY_MAGIC,
  IDENTITY_SECTION,
  type PluginIdentity,
} from '@plugwire/wire';

import { CommandError } from '../base/failure.ts';

/** A module with a new identity. */
export interface ReplacedIdentity {
  readonly bytes: Uint8Array;
  readonly identity: PluginIdentity;
  /** How many identity sections were removed. */
  readonly replaced: number;
}

/** The length of the magic number and the version, before the first section, in bytes. */
const HEADER_BYTES = 8;

/**
 * Removes every identity section of a module and adds a new one at its end. All other bytes stay the same. Returns `undefined` if the bytes
 * are not a module.
 *
 * Throws `CommandError` `usage` for an invalid name or version.
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

/** Encodes a custom section: the id 0, the length of the section, the length of the name, the name, the content. */
const writeSection = (name: string, payload: string): Uint8Array => {
  const nameBytes = Buffer.from(name);
  const content = Buffer.concat([writeLength(nameBytes.length), nameBytes, Buffer.from(payload)]);
  return Buffer.concat([Uint8Array.of(0), writeLength(content.length), content]);
};

/** Encodes a number as unsigned LEB128. */
const writeLength = (length: number): Uint8Array => {
  const bytes: number[] = [];
  let rest = length;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, rest]);
};
