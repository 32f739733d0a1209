import type { PluginLimits } from './limits.ts';
import { loadError } from './load-error.ts';
import type { MeteredModule } from './metering/meter-module.ts';
import { meterModule } from './metering/meter-module.ts';
import type { ModuleBytes } from './read-source.ts';
import { WASI_NAMESPACE } from './sandbox/extism-link.ts';

/** A module that was metered and compiled, under the name by which others import it. */
export interface CompiledModule {
  readonly name: string;
  readonly module: WebAssembly.Module;
  readonly metered: MeteredModule;
}

/**
 * Meters the modules of a plugin and compiles them: what comes out counts its fuel, and runs nothing by itself.
 *
 * Throws `PluginLoadError` `compile`: a code of `METERING_CODES`, `wasi_disabled`, `wasi_linked`.
 */
export const compileModules = async (
  modules: readonly ModuleBytes[],
  limits: PluginLimits,
  wasi: boolean,
): Promise<readonly CompiledModule[]> => {
  const compiled = await Promise.all(
    modules.map(async ({ name, bytes }) => {
      const metered = meter(bytes, limits);
      return { name, metered, module: await compile(metered.bytes) };
    }),
  );
  checkWasi(compiled, wasi);
  return compiled;
};

const meter = (bytes: Uint8Array, limits: PluginLimits): MeteredModule => {
  const metered = meterModule(bytes, limits);
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

/** Whether a module imports WASI. */
export const importsWasi = ({ module }: CompiledModule): boolean =>
  WebAssembly.Module.imports(module).some((item) => item.module === WASI_NAMESPACE);

const checkWasi = (modules: readonly CompiledModule[], wasi: boolean): void => {
  const users = modules.filter(importsWasi);
  if (users.length > 0 && !wasi) {
    throw loadError(
      'compile',
      'wasi_disabled',
      'the module imports WASI, which is off: load it with wasi: true, or build it for wasm32-unknown-unknown.',
    );
  }
  if (users.length > 0 && modules.length > 1) {
    throw loadError(
      'compile',
      'wasi_linked',
      'a plugin of several linked modules imports WASI, whose functions know one memory only: link it into one module.',
    );
  }
};
