import { PlugwireUsageError } from '@plugwire/wire';

import { type CompiledModule, importsWasi } from '../compile-modules.ts';
import type { PluginLimits } from '../limits.ts';
import { loadError } from '../load-error.ts';
import { collectedName, collectExports } from '../metering/collect-exports.ts';
import {
  type Initialiser,
  METERED_EXPORTS,
  meteredInitialiser,
  RESERVED_PREFIX,
} from '../metering/reserved-names.ts';
import { checkImports } from './check-imports.ts';
import { instantiateThroughExtism, kernelFunctionNames, type NamedModule } from './extism-link.ts';
import { createGuestInstance, type GuestInstance, type GuestParts } from './guest-instance.ts';
import type { HostCallGate, HostFunctions } from './host-function.ts';
import type { GuestLog } from './kernel.ts';
import { proveLink } from './prove-link.ts';

/** What a guest is made of, whoever calls it later. */
export interface GuestOptions {
  readonly modules: readonly CompiledModule[];
  /** Whether it gets WASI, if it imports it. */
  readonly wasi: boolean;
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
  const { modules, hostFunctions, config, limits } = options;
  const order = checkImports(modules, kernelFunctionNames(), hostFunctions, options.wasi);
  const wasi = modules.some(importsWasi);
  const manifest = await createManifest(modules, order, wasi);
  return {
    functionNames: exportedFunctions(modules),
    instantiate: async (rights) => {
      const created = await createGuestInstance(
        { ...manifest, wasi, hostFunctions, config, limits, ...rights },
        instantiateThroughExtism,
      ).catch((error: unknown) => {
        throw instantiationFailure(error);
      });
      if (created.ok) return created.instance;
      throw loadError('instantiate', created.code, `a start function failed: ${created.message}.`);
    },
  };
};

/** What Extism gets to link, and where the counters and the start functions are then. */
type Manifest = Pick<GuestParts, 'modules' | 'counters' | 'initialisers'>;

/** The name of the plugin's own `main` where the collecting module takes its place. */
const MAIN_BEHIND = 'plugwire:main';

/**
 * Extism hands out the instance of `main` alone. Where a plugin has several modules, a generated `main` collects the
 * counters and start functions of all.
 */
const createManifest = async (
  modules: readonly CompiledModule[],
  order: readonly string[],
  wasi: boolean,
): Promise<Manifest> => {
  const needed = modules.filter(({ name }) => order.includes(name));
  const sorted = needed.toSorted(
    (left, right) => Number(right.name === 'main') - Number(left.name === 'main'),
  );
  const initialisers = order.flatMap((name) => {
    const index = sorted.findIndex((module) => module.name === name);
    return initialisersOf(sorted[index] as CompiledModule, wasi).map((entry) => collectedName(index, entry));
  });
  if (sorted.length === 1) return { modules: sorted, counters: 1, initialisers };
  const named = sorted.map(({ name, module, metered }) => ({
    name: name === 'main' ? MAIN_BEHIND : name,
    module,
    metered,
  }));
  const collector = await WebAssembly.compile(collectExports(named));
  return { modules: [...named, { name: 'main', module: collector }], counters: named.length, initialisers };
};

/** Which of its start functions a module wants called, as Extism would: the section's first, then by what it exports. */
const initialisersOf = ({ metered }: CompiledModule, wasi: boolean): string[] => {
  const has = (name: Initialiser): boolean =>
    metered.initialisers.some((initialiser) => initialiser.name === name);
  const first = (['hs_init', '_initialize', '_start'] as const).find(has);
  // With WASI a command is only prepared; its `_start` is for whoever calls it.
  const wanted = wasi
    ? (['_initialize', 'hs_init'] as const).filter(has)
    : first === undefined
      ? []
      : [first];
  return [...(metered.start ? [METERED_EXPORTS.start] : []), ...wanted.map(meteredInitialiser)];
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
  return new Set(
    exports
      .filter(({ kind, name }) => kind === 'function' && !name.startsWith(RESERVED_PREFIX))
      .map(({ name }) => name),
  );
};

const instantiationFailure = (error: unknown): Error => {
  if (error instanceof WebAssembly.LinkError) {
    return loadError(
      'instantiate',
      'import_mismatch',
      'an import has another type than what is provided under its name: check the signatures of the host functions that the plugin imports.',
    );
  }
  if (error instanceof RangeError) {
    return loadError(
      'instantiate',
      'out_of_memory',
      'the process can hold no more instances: each reserves address space for two memories. Close plugins, or use more processes.',
    );
  }
  return loadError(
    'instantiate',
    'instantiation_failed',
    'the module could not be instantiated: a data or element segment lies outside of its memory or table.',
  );
};
