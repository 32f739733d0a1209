import { loadError } from '../outcomes/load-error.ts';
import type { MeteredFacts } from '../metering/meter-module.ts';
import { type MeteringLimits, meteringLimitsOf } from '../metering/metering-limits.ts';
import { modulePreparer } from '../prepare/module-preparer.ts';
import type { ModuleBytes } from './read-source.ts';
import { explainNotWasm } from './recognise-file.ts';
import { RESERVED_PREFIX } from '../metering/reserved-names.ts';
import { WASI_NAMESPACE } from '../link/extism-link.ts';

/** A metered and compiled module, with the name by which other modules import it. */
export interface CompiledModule {
  readonly name: string;
  readonly module: WebAssembly.Module;
  readonly metered: MeteredFacts;
  /** The namespace of its WASI imports, if it has any. Each of several modules has a separate one, because each has its own memory. */
  readonly wasiNamespace: string | undefined;
  /** Resolves when a load no longer has to wait for its functions. Rejects with `compile`/`load_thread_ended`. */
  readonly warmed: Promise<void>;
}

/**
 * Meters and compiles the modules of a plugin. The result counts its fuel, and runs no code when it is instantiated.
 *
 * Throws `PluginLoadError` `compile`: a code of `METERING_CODES`, `wasi_disabled`, `load_thread_ended`.
 */
export const compileModules = async (
  modules: readonly ModuleBytes[],
  limits: MeteringLimits,
  wasi: boolean,
): Promise<readonly CompiledModule[]> => {
  const compiled = await Promise.all(
    modules.map(async (file, index) => {
      const namespace = modules.length === 1 ? WASI_NAMESPACE : `${RESERVED_PREFIX}wasi:${index}`;
      const rename = namespace === WASI_NAMESPACE ? undefined : { from: WASI_NAMESPACE, to: namespace };
      const mistake = explainNotWasm(file.bytes);
      if (mistake !== undefined) throw loadError('compile', 'invalid_module', mistake);
      // A linked module may use the memory of another one. It would not know that memory's size.
      const shrinkableMemory = limits.shrinkableMemory === true && modules.length === 1;
      const options = { limits: { ...meteringLimitsOf(limits), shrinkableMemory }, rename };
      const { prepared, warmed } = await modulePreparer.prepare(file, options);
      if (!prepared.ok) throw loadError('compile', prepared.code, `${prepared.message}.`);
      const { module, metered } = prepared;
      const wasiNamespace = importsFrom(module, namespace) ? namespace : undefined;
      return { name: file.name, metered, module, wasiNamespace, warmed };
    }),
  );
  checkWasi(compiled, wasi);
  return compiled;
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
