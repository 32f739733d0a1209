import { isUtf8 } from 'node:buffer';

import { checkIdentity, IDENTITY_SECTION, PROTOCOL_LIMITS, type PluginIdentity } from '@plugwire/wire';

import { loadError } from './load-error.ts';
import { listSections } from './wasm-sections.ts';

/**
 * Reads who a plugin says it is from the bytes of its module, of `main` if it has several, before anything of it is compiled.
 *
 * Throws `PluginLoadError` `identity`: `not_wasm`, `section_missing`, `section_twice`, `section_too_large`,
 * `payload_undecodable`, `magic_mismatch`, `field_invalid`.
 *
 * @example
 * readIdentity(await readFile('greeter.wasm')).plugin_name; // 'greeter'
 */
export const readIdentity = (bytes: Uint8Array): PluginIdentity => {
  const sections = listSections(bytes);
  if (sections === undefined) {
    throw loadError(
      'identity',
      'not_wasm',
      `the ${bytes.length} bytes are no WebAssembly module: expected a .wasm file of version 1, whole.`,
    );
  }
  const [section, second] = sections.filter(({ name }) => name === IDENTITY_SECTION);
  if (section === undefined) {
    throw loadError(
      'identity',
      'section_missing',
      `the module has no custom section ${IDENTITY_SECTION}: build it as a cc-lb plugin, or run it with createSandbox.`,
    );
  }
  if (second !== undefined) {
    throw loadError(
      'identity',
      'section_twice',
      `the module has the custom section ${IDENTITY_SECTION} more than once: expected exactly one.`,
    );
  }
  const size = section.end - section.start;
  if (size > PROTOCOL_LIMITS.identityBytes) {
    throw loadError(
      'identity',
      'section_too_large',
      `the identity has ${size} bytes, at most ${PROTOCOL_LIMITS.identityBytes} are allowed.`,
    );
  }
  const payload = Buffer.from(bytes.subarray(section.start, section.end));
  // Bytes that are no UTF-8 are given on as what no JSON is.
  const result = checkIdentity(isUtf8(payload) ? payload.toString('utf8') : '');
  if (!result.ok) throw loadError('identity', result.code, `${result.message}.`);
  return result.identity;
};
