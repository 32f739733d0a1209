import { readFileSync } from 'node:fs';

/** The plugins of this example, built with kits in AssemblyScript. */
export const EXAMPLE_PLUGINS = ['echo', 'postgresql'] as const;
export type ExamplePlugin = (typeof EXAMPLE_PLUGINS)[number];

/** Where a plugin's module lies: the same from `src` and from `dist`. */
export const examplePluginUrl = (name: ExamplePlugin): URL =>
  new URL(`../plugins/${name}/${name}.wasm`, import.meta.url);

export const readExamplePlugin = (name: ExamplePlugin): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(readFileSync(examplePluginUrl(name)));
