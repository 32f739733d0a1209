import { PlugwireUsageError } from '@plugwire/wire';

import type { PluginLimits } from '../limits.ts';
import { loadError } from '../load-error.ts';
import { checkImports } from './check-imports.ts';
import { instantiateThroughExtism, kernelFunctionNames, type NamedModule } from './extism-link.ts';
import type { GuestInstance } from './guest-instance.ts';
import { createGuestInstance } from './guest-instance.ts';
import type { HostCallGate, HostFunctions } from './host-function.ts';
import type { GuestLog } from './kernel.ts';
import { proveLink } from './prove-link.ts';

/** What a guest is made of, whoever calls it later. */
export interface GuestOptions {
  readonly modules: readonly NamedModule[];
  readonly hostFunctions: HostFunctions;
  readonly config: ReadonlyMap<string, string>;
  readonly limits: PluginLimits;
}

/** What an instance may do beyond computing. */
export interface GuestRights {
  readonly gate: HostCallGate;
  readonly log: GuestLog;
}

/** A guest that can be instantiated, as often as it is needed. */
export interface Guest {
  /** Names of the functions that its main module exports. */
  readonly functionNames: ReadonlySet<string>;
  /** A new instance with these rights. Rejects with `PluginLoadError` `instantiate`. */
  instantiate(rights: GuestRights): Promise<GuestInstance>;
}

let linkProof: Promise<void> | undefined;

/**
 * Checks a guest's modules, their imports, and the link itself.
 *
 * Throws `PlugwireUsageError` `bad_source`; `PluginLoadError` `instantiate`: `import_unknown`, `import_circular`, `extism_incompatible`.
 */
export const createGuest = async (options: GuestOptions): Promise<Guest> => {
  linkProof ??= proveLink(instantiateThroughExtism);
  await linkProof;
  checkModuleNames(options);
  checkImports(options.modules, kernelFunctionNames(), options.hostFunctions);
  return {
    functionNames: exportedFunctions(options.modules),
    instantiate: async (rights) => {
      try {
        return await createGuestInstance({ ...options, ...rights }, instantiateThroughExtism);
      } catch (error) {
        throw instantiationFailure(error);
      }
    },
  };
};

/** A module of that name would be found before the host's functions, and so pass their gate. */
const checkModuleNames = ({ modules, hostFunctions }: GuestOptions): void => {
  const taken = modules.find(({ name }) => Object.hasOwn(hostFunctions, name));
  if (taken === undefined) return;
  throw new PlugwireUsageError(
    'bad_source',
    `a module is called "${taken.name}", which is a namespace of the host’s functions: give it another name.`,
  );
};

const exportedFunctions = (modules: readonly NamedModule[]): ReadonlySet<string> => {
  const main = modules.find(({ name }) => name === 'main');
  const exports = main === undefined ? [] : WebAssembly.Module.exports(main.module);
  return new Set(exports.filter(({ kind }) => kind === 'function').map(({ name }) => name));
};

const instantiationFailure = (error: unknown): Error => {
  if (error instanceof WebAssembly.LinkError) {
    return loadError(
      'instantiate',
      'import_mismatch',
      'an import has another type than what is provided under its name: check the signatures of the host functions that the plugin imports.',
    );
  }
  return loadError(
    'instantiate',
    'instantiation_failed',
    'the module could not be instantiated: a data or element segment lies outside of its memory or table, or no memory is left.',
  );
};
