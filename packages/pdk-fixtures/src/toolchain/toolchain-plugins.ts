import { readFileSync } from 'node:fs';

/** A plugin that was built with a real toolchain. Its `.wasm` is next to its source. */
interface ToolchainPlugin {
  readonly language: string;
  /** The wire functions that it implements. */
  readonly functions: readonly string[];
  /** Whether it imports WASI. If so, load it with `wasi: true`. */
  readonly needsWasi: boolean;
}

const LOAD_BALANCER = [
  'build_signer',
  'filter',
  'normalize_error',
  'observe',
  'on_unauthorized',
  'shape',
  'sign',
] as const;

/**
 * The plugins of `plugins/`, by name. All implement version 1 of their functions: those of the load balancer (protocol §7), or `greet`,
 * which takes `{ name }` and returns `{ text: 'hello, …' }`. `cc-lb-rust` is written with the crates that authors of cc-lb plugins use.
 * The guards and `cc-lb-rust` require the capabilities that their configuration needs. The load balancers require `log` if it is granted.
 * The other plugins require no capabilities.
 */
export const TOOLCHAIN_PLUGINS = {
  'load-balancer-assemblyscript': {
    language: 'assemblyscript',
    functions: LOAD_BALANCER,
    needsWasi: false,
  },
  'guard-assemblyscript': { language: 'assemblyscript', functions: LOAD_BALANCER, needsWasi: false },
  'cc-lb-rust': { language: 'rust', functions: LOAD_BALANCER, needsWasi: false },
  'load-balancer-c': { language: 'c', functions: LOAD_BALANCER, needsWasi: false },
  'guard-c': { language: 'c', functions: LOAD_BALANCER, needsWasi: false },
  'greet-assemblyscript': { language: 'assemblyscript', functions: ['greet'], needsWasi: false },
  'greet-c': { language: 'c', functions: ['greet'], needsWasi: false },
  'greet-rust': { language: 'rust', functions: ['greet'], needsWasi: false },
  'load-balancer-rust': { language: 'rust', functions: LOAD_BALANCER, needsWasi: false },
  'guard-rust': { language: 'rust', functions: LOAD_BALANCER, needsWasi: false },
  'greet-go': { language: 'go', functions: ['greet'], needsWasi: true },
  'load-balancer-go': { language: 'go', functions: LOAD_BALANCER, needsWasi: true },
  'guard-go': { language: 'go', functions: LOAD_BALANCER, needsWasi: true },
} as const satisfies Record<string, ToolchainPlugin>;

/** The name of one of {@link TOOLCHAIN_PLUGINS}. */
export type ToolchainPluginName = keyof typeof TOOLCHAIN_PLUGINS;

/** Returns the file URL of a plugin's module. */
export const toolchainPluginUrl = (name: ToolchainPluginName): URL =>
  new URL(`../../plugins/${name}/${name}.wasm`, import.meta.url);

/**
 * Reads the module of a plugin from disk. Throws the error of `readFileSync` if the file is missing.
 *
 * @example
 * const plugin = await host.load(readToolchainPlugin('load-balancer-assemblyscript'));
 */
export const readToolchainPlugin = (name: ToolchainPluginName): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(readFileSync(toolchainPluginUrl(name)));
