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

/** What a guest is made of, whoever calls it later. */
export interface GuestOptions {
  readonly modules: readonly CompiledModule[];
  /** What it gets of WASI, if it imports it. */
  readonly wasi: Required<WasiSettings> | undefined;
  readonly hostFunctions: HostFunctionTable;
  readonly sources: GuardedSources;
  readonly config: Pick<ReadonlyMap<string, string>, 'get'>;
  readonly limits: PluginLimits;
}

/** A guest that can be instantiated, as often as it is needed. */
export interface Guest {
  /** Names of the functions that its main module exports. */
  readonly functionNames: ReadonlySet<string>;
  /** A new instance with these rights. Rejects with `PluginLoadError` `instantiate`. */
  instantiate(rights: GuestRights): Promise<GuestInstance>;
}

/** Start functions have limits of their own, not those of a call. */
const OVERRUN = {
  deadline: 'it did not end in time (limits.initialisationMs)',
  fuel: 'it used up its fuel (limits.initialisationFuel)',
} as const;

let linkProof: Promise<void> | undefined;

/**
 * Checks a guest's modules, their imports, and the link itself.
 *
 * Throws `PlugwireUsageError` `bad_source`; `PluginLoadError` `instantiate`: `import_unknown`, `import_circular`,
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

/** What a guest is made of, and which parts of it start and have WASI. */
type Manifest = Pick<GuestParts, 'modules' | 'slice' | 'initialisers' | 'wasi'>;

/** For modules that import none. */
const NO_WASI = { args: [], env: {} };

/** The modules that `main` needs, itself first; start functions in the order in which Extism would call them. */
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

/** Which of its start functions a module wants called, as Extism would: the section's first, then by what it exports. */
const initialisersOf = ({ metered, wasiNamespace }: CompiledModule, module: number): InitialiserCall[] => {
  const has = (name: Initialiser): boolean =>
    metered.initialisers.some((initialiser) => initialiser.name === name);
  const first = (['hs_init', '_initialize', '_start'] as const).find(has);
  // With WASI a command is only prepared; its `_start` is for whoever calls it.
  const wanted = wasiNamespace === undefined ? [first] : (['_initialize', 'hs_init'] as const).filter(has);
  const calls = wanted.flatMap((name) => {
    const initialiser = metered.initialisers.find((candidate) => candidate.name === name);
    return initialiser === undefined ? [] : [callOf(initialiser, module)];
  });
  return metered.start ? [{ module, exportedAs: METERED_EXPORTS.start, values: [] }, ...calls] : calls;
};

/** `hs_init` takes a count of arguments and where they are, both zero for none; the others take nothing. */
const callOf = ({ name, exportedAs, parameters }: MeteredInitialiser, module: number): InitialiserCall => {
  const zeros = parameters.map((type) => ZEROS.get(type));
  const values = zeros.filter((zero) => zero !== undefined);
  if (values.length === parameters.length && (name === 'hs_init' || values.length === 0))
    return { module, exportedAs, values };
  const expected = name === 'hs_init' ? 'integers only' : 'none';
  throw loadError(
    'instantiate',
    'initialiser_mismatch',
    `${name} takes ${parameters.length} parameters, expected were ${expected}: it is called when an instance is made, so give another export that name.`,
  );
};

const ZEROS = new Map<number, 0 | 0n>([
  [TYPE.i32, 0],
  [TYPE.i64, 0n],
]);

/** A module of that name would be found before the host's functions, and so pass their gate. */
const checkModuleNames = ({ modules, hostFunctions }: GuestOptions): void => {
  const taken = modules.find(({ name }) => hostFunctions.has(name));
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
