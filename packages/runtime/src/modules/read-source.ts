import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';

import { PlugwireUsageError, showType } from '@plugwire/wire';

import { loadError } from '../outcomes/load-error.ts';
import { explainNotPath } from './recognise-file.ts';
import type { Inspected } from '../prepare/load-thread-messages.ts';
import { modulePreparer } from '../prepare/module-preparer.ts';
import { isFreeNamespace } from '../link/namespaces.ts';

/** Where one module comes from: a path, a `file:` URL, or its bytes. */
export type ModuleSource = string | URL | Uint8Array | ArrayBuffer;

/** One of several linked modules. `sha256` is the hash of this module. */
export interface NamedModuleSource {
  readonly name: string;
  readonly source: ModuleSource;
  readonly sha256?: string | undefined;
}

/** Where a plugin comes from: one module, or several of which one is named `main`. */
export type PluginSource = ModuleSource | { readonly modules: readonly NamedModuleSource[] };

/** The bytes of a module and their hash. The bytes are a copy, so nobody can change them after the check. */
export interface ModuleBytes extends Inspected {
  readonly name: string;
}

/**
 * Reads the bytes of a plugin and checks their hashes.
 *
 * Throws `PluginLoadError` `read` (`not_found`, `not_a_file`, `unreadable`, `hash_mismatch`) and `compile`
 * (`module_too_large`: a limit, checked before so much is read); `PlugwireUsageError` `bad_source`, `bad_option`.
 */
export const readSource = async (
  source: PluginSource,
  options: { readonly sha256?: string | undefined; readonly moduleBytes: number },
): Promise<readonly ModuleBytes[]> => {
  const modules = listModules(source, options.sha256);
  for (const { sha256 } of modules) checkHashForm(sha256);
  return await Promise.all(
    modules.map(async ({ name, source: from, sha256 }) => {
      const inspected = await modulePreparer.inspect(await readModule(from, options.moduleBytes));
      if (sha256 !== undefined) checkHash(inspected.sha256, sha256);
      const { bytes, identity, sha256: seen } = inspected;
      return { name, bytes, identity, sha256: seen };
    }),
  );
};

const badSource = (message: string): PlugwireUsageError => new PlugwireUsageError('bad_source', message);

const listModules = (source: PluginSource, sha256: string | undefined): readonly NamedModuleSource[] => {
  if (isModuleSource(source)) return [{ name: 'main', source, ...(sha256 === undefined ? {} : { sha256 }) }];
  const modules: unknown = typeof source === 'object' && source !== null ? source.modules : undefined;
  if (!Array.isArray(modules)) {
    throw badSource(
      `the source is ${showType(source)}: expected a path, a file: URL, bytes, or { modules: [{ name, source }] }.`,
    );
  }
  if (sha256 !== undefined)
    throw new PlugwireUsageError(
      'bad_option',
      'sha256 stands beside several modules: give each module its own.',
    );
  for (const [at, module] of (modules as readonly unknown[]).entries()) checkModule(module, at);
  checkNames((modules as readonly NamedModuleSource[]).map((module) => module.name));
  return modules as readonly NamedModuleSource[];
};

const isModuleSource = (source: unknown): source is ModuleSource =>
  typeof source === 'string' ||
  source instanceof URL ||
  types.isUint8Array(source) ||
  types.isArrayBuffer(source);

const checkModule = (module: unknown, at: number): void => {
  if (
    typeof module === 'object' &&
    module !== null &&
    isModuleSource((module as Partial<NamedModuleSource>).source)
  )
    return;
  throw badSource(
    `modules[${at}] is ${showType(module)} without a source: expected { name, source } with a path, a file: URL or bytes.`,
  );
};

const checkNames = (names: readonly unknown[]): void => {
  for (const name of names) {
    if (!isFreeNamespace(name)) {
      throw badSource(
        `a module is called ${JSON.stringify(name)}: expected a name that neither the sandbox nor every object has already.`,
      );
    }
  }
  if (new Set(names).size !== names.length)
    throw badSource('two modules have one name: give each a name of its own.');
  if (!names.includes('main'))
    throw badSource('no module is called "main": name the one whose exports are the plugin’s.');
};

const readModule = async (source: ModuleSource, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> => {
  if (types.isUint8Array(source) || types.isArrayBuffer(source)) {
    checkSize(source.byteLength, maxBytes);
    return copyBytes(source);
  }
  return await readModuleFile(pathOf(source), maxBytes);
};

const copyBytes = (source: Uint8Array | ArrayBuffer): Uint8Array<ArrayBuffer> => {
  try {
    return new Uint8Array(types.isUint8Array(source) ? source : source.slice(0));
  } catch {
    throw badSource('the bytes were transferred elsewhere: give those of a buffer that is still yours.');
  }
};

const pathOf = (source: string | URL): string => {
  const text = String(source);
  if (source instanceof URL || text.startsWith('file:')) {
    if (!text.startsWith('file:'))
      throw badSource('the URL is not a file: URL: read it yourself, and give its bytes.');
    try {
      return fileURLToPath(text);
    } catch {
      throw badSource('the file: URL names no file of this machine.');
    }
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text))
    throw badSource('the URL is not a file: URL: read it yourself, and give its bytes.');
  return text;
};

const SHOWN_CHARACTERS = 200;

const readModuleFile = async (path: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> => {
  const shown = JSON.stringify(path.length > SHOWN_CHARACTERS ? `${path.slice(0, SHOWN_CHARACTERS)}…` : path);
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw loadError('read', 'not_a_file', `${shown} is no file: expected a .wasm file.`);
    checkSize(facts.size, maxBytes);
    const [read] = await Promise.all([readFile(path), modulePreparer.expect(facts.size)]);
    return ownBytes(read);
  } catch (error) {
    throw readFailure(error, path, shown);
  }
};

/** Returns the bytes that were read. Copies them only if they share their buffer. */
const ownBytes = (read: Buffer): Uint8Array<ArrayBuffer> =>
  read.buffer instanceof ArrayBuffer && read.byteLength === read.buffer.byteLength
    ? new Uint8Array(read.buffer)
    : new Uint8Array(read);

const readFailure = (error: unknown, path: string, shown: string): unknown => {
  const { code, errno } = (error ?? {}) as { code?: unknown; errno?: unknown };
  const mistake = explainNotPath(path);
  if (typeof code === 'string' && mistake !== undefined) return loadError('read', 'not_found', mistake);
  // Node refuses a path with a zero byte before it accesses the file system.
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ERR_INVALID_ARG_VALUE') {
    return loadError('read', 'not_found', `${shown} does not exist: check the path.`);
  }
  // Errors of the operating system have a number. On Bun some have no `syscall`.
  return typeof code === 'string' && typeof errno === 'number'
    ? loadError(
        'read',
        'unreadable',
        `${shown} cannot be read (${code}): ${code === 'ENAMETOOLONG' ? 'expected a path' : 'check its permissions'}.`,
      )
    : error;
};

const checkSize = (size: number, maxBytes: number): void => {
  if (size <= maxBytes) return;
  throw loadError(
    'compile',
    'module_too_large',
    `the module has ${size} bytes, at most ${maxBytes} are allowed: raise limits.moduleBytes if you trust it.`,
  );
};

const SHA256_FORM = /^[0-9a-f]{64}$/i;

const checkHashForm = (sha256: unknown): void => {
  if (sha256 === undefined || (typeof sha256 === 'string' && SHA256_FORM.test(sha256))) return;
  const seen = typeof sha256 === 'string' ? `a string of ${sha256.length} characters` : showType(sha256);
  throw new PlugwireUsageError('bad_option', `sha256 is ${seen}: expected 64 hexadecimal digits.`);
};

const checkHash = (seen: string, expected: string): void => {
  if (seen === expected.toLowerCase()) return;
  throw loadError(
    'read',
    'hash_mismatch',
    `the bytes have the SHA-256 ${seen}, expected was ${expected.toLowerCase()}: the file is not the one that was approved.`,
  );
};
