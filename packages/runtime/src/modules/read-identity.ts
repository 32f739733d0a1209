import { isUtf8 } from 'node:buffer';

import { checkIdentity, type PluginIdentity } from '@plugwire/wire';

import { loadError } from '../outcomes/load-error.ts';
import { runSteps } from '../metering/steps.ts';
import { findIdentity, type IdentitySection } from '../prepare/inspect-module.ts';
import { IDENTITY_PLACE } from '../prepare/module-preparer.ts';
import { explainNotWasm } from './recognise-file.ts';

/**
 * Reads the identity of a plugin from the bytes of its module, or of `main` if it has several modules, without compiling it.
 *
 * Throws `PluginLoadError` `identity`: `not_wasm`, `section_missing`, `section_twice`, `section_too_large`,
 * `payload_undecodable`, `magic_mismatch`, `field_invalid`.
 *
 * @example
 * readIdentity(await readFile('greeter.wasm')).plugin_name; // 'greeter'
 */
export const readIdentity = (bytes: Uint8Array): PluginIdentity =>
  parseIdentity(runSteps(findIdentity(bytes, IDENTITY_PLACE)), bytes);

/** Checks the identity section that `findIdentity` found in these bytes. Throws like {@link readIdentity}. */
export const parseIdentity = (found: IdentitySection, bytes: Uint8Array): PluginIdentity => {
  if (found.kind === 'payload') return parsePayload(Buffer.from(found.payload));
  const { name, mostBytes } = IDENTITY_PLACE;
  const messages = {
    not_wasm:
      explainNotWasm(bytes) ??
      `the ${bytes.length} bytes begin like a WebAssembly module, but its sections are malformed: build or copy it again.`,
    section_missing: `the module has no custom section ${name}: build it as a cc-lb plugin, or run it with createSandbox.`,
    section_twice: `the module has the custom section ${name} more than once: expected exactly one.`,
    section_too_large: `the identity has ${found.bytes} bytes, at most ${mostBytes} are allowed.`,
  };
  throw loadError('identity', found.kind, messages[found.kind]);
};

const parsePayload = (payload: Buffer): PluginIdentity => {
  // Invalid UTF-8 is passed on as a text that is not JSON.
  const result = checkIdentity(isUtf8(payload) ? payload.toString('utf8') : '');
  if (!result.ok) throw loadError('identity', result.code, `${result.message}.`);
  return result.identity;
};
