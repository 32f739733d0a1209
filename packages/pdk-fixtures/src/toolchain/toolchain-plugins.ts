import { readFileSync } from 'node:fs';

/** A plugin that a real toolchain built. Its `.wasm` file is committed next to its source. */
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
 * The plugins in `plugins/`, by name. They implement version 1 of their functions: those of the load balancer (protocol §7), or `greet`, which
 * takes `{ name }` and returns `{ text: 'hello, …' }`. `cc-lb-rust` uses the same crates as the authors of cc-lb plugins. The guards and
 * `cc-lb-rust` require the capabilities that their configuration needs. The load balancers require `log` if it is granted. The others require
 * none.
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

/** One of {@link TOOLCHAIN_PLUGINS}, by name. */
export type ToolchainPluginName = keyof typeof TOOLCHAIN_PLUGINS;

/** Returns the URL of a plugin's module. It is the same from `src` and from `dist`. */
export const toolchainPluginUrl = (name: ToolchainPluginName): URL =>
  new URL(`../../plugins/${name}/${name}.wasm`, import.meta.url);

/**
 * Reads a plugin's module from disk. Throws the error of `readFileSync` if it cannot be read.
 *
 * @example
 * const plugin = await host.load(readToolchainPlugin('load-balancer-assemblyscript'));
 */
export const readToolchainPlugin = (name: ToolchainPluginName): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(readFileSync(toolchainPluginUrl(name)));
