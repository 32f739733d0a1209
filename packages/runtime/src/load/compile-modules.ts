import type { PluginLimits } from '../limits.ts';
import { loadError } from './load-error.ts';
import type { MeteredModule } from '../metering/meter-module.ts';
import { meterModule } from '../metering/meter-module.ts';
import type { ModuleBytes } from './read-source.ts';
import { RESERVED_PREFIX } from '../metering/reserved-names.ts';
import { WASI_NAMESPACE } from '../sandbox/link/extism-link.ts';

/** A module that was metered and compiled, under the name by which others import it. */
export interface CompiledModule {
  readonly name: string;
  readonly module: WebAssembly.Module;
  readonly metered: MeteredModule;
  /** The namespace from which it imports WASI, if it does: one of its own among several modules, since its memory is its own. */
  readonly wasiNamespace: string | undefined;
}

/**
 * Meters the modules of a plugin and compiles them: what comes out counts its fuel, and runs nothing by itself.
 *
 * Throws `PluginLoadError` `compile`: a code of `METERING_CODES`, `wasi_disabled`.
 */
export const compileModules = async (
  modules: readonly ModuleBytes[],
  limits: PluginLimits,
  wasi: boolean,
): Promise<readonly CompiledModule[]> => {
  const compiled = await Promise.all(
    modules.map(async ({ name, bytes }, index) => {
      const namespace = modules.length === 1 ? WASI_NAMESPACE : `${RESERVED_PREFIX}wasi:${index}`;
      const metered = meter(bytes, limits, namespace);
      const module = await compile(metered.bytes);
      return { name, metered, module, wasiNamespace: importsFrom(module, namespace) ? namespace : undefined };
    }),
  );
  checkWasi(compiled, wasi);
  return compiled;
};

const meter = (bytes: Uint8Array, limits: PluginLimits, wasiNamespace: string): MeteredModule => {
  const rename = wasiNamespace === WASI_NAMESPACE ? undefined : { from: WASI_NAMESPACE, to: wasiNamespace };
  const metered = meterModule(bytes, limits, rename);
  if (metered.ok) return metered;
  throw loadError('compile', metered.code, `${metered.message}.`);
};

const compile = async (bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> => {
  try {
    return await WebAssembly.compile(bytes);
  } catch {
    // The engine's message quotes names out of the module.
    throw loadError('compile', 'invalid_module', 'the engine does not compile the module: build it anew.');
  }
};

const importsFrom = (module: WebAssembly.Module, namespace: string): boolean =>
  WebAssembly.Module.imports(module).some((item) => item.module === namespace);

const checkWasi = (modules: readonly CompiledModule[], wasi: boolean): void => {
  if (wasi || modules.every(({ wasiNamespace }) => wasiNamespace === undefined)) return;
  throw loadError(
    'compile',
    'wasi_disabled',
    'the module imports WASI, which is off: load it with wasi: true, or build it for wasm32-unknown-unknown.',
  );
};
