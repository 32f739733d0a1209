import { loadError } from './load-error.ts';
import type { ModuleBytes } from './read-source.ts';
import type { NamedModule } from './sandbox/extism-link.ts';
import { listSections, START_SECTION } from './wasm-sections.ts';

const WASI_NAMESPACE = /^wasi_/;
/** Exports that Extism runs when a plugin is instantiated, before anything could stop them. */
const INITIALISERS: ReadonlySet<string> = new Set(['_start', '_initialize', 'hs_init']);

/**
 * Compiles the modules of a plugin, and refuses what would run outside of a call.
 *
 * Throws `PluginLoadError` `compile`: `invalid_module`, `wasi_unsupported`, `start_unsupported`.
 */
export const compileModules = async (modules: readonly ModuleBytes[]): Promise<readonly NamedModule[]> =>
  await Promise.all(modules.map(async ({ name, bytes }) => ({ name, module: await compileModule(bytes) })));

const compileModule = async (bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> => {
  const module = await compile(bytes);
  if (WebAssembly.Module.imports(module).some((item) => WASI_NAMESPACE.test(item.module))) {
    throw loadError(
      'compile',
      'wasi_unsupported',
      'the module imports WASI, which this version does not serve: build it for a target without WASI (wasm32-unknown-unknown).',
    );
  }
  const initialiser = WebAssembly.Module.exports(module).find((item) => INITIALISERS.has(item.name));
  const hasStart = listSections(bytes)?.some((section) => section.id === START_SECTION) === true;
  if (hasStart || initialiser !== undefined) {
    const what = hasStart ? 'a start function' : `the initialiser ${String(initialiser?.name)}`;
    throw loadError(
      'compile',
      'start_unsupported',
      `the module has ${what}, which this version does not run: build it as a library without one.`,
    );
  }
  return module;
};

const compile = async (bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> => {
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    // The engine's message quotes names out of the module; its offset does not.
    const offset = /@\+(\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const where = offset === undefined ? '' : ` at byte ${offset}`;
    throw loadError(
      'compile',
      'invalid_module',
      `the module is not valid WebAssembly${where}, or uses a feature that this engine lacks: build it anew.`,
    );
  }
};
