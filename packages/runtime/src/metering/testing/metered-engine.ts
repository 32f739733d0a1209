import { createFuelHook } from '../fuel-hook.ts';
import { meterModule } from '../meter-module.ts';
import { DEFAULT_LIMITS } from './default-limits.ts';
import { METERED_EXPORTS } from '../reserved-names.ts';

/** Compilers' memory and tables, not plugins': the libraries under test were not built for a small budget. */
export const LIBRARY_LIMITS = { ...DEFAULT_LIMITS, memoryBytes: 2 ** 31, tableElements: 100_000 };

/** As the host hands it out, far from a deadline. */
const SLICE = 200_000;

export interface MeteredEngine {
  /** The modules that were metered since, as they were. */
  readonly modules: () => readonly Uint8Array[];
  readonly fuelUsed: () => number;
  restore(): void;
}

type Exports = Record<string, unknown>;

/** Makes `WebAssembly` meter whatever a library compiles, until restored. For libraries that load modules by themselves. */
export const meterEverything = (): MeteredEngine => {
  const original = { ...pick(WebAssembly) };
  const metered = new WeakSet<WebAssembly.Module>();
  const modules: Uint8Array[] = [];
  let granted = 0;
  const compile = (source: BufferSource): WebAssembly.Module => {
    const bytes =
      source instanceof ArrayBuffer
        ? new Uint8Array(source)
        : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    const result = meterModule(bytes, LIBRARY_LIMITS);
    if (!result.ok) throw new Error(`${result.code}: ${result.message}`);
    modules.push(new Uint8Array(bytes));
    const module = new original.Module(result.bytes);
    metered.add(module);
    return module;
  };
  const hook = createFuelHook((counter) => {
    granted += SLICE - counter;
    return SLICE;
  });
  const instantiate = (module: WebAssembly.Module, imports?: WebAssembly.Imports): WebAssembly.Instance => {
    const instance = new original.Instance(module, imports);
    if (!metered.has(module)) return instance;
    const exports: Exports = { ...instance.exports };
    (exports[METERED_EXPORTS.outOfFuel] as WebAssembly.Table).set(0, hook);
    for (const name of Object.keys(exports)) {
      if (name.startsWith('plugwire:_') || name === 'plugwire:hs_init')
        exports[name.slice('plugwire:'.length)] = exports[name];
    }
    (exports[METERED_EXPORTS.start] as (() => void) | undefined)?.();
    return Object.create(original.Instance.prototype, {
      exports: { value: Object.freeze(exports) },
    }) as WebAssembly.Instance;
  };
  const isModule = (source: unknown): source is WebAssembly.Module => source instanceof original.Module;
  Object.assign(WebAssembly, {
    compile: (source: BufferSource) => Promise.resolve().then(() => compile(source)),
    instantiate: async (source: BufferSource | WebAssembly.Module, imports?: WebAssembly.Imports) => {
      if (isModule(source)) return instantiate(source, imports);
      const module = compile(source);
      return { module, instance: instantiate(module, imports) };
    },
    Module: new Proxy(original.Module, { construct: (_, [source]) => compile(source as BufferSource) }),
    Instance: new Proxy(original.Instance, {
      construct: (_, [module, imports]) =>
        instantiate(module as WebAssembly.Module, imports as WebAssembly.Imports),
    }),
  });
  return {
    modules: () => modules,
    fuelUsed: () => granted,
    restore: () => void Object.assign(WebAssembly, original),
  };
};

const pick = ({ compile, instantiate, Module, Instance }: typeof WebAssembly) => {
  return { compile, instantiate, Module, Instance };
};
