import { readFileSync } from 'node:fs';

/** The plugins of this example. They are written in AssemblyScript. */
export const EXAMPLE_PLUGINS = ['echo', 'postgresql'] as const;
export type ExamplePlugin = (typeof EXAMPLE_PLUGINS)[number];

/** Returns the URL of a plugin's module. It is the same from `src` and from `dist`. */
export const examplePluginUrl = (name: ExamplePlugin): URL =>
  new URL(`../plugins/${name}/${name}.wasm`, import.meta.url);

/** Reads a plugin's module. */
export const readExamplePlugin = (name: ExamplePlugin): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(readFileSync(examplePluginUrl(name)));
