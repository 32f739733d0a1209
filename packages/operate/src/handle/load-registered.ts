import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { PluginSlot } from '@plugwire/runtime';

import type { SwapOptions, VersionSource } from './plugin-handle.ts';
import type { Version } from './version.ts';
import type { Registry } from '../registry/open-registry.ts';

/**
 * Creates a function that loads into a slot and registers the loaded module. It uses the metadata of an earlier load if the registry has it.
 * Sources with several modules and sources of processes are loaded without the registry.
 */
export const loadRegistered =
  (slot: PluginSlot, registry: Registry | undefined) =>
  async (source: VersionSource, options: SwapOptions): Promise<Version['plugin']> => {
    const bytes = registry === undefined ? undefined : await bytesOf(source);
    if (registry === undefined || bytes === undefined) return await slot.load(source, options);
    const { capabilities = [] } = options;
    const metadata = await registry.find(createHash('sha256').update(bytes).digest('hex'), capabilities);
    const plugin = await slot.load(bytes, metadata === undefined ? options : { ...options, metadata });
    await registry.register({ name: slot.name, bytes, capabilities, metadata: plugin.metadata });
    return plugin;
  };

/** Returns the bytes of a single module. Returns `undefined` if they cannot be read, and the load reports why. */
const bytesOf = async (source: VersionSource): Promise<Uint8Array | undefined> => {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (typeof source !== 'string' && !(source instanceof URL)) return undefined;
  const bytes = await readFile(source).catch(() => undefined);
  return bytes === undefined ? undefined : new Uint8Array(bytes);
};
