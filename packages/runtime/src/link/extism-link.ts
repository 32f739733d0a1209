import { createPlugin, type ExtismPluginOptions } from '@extism/extism';

import { LINK_BASE64 } from '../kernel/kernel-bytes.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { compileWasiLink } from './wasi-link.ts';

/** A compiled module, and the name under which other modules import it. One module is named `main`. */
export interface NamedModule {
  readonly name: string;
  readonly module: WebAssembly.Module;
}

/** JavaScript functions for a guest: namespace → name → function. */
export type RawHostFunctions = Readonly<Record<string, Readonly<Record<string, RawHostFunction>>>>;
/** A function over raw wasm values: an `i64` is a bigint, any other number is a number. */
export type RawHostFunction = (...values: (number | bigint)[]) => number | bigint | undefined;

/** The namespace from which guests import the kernel. */
export const KERNEL_NAMESPACE = 'extism:host/env';
/** The namespace from which the link module imports the kernel. */
const PRIVATE_NAMESPACE = 'plugwire:kernel';
/** The namespace from which guests import WASI preview 1. Its link module imports it from {@link privateWasi}. */
export const WASI_NAMESPACE = 'wasi_snapshot_preview1';
const privateWasi = (namespace: string): string => `plugwire:host/${namespace}`;

/** The functions that the host provides to one guest. */
export interface GuestLink {
  readonly kernel: Pick<Kernel, 'functions'>;
  /** The host's own functions. */
  readonly hostFunctions: RawHostFunctions;
  /** The functions of WASI, by the namespace from which a module imports them. */
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

/** WASI's link modules, by namespace. There is one for each position among linked modules, so there are few. */
const wasiLinks = new Map<string, WebAssembly.Module>();

const wasiLinkModule = (namespace: string): WebAssembly.Module => {
  const known = wasiLinks.get(namespace);
  if (known !== undefined) return known;
  const made = compileWasiLink(privateWasi(namespace));
  wasiLinks.set(namespace, made);
  return made;
};

/** Returns the names that a guest may import from the kernel: the exports of link.wat. */
export const kernelFunctionNames = (): readonly string[] =>
  WebAssembly.Module.exports(linkModule()).map(({ name }) => name);

/** Returns the modules between a guest and the host. They pass functions on and have no state. */
export const linkModules = (wasiNamespaces: readonly string[]): readonly NamedModule[] => [
  { name: KERNEL_NAMESPACE, module: linkModule() },
  ...wasiNamespaces.map((name) => ({ name, module: wasiLinkModule(name) })),
];

/** Returns the host's functions by the namespaces from which the guest and the modules of {@link linkModules} import them. */
export const providedFunctions = ({ kernel, hostFunctions, wasi }: GuestLink): RawHostFunctions => ({
  ...hostFunctions,
  [PRIVATE_NAMESPACE]: functionsOf(kernel.functions),
  ...Object.fromEntries(Object.entries(wasi).map(([name, functions]) => [privateWasi(name), functions])),
});

/**
 * Instantiates a guest through Extism, with Plugwire's kernel as `extism:host/env` (RATIONALE.md, "Why a kernel"). No other file uses
 * Extism. Rejects with what Extism or the engine throws.
 *
 * It depends on three facts of the pinned version, which `prove-link.ts` checks: a module of the manifest takes precedence over
 * Extism's own namespace, Extism calls `func.bind(null, context)` on each of `functions`, and it passes the result on unchanged.
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

/** Gives each function a `bind` that returns the function itself. The guest then calls the kernel directly, without JavaScript between. */
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
/** Discards Extism's log lines. Plugwire reports the same failures with its own codes. */
const SILENCE = {
  ...console,
  trace: nothing,
  debug: nothing,
  info: nothing,
  log: nothing,
  warn: nothing,
  error: nothing,
};
