import { createPlugin, type ExtismPluginOptions } from '@extism/extism';

import { LINK_BASE64 } from '../kernel/kernel-bytes.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { compileWasiLink } from './wasi-link.ts';

/** A compiled module and the name under which others import it; one is called `main`. */
export interface NamedModule {
  readonly name: string;
  readonly module: WebAssembly.Module;
}

/** JavaScript functions for a guest: namespace → name → function over raw wasm values. */
export type RawHostFunctions = Readonly<Record<string, Readonly<Record<string, RawHostFunction>>>>;
export type RawHostFunction = (...values: (number | bigint)[]) => number | bigint | undefined;

/** Where guests find the kernel, and where the link finds it. */
export const KERNEL_NAMESPACE = 'extism:host/env';
const PRIVATE_NAMESPACE = 'plugwire:kernel';
/** Where guests find WASI preview 1. Its link finds it behind the same prefix as the kernel's. */
export const WASI_NAMESPACE = 'wasi_snapshot_preview1';
const privateWasi = (namespace: string): string => `plugwire:host/${namespace}`;

/** Functions of the host for one guest: the kernel's, WASI's by the namespace that a module imports it from, and its own. */
export interface GuestLink {
  readonly kernel: Pick<Kernel, 'functions'>;
  readonly hostFunctions: RawHostFunctions;
  readonly wasi: RawHostFunctions;
}

/** Links a guest to a kernel; the type of {@link instantiateThroughExtism}. */
export type Instantiate = (modules: readonly NamedModule[], link: GuestLink) => Promise<WebAssembly.Instance>;

// Extism checks whether its input is a `Response`. The first use of that global makes Node load its implementation of fetch, which
// blocks for 20 to 30 ms. Load it with this module, not in the first load of a plugin.
void globalThis.Response;

let link: WebAssembly.Module | undefined;

const linkModule = (): WebAssembly.Module =>
  (link ??= new WebAssembly.Module(Buffer.from(LINK_BASE64, 'base64')));

/** By the namespace that it serves: one for each place among linked modules, so there are few. */
const wasiLinks = new Map<string, WebAssembly.Module>();

const wasiLinkModule = (namespace: string): WebAssembly.Module => {
  const known = wasiLinks.get(namespace);
  if (known !== undefined) return known;
  const made = compileWasiLink(privateWasi(namespace));
  wasiLinks.set(namespace, made);
  return made;
};

/** What a guest may import from the kernel: exactly the exports of link.wat. */
export const kernelFunctionNames = (): readonly string[] =>
  WebAssembly.Module.exports(linkModule()).map(({ name }) => name);

/** The modules between a guest and the host: they pass functions on, and have no state. */
export const linkModules = (wasiNamespaces: readonly string[]): readonly NamedModule[] => [
  { name: KERNEL_NAMESPACE, module: linkModule() },
  ...wasiNamespaces.map((name) => ({ name, module: wasiLinkModule(name) })),
];

/** What the host provides, by the namespaces from which the guest and the modules of {@link linkModules} import. */
export const providedFunctions = ({ kernel, hostFunctions, wasi }: GuestLink): RawHostFunctions => ({
  ...hostFunctions,
  [PRIVATE_NAMESPACE]: functionsOf(kernel.functions),
  ...Object.fromEntries(Object.entries(wasi).map(([name, functions]) => [privateWasi(name), functions])),
});

/**
 * Instantiates a guest through Extism, its `extism:host/env` served by our kernel (RATIONALE.md, "Why a kernel"). This is
 * the only file that knows Extism; the way in leans on three facts of the pinned version, which `prove-link.ts` checks:
 * a manifest item is found before a namespace of Extism's own, `functions` are called by `func.bind(null, context)`, and a
 * bound function is passed on as it is.
 */
export const instantiateThroughExtism: Instantiate = async (modules, guestLink) => {
  const plugin = await createPlugin(
    { wasm: [...linkModules(Object.keys(guestLink.wasi)), ...modules] },
    {
      functions: unboundAll(providedFunctions(guestLink)),
      useWasi: false,
      runInWorker: false,
      logLevel: 'silent',
      logger: SILENCE,
    },
  );
  // The sandbox calls the exports itself, never `plugin.call`, whose calls share state.
  return await plugin.getInstance();
};

type ExtismFunctions = NonNullable<ExtismPluginOptions['functions']>;

const unboundAll = (namespaces: RawHostFunctions): ExtismFunctions =>
  Object.fromEntries(Object.entries(namespaces).map(([name, functions]) => [name, unbound(functions)]));

/** Gives functions a `bind` of their own that hands them on as they are, so that a call stays wasm to wasm. */
const unbound = (functions: Readonly<Record<string, RawHostFunction>>): ExtismFunctions[string] => {
  for (const value of Object.values(functions))
    if (!Object.hasOwn(value, 'bind')) Object.defineProperty(value, 'bind', { value: () => value });
  return functions as unknown as ExtismFunctions[string];
};

const functionsOf = (exports: Readonly<Record<string, unknown>>): Record<string, RawHostFunction> => {
  const own: Record<string, RawHostFunction> = {};
  for (const [name, value] of Object.entries(exports))
    if (typeof value === 'function') own[name] = value as RawHostFunction;
  return own;
};

const nothing = (): void => undefined;
/** Extism logs through whatever it is given, at any level; it has nothing to say that we do not say better. */
const SILENCE = {
  ...console,
  trace: nothing,
  debug: nothing,
  info: nothing,
  log: nothing,
  warn: nothing,
  error: nothing,
};
