import { PlugwireUsageError } from '@plugwire/wire';

import type { CompiledModule } from '../modules/compile-modules.ts';
import type { GuardedSources } from '../host-functions/host-sources.ts';
import type { PluginLimits } from '../base/limits.ts';
import { loadError } from '../outcomes/load-error.ts';
import type { MeteredInitialiser } from '../metering/meter-module.ts';
import { TYPE } from '../metering/opcodes.ts';
import { type Initialiser, METERED_EXPORTS, ownName, RESERVED_PREFIX } from '../metering/reserved-names.ts';
import type { WasiSettings } from '../wasi/parse-wasi.ts';
import { checkImports } from './imports/check-imports.ts';
import { checkSignatures } from './imports/check-signatures.ts';
import { instantiateThroughExtism, kernelFunctionNames, type NamedModule } from '../link/extism-link.ts';
import { createLinkers } from './instance/create-linkers.ts';
import {
  createGuestInstance,
  type GuestInstance,
  type GuestParts,
  type GuestRights,
  type InitialiserCall,
} from './instance/guest-instance.ts';
import type { HostFunctionTable } from './imports/host-function.ts';
import { sliceFor } from './instance/meter.ts';
import { proveLink, replayLink } from '../link/prove-link.ts';

/** What a guest consists of. */
export interface GuestOptions {
  readonly modules: readonly CompiledModule[];
  /** The arguments and environment for modules that import WASI. */
  readonly wasi: Required<WasiSettings> | undefined;
  readonly hostFunctions: HostFunctionTable;
  readonly sources: GuardedSources;
  readonly config: Pick<ReadonlyMap<string, string>, 'get'>;
  readonly limits: PluginLimits;
}

/** A guest that can be instantiated any number of times. */
export interface Guest {
  /** The names of the functions that its main module exports. */
  readonly functionNames: ReadonlySet<string>;
  /** Creates an instance with these rights. Rejects with `PluginLoadError` `instantiate`. */
  instantiate(rights: GuestRights): Promise<GuestInstance>;
}

/** The messages for limits of start functions, which are separate from those of calls. */
const OVERRUN = {
  deadline: 'it did not end in time (limits.initialisationMs)',
  fuel: 'it used up its fuel (limits.initialisationFuel)',
} as const;

let linkProof: Promise<void> | undefined;

/**
 * Checks a guest's modules and imports, and the installed version of Extism.
 *
 * Rejects with `PlugwireUsageError` `bad_source`, and with `PluginLoadError` `instantiate`: `import_unknown`, `import_circular`,
 * `import_mismatch`, `initialiser_mismatch`, `extism_incompatible`.
 */
export const createGuest = async (options: GuestOptions): Promise<Guest> => {
  linkProof ??= proveLink(instantiateThroughExtism, replayLink);
  await linkProof;
  checkModuleNames(options);
  const { modules, hostFunctions, sources, config, limits } = options;
  const order = checkImports(modules, kernelFunctionNames(), hostFunctions);
  checkSignatures(modules, hostFunctions);
  const manifest = createManifest(modules, order);
  const createLinker = createLinkers(
    manifest.modules,
    manifest.wasi.map(({ namespace }) => namespace),
  );
  const wasiSettings = options.wasi ?? NO_WASI;
  let isFirst = true;
  return {
    functionNames: exportedFunctions(modules),
    instantiate: async (rights) => {
      const created = await createGuestInstance(
        { ...manifest, wasiSettings, hostFunctions, sources, config, limits, ...rights },
        createLinker,
        isFirst,
      ).catch((error: unknown) => {
        throw instantiationFailure(error);
      });
      isFirst = false;
      if (created.ok) return created.instance;
      const limit =
        created.code === 'deadline' || created.code === 'fuel' ? OVERRUN[created.code] : undefined;
      throw loadError('instantiate', created.code, `a start function failed: ${limit ?? created.message}.`);
    },
  };
};

/** The modules of a guest, their start functions, and the modules with WASI. */
type Manifest = Pick<GuestParts, 'modules' | 'slice' | 'initialisers' | 'wasi'>;

/** The settings if WASI is off. */
const NO_WASI = { args: [], env: {} };

/** Selects the modules that `main` needs, with `main` first. Start functions are in the order in which Extism calls them. */
const createManifest = (modules: readonly CompiledModule[], order: readonly string[]): Manifest => {
  const needed = modules.filter(({ name }) => order.includes(name));
  const sorted = needed.toSorted(
    (left, right) => Number(right.name === 'main') - Number(left.name === 'main'),
  );
  return {
    modules: sorted.map(({ name, module, metered }) => ({ name, module, facts: metered })),
    slice: sliceFor(sorted.reduce((sum, { metered }) => sum + metered.unchargedCompileWeight, 0)),
    initialisers: order.flatMap((name) => {
      const index = sorted.findIndex((module) => module.name === name);
      return initialisersOf(sorted[index] as CompiledModule, index);
    }),
    wasi: sorted.flatMap(({ wasiNamespace: namespace }, index) =>
      namespace === undefined ? [] : [{ namespace, index }],
    ),
  };
};

/** Selects the start functions of a module like Extism: first the one of the start section, then those that it exports. */
const initialisersOf = ({ metered, wasiNamespace }: CompiledModule, module: number): InitialiserCall[] => {
  const has = (name: Initialiser): boolean =>
    metered.initialisers.some((initialiser) => initialiser.name === name);
  const first = (['hs_init', '_initialize', '_start'] as const).find(has);
  // The `_start` of a module with WASI is the program itself. It only runs when it is called.
  const wanted = wasiNamespace === undefined ? [first] : (['_initialize', 'hs_init'] as const).filter(has);
  const calls = wanted.flatMap((name) => {
    const initialiser = metered.initialisers.find((candidate) => candidate.name === name);
    return initialiser === undefined ? [] : [callOf(initialiser, module)];
  });
  return metered.start ? [{ module, exportedAs: METERED_EXPORTS.start, values: [] }, ...calls] : calls;
};

/** `hs_init` has the number of arguments and their address as parameters. Both are zero here. The others have no parameters. */
const callOf = ({ name, exportedAs, parameters }: MeteredInitialiser, module: number): InitialiserCall => {
  const zeros = parameters.map((type) => ZEROS.get(type));
  const values = zeros.filter((zero) => zero !== undefined);
  if (values.length === parameters.length && (name === 'hs_init' || values.length === 0))
    return { module, exportedAs, values };
  const expected = name === 'hs_init' ? 'integers only' : 'none';
  throw loadError(
    'instantiate',
    'initialiser_mismatch',
    `the start function ${name} has ${parameters.length} parameters: expected ${expected}. Rename the export if it is not a start function.`,
  );
};

const ZEROS = new Map<number, 0 | 0n>([
  [TYPE.i32, 0],
  [TYPE.i64, 0n],
]);

/** A module with the name of a namespace would take precedence over the host's functions, and avoid their checks. */
const checkModuleNames = ({ modules, hostFunctions }: GuestOptions): void => {
  const taken = modules.find(({ name }) => hostFunctions.has(name));
  if (taken === undefined) return;
  throw new PlugwireUsageError(
    'bad_source',
    `a module is named "${taken.name}", like a namespace of host functions: expected another name. Rename the module.`,
  );
};

const exportedFunctions = (modules: readonly NamedModule[]): ReadonlySet<string> => {
  const main = modules.find(({ name }) => name === 'main');
  const exports = main === undefined ? [] : WebAssembly.Module.exports(main.module);
  return new Set(
    exports
      .filter(({ kind }) => kind === 'function')
      .map(({ name }) => ownName(name))
      .filter((name) => !name.startsWith(RESERVED_PREFIX)),
  );
};

const instantiationFailure = (error: unknown): Error => {
  if (error instanceof WebAssembly.LinkError) {
    return loadError(
      'instantiate',
      'import_mismatch',
      'an import has another type than the function, memory, table or global that is provided: expected the same type. Check the plugin’s imports.',
    );
  }
  if (error instanceof RangeError) {
    return loadError(
      'instantiate',
      'out_of_memory',
      'the process cannot reserve address space for another instance: expected room for two memories. Close plugins, or use more processes.',
    );
  }
  return loadError(
    'instantiate',
    'instantiation_failed',
    'the module cannot be instantiated: expected every data and element segment to fit its memory or table. Build the plugin again.',
  );
};
