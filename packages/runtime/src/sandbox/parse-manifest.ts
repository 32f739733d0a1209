import { types } from 'node:util';

import { PlugwireUsageError, showType } from '@plugwire/wire';

import { LIMITS, type LimitOptions } from '../base/limits.ts';
import type { ModuleSource, NamedModuleSource, PluginSource } from '../modules/read-source.ts';
import { PAGE_BYTES } from '../metering/metering-limits.ts';

/** One module of an Extism manifest. `data` is bytes, or base64 in JSON. Only `file:` URLs are read. */
export interface ManifestModule {
  readonly path?: string;
  readonly url?: string | URL;
  readonly data?: Uint8Array | string;
  readonly name?: string;
  /** The SHA-256 of the module's bytes, in hex. */
  readonly hash?: string;
}

/**
 * An Extism manifest, as an object. Keys may also be in snake case. `timeoutMs`, `memory.maxPages` and `memory.maxVarBytes` become limits;
 * `memory.maxHttpResponseBytes` has no effect.
 */
export interface ExtismManifest {
  readonly wasm: readonly ManifestModule[];
  readonly config?: Readonly<Record<string, string>>;
  readonly memory?: {
    readonly maxPages?: number;
    readonly maxVarBytes?: number;
    readonly maxHttpResponseBytes?: number;
  };
  readonly timeoutMs?: number | null;
  /** Must be empty: there is no HTTP. */
  readonly allowedHosts?: readonly string[];
  /** Must be empty: there are no files. */
  readonly allowedPaths?: Readonly<Record<string, string>>;
}

/** A manifest as the source and options of a sandbox. */
export interface ParsedManifest {
  readonly source: PluginSource;
  readonly config: Readonly<Record<string, string>> | undefined;
  readonly limits: LimitOptions;
}

/**
 * Converts an Extism manifest, an object or JSON text, to a source and options. Returns `undefined` for other kinds of sources.
 *
 * Throws `PlugwireUsageError` `bad_source` if the text is not JSON, a key is unknown, a value is invalid, or the manifest grants HTTP or
 * files.
 */
export const parseManifest = (source: unknown): ParsedManifest | undefined => {
  const manifest = typeof source === 'string' && /^\s*\{/.test(source) ? parseText(source) : source;
  if (!isManifest(manifest)) return undefined;
  const keys = camelKeys(manifest, MANIFEST_KEYS, 'the manifest');
  refuseGrant(
    keys['allowedHosts'],
    'allowedHosts',
    'HTTP',
    'Give the plugin a host function that makes the request',
  );
  refuseGrant(keys['allowedPaths'], 'allowedPaths', 'files', 'Pass what the plugin needs as input or config');
  const memory = camelKeys(objectOf(keys['memory'] ?? {}, 'memory'), MEMORY_KEYS, 'memory');
  return {
    source: { modules: modulesOf(keys['wasm']) },
    config: keys['config'] as ParsedManifest['config'],
    limits: {
      ...limitOf(keys['timeoutMs'], 'timeoutMs', 'deadlineMs'),
      ...limitOf(memory['maxPages'], 'memory.maxPages', 'memoryBytes', PAGE_BYTES),
      ...limitOf(memory['maxVarBytes'], 'memory.maxVarBytes', 'variableBytes'),
    },
  };
};

const MANIFEST_KEYS = ['wasm', 'config', 'memory', 'timeoutMs', 'allowedHosts', 'allowedPaths'] as const;
const MEMORY_KEYS = ['maxPages', 'maxVarBytes', 'maxHttpResponseBytes'] as const;
const MODULE_KEYS = ['path', 'url', 'data', 'name', 'hash'] as const;

const refuse = (message: string): never => {
  throw new PlugwireUsageError('bad_source', message);
};

const parseText = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return refuse(
      'the source begins like a manifest, but is not JSON: expected an Extism manifest, or the path of a module.',
    );
  }
};

const isManifest = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !types.isUint8Array(value) && 'wasm' in value;

const objectOf = (value: unknown, where: string): object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? value
    : refuse(`${where} of the manifest is ${showType(value)}: expected an object.`);

/** Returns the values by their names in camel case. Extism accepts camel case and snake case. */
const camelKeys = (given: object, known: readonly string[], where: string): Record<string, unknown> => {
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    const name = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (!known.includes(name))
      refuse(
        `${where} has the key ${JSON.stringify(key)}: expected ${known.join(', ')}, also in snake case.`,
      );
    values[name] = value;
  }
  return values;
};

const refuseGrant = (granted: unknown, key: string, what: string, instead: string): void => {
  const count = typeof granted === 'object' && granted !== null ? Object.keys(granted).length : 0;
  if (count > 0)
    refuse(
      `${key} of the manifest grants ${what}, which no plugin gets here. ${instead}, and remove the key.`,
    );
};

const modulesOf = (wasm: unknown): readonly NamedModuleSource[] => {
  const list = Array.isArray(wasm)
    ? (wasm as readonly unknown[])
    : refuse(`wasm of the manifest is ${showType(wasm)}: expected a list of modules.`);
  if (list.length === 0) refuse('wasm of the manifest is empty: expected at least one module.');
  const modules = list.map((item, at) =>
    camelKeys(objectOf(item, `wasm[${at}]`), MODULE_KEYS, `wasm[${at}]`),
  );
  const hasMain = modules.some(({ name }) => name === 'main');
  return modules.map(({ name, hash, ...from }, at) => ({
    // Like Extism: if no module is named "main", the last one is the main module.
    name: !hasMain && at === modules.length - 1 ? 'main' : ((name as string | undefined) ?? String(at)),
    source: sourceOf(from, `wasm[${at}]`),
    sha256: hashOf(hash, `wasm[${at}]`),
  }));
};

const hashOf = (hash: unknown, where: string): string | undefined =>
  hash === undefined || (typeof hash === 'string' && /^[0-9a-f]{64}$/i.test(hash))
    ? hash
    : refuse(
        `${where}.hash is ${showType(hash)}: expected 64 hexadecimal digits, the SHA-256 of the module.`,
      );

const sourceOf = ({ path, url, data }: Record<string, unknown>, where: string): ModuleSource => {
  const given = [path, url, data].filter((source) => source !== undefined);
  if (given.length !== 1) refuse(`${where} has ${given.length} of path, url and data: expected one.`);
  if (path !== undefined) return path as string;
  if (url !== undefined) return url instanceof URL ? url : urlOf(url, where);
  return typeof data === 'string' ? new Uint8Array(Buffer.from(data, 'base64')) : (data as Uint8Array);
};

const urlOf = (url: unknown, where: string): URL => {
  try {
    return new URL(String(url));
  } catch {
    return refuse(`${where}.url is not a URL: expected a file: URL.`);
  }
};

/** Converts a number of the manifest to a limit. A refusal uses the names of the manifest. */
const limitOf = (given: unknown, key: string, limit: keyof typeof LIMITS, factor = 1): LimitOptions => {
  if (given === undefined || given === null) return {};
  const most = Math.floor(LIMITS[limit].max / factor);
  return Number.isInteger(given) && (given as number) >= 1 && (given as number) <= most
    ? { [limit]: (given as number) * factor }
    : refuse(
        `${key} of the manifest is ${typeof given === 'number' ? given : showType(given)}: expected a whole number from 1 to ${most} (it sets limits.${limit}). Leave it out for the default.`,
      );
};
