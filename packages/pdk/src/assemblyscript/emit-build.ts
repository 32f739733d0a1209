import { ABI_ENVELOPE, IDENTITY_MAGIC, IDENTITY_SECTION } from '@plugwire/wire';

import type { PluginPlan } from '../plan/kit-plan.ts';

/** Emits the compiler options that the kit needs. Modules at level 2 are a tenth smaller than at level 3, and as fast. */
export const emitAsconfig = (folder: string): string => {
  const options = {
    optimizeLevel: 2,
    // The kit collects garbage before each call.
    runtime: 'minimal',
    use: [`abort=${folder}/runtime/abort/abort`],
  };
  return `${JSON.stringify({ entries: ['./exports.ts'], options }, undefined, 2)}\n`;
};

/** Emits a compiler transform that adds the identity section to the module. */
export const emitIdentity = ({ name, version }: PluginPlan): string => {
  const identity = {
    magic: [...IDENTITY_MAGIC],
    abi_envelope: ABI_ENVELOPE,
    plugin_name: name,
    plugin_version: version,
  };
  return `// A compiler transform that adds the identity to the module, as a custom section.

const IDENTITY = ${JSON.stringify(JSON.stringify(identity))};

export const afterCompile = (module) => {
  module.addCustomSection(${JSON.stringify(IDENTITY_SECTION)}, new TextEncoder().encode(IDENTITY));
};
`;
};
