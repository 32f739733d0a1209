import { showName } from '@plugwire/wire';

import type { CompiledModule } from '../../modules/compile-modules.ts';
import { findHostFunctionBody } from '../../host-functions/define-host-function.ts';
import { loadError } from '../../outcomes/load-error.ts';
import type { HostFunctionTable } from './host-function.ts';

/** Types of the binary format, and what they are called in WebAssembly text. */
const TYPE_NAMES: Readonly<Record<number, string>> = {
  0x7f: 'i32',
  0x7e: 'i64',
  0x7d: 'f32',
  0x7c: 'f64',
  0x7b: 'v128',
  0x70: 'funcref',
  0x6f: 'externref',
};

/**
 * Checks that guests import host functions with the types that these declare. The engine holds a JavaScript function to no
 * type: what does not fit would be converted, or missing, at each call.
 *
 * Throws `PluginLoadError` `instantiate`/`import_mismatch`.
 */
export const checkSignatures = (modules: readonly CompiledModule[], table: HostFunctionTable): void => {
  for (const { metered } of modules) {
    for (const { module, name, signature } of metered.importedFunctions) {
      const declared = table.get(module)?.get(name);
      const body = findHostFunctionBody(declared);
      if (body === undefined) continue;
      const expected = show(body.parameters, body.result === undefined ? [] : [body.result]);
      const seen = showBinary(signature);
      if (seen === expected) continue;
      throw loadError(
        'instantiate',
        'import_mismatch',
        `the plugin imports ${showName(name)} of ${module} as ${seen}, and the host declares it as ${expected}: build the plugin for this host's declaration, or change that.`,
      );
    }
  }
};

const show = (parameters: readonly string[], results: readonly string[]): string =>
  `(${parameters.join(', ')}) -> (${results.join(', ')})`;

/** A signature as the binary format has it: both lists with their lengths before them, which are below 128 here. */
const showBinary = (signature: readonly number[]): string => {
  const names = signature.map((byte) => TYPE_NAMES[byte] ?? 'another type');
  const parameters = signature[0] ?? 0;
  return show(names.slice(1, 1 + parameters), names.slice(2 + parameters));
};
