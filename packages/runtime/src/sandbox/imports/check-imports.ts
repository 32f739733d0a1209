import { showName } from '@plugwire/wire';

import { loadError } from '../../outcomes/load-error.ts';
import type { CompiledModule } from '../../modules/compile-modules.ts';
import { KERNEL_NAMESPACE, WASI_NAMESPACE } from '../../link/extism-link.ts';
import { WASI_PARAMETERS } from '../../wasi/wasi-signatures.ts';
import type { HostFunctionTable } from './host-function.ts';
import { USER_NAMESPACE } from '../../link/namespaces.ts';

/**
 * Checks, before anything is instantiated, that every import of every module is provided by another module, by the kernel or by a host
 * function. Extism checks it too, but its errors have no codes.
 *
 * Returns the names of the modules that `main` needs, including `main`, in the order in which they are instantiated.
 *
 * Throws `PluginLoadError` `instantiate`: `import_unknown`, `import_circular`.
 */
export const checkImports = (
  modules: readonly Importer[],
  kernelFunctions: readonly string[],
  hostFunctions: HostFunctionTable,
): readonly string[] => {
  const namespaces: Provided = new Map();
  for (const [name, functions] of hostFunctions) namespaces.set(name, functionsOf([...functions.keys()]));
  namespaces.set(KERNEL_NAMESPACE, functionsOf(kernelFunctions));
  for (const { name, module, wasiNamespace } of modules) {
    if (wasiNamespace !== undefined) namespaces.set(wasiNamespace, functionsOf(Object.keys(WASI_PARAMETERS)));
    namespaces.set(
      name,
      new Set(WebAssembly.Module.exports(module).map((item) => key(item.kind, item.name))),
    );
  }
  for (const { module, wasiNamespace } of modules) {
    for (const item of WebAssembly.Module.imports(module)) checkImport(item, namespaces, wasiNamespace);
  }
  return orderOf(modules);
};

/** The checked properties of a module. */
type Importer = Pick<CompiledModule, 'name' | 'module' | 'wasiNamespace'>;

type Provided = Map<string, ReadonlySet<string>>;

const key = (kind: string, name: string): string => `${kind} ${name}`;

const functionsOf = (names: readonly string[]): ReadonlySet<string> =>
  new Set(names.map((name) => key('function', name)));

const checkImport = (
  item: WebAssembly.ModuleImportDescriptor,
  namespaces: Provided,
  wasiNamespace: string | undefined,
): void => {
  if (namespaces.get(item.module)?.has(key(item.kind, item.name)) === true) return;
  const namespace = item.module === wasiNamespace ? WASI_NAMESPACE : nameOf(item.module, namespaces);
  throw loadError(
    'instantiate',
    'import_unknown',
    `the plugin imports the ${item.kind} ${showName(item.name)} from ${namespace}: expected an import that a module, the kernel or a host function provides. Add it to hostFunctions, add the module that exports it, or build the plugin without it.`,
  );
};

const nameOf = (namespace: string, namespaces: Provided): string =>
  namespaces.has(namespace) || namespace === USER_NAMESPACE ? namespace : showName(namespace);

/**
 * Returns the modules in Extism's order, and refuses circles that Extism cannot link. Modules can import each other's functions in a
 * circle, because Extism creates a trampoline for the import that closes it. It keeps only one trampoline for each module, and has none
 * for memories, tables and globals.
 */
const orderOf = (modules: readonly Importer[]): readonly string[] => {
  const byName = new Map(modules.map((entry) => [entry.name, entry.module]));
  const done = new Set<string>();
  const onPath = new Set<string>();

  const visit = (name: string, module: WebAssembly.Module): void => {
    onPath.add(name);
    const closing = new Map<string, Set<string>>();
    for (const item of WebAssembly.Module.imports(module)) {
      const provider = byName.get(item.module);
      if (provider === undefined || done.has(item.module)) continue;
      if (onPath.has(item.module)) noteClosing(closing, item);
      else visit(item.module, provider);
    }
    onPath.delete(name);
    done.add(name);
  };

  const main = byName.get('main');
  if (main !== undefined) visit('main', main);
  return [...done];
};

const noteClosing = (closing: Map<string, Set<string>>, item: WebAssembly.ModuleImportDescriptor): void => {
  const names = closing.get(item.module) ?? new Set();
  closing.set(item.module, names.add(item.name));
  if (item.kind === 'function' && names.size === 1) return;
  throw loadError(
    'instantiate',
    'import_circular',
    'modules import each other in a circle that Extism cannot link: expected the import that closes the circle to be a single function. Break the circle, or import only one function there.',
  );
};
