import { showName } from '@plugwire/wire';

import type { CompiledModule } from '../../modules/compile-modules.ts';
import { findHostFunctionBody } from '../../host-functions/define-host-function.ts';
import { loadError } from '../../outcomes/load-error.ts';
import type { HostFunctionTable } from './host-function.ts';

/** Types of the binary format, and their names in WebAssembly text. */
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
 * Checks that guests import host functions with the declared types. The engine does not check the type of a JavaScript function. At each
 * call, it would convert values of other types, and leave missing values `undefined`.
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
        `the plugin imports ${showName(name)} of ${module} as ${seen}: expected ${expected}, as the host declares it. Build the plugin for this declaration, or change the declaration.`,
      );
    }
  }
};

const show = (parameters: readonly string[], results: readonly string[]): string =>
  `(${parameters.join(', ')}) -> (${results.join(', ')})`;

/** Shows a signature of the binary format. Both lists begin with their length, which is below 128 here. */
const showBinary = (signature: readonly number[]): string => {
  const names = signature.map((byte) => TYPE_NAMES[byte] ?? 'another type');
  const parameters = signature[0] ?? 0;
  return show(names.slice(1, 1 + parameters), names.slice(2 + parameters));
};
