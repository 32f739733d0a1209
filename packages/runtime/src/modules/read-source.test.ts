import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { LIMITS } from '../base/limits.ts';
import { type PluginSource, readSource } from './read-source.ts';
import { type Failure, failureOf } from '../testing/failure-of.ts';

const MODULE_BYTES = LIMITS.moduleBytes.default;
const BYTES = Uint8Array.of(0, 1, 2, 3, 250, 251, 252, 253);
const SHA256 = createHash('sha256').update(BYTES).digest('hex');
const OTHER_SHA256 = createHash('sha256').update('another file').digest('hex');

let folder = '';
let file = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugwire-read-source-'));
  file = join(folder, 'a plugin #1.wasm');
  await writeFile(file, BYTES);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const transferredBytes = (): Uint8Array => {
  const bytes = new Uint8Array(8);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
};

const read = async (source: unknown, sha256?: unknown) => {
  const options = { sha256: sha256 as string | undefined, moduleBytes: MODULE_BYTES };
  const modules = await readSource(source as PluginSource, options);
  return modules.map(({ name, bytes }) => ({ name, bytes }));
};

const endOf = async (source: unknown, sha256?: unknown): Promise<Failure> =>
  await failureOf(read(source, sha256));

const loadFailure = (stage: string, code: string) => ({ name: 'PluginLoadError', stage, code });
const usageFailure = (code: string) => ({ name: 'PlugwireUsageError', code });

describe('the bytes of a plugin', () => {
  it.each([
    ['a path', () => file],
    ['a file: URL', () => pathToFileURL(file)],
    ['a file: URL as text', () => pathToFileURL(file).href],
    ['a Uint8Array', () => BYTES],
    ['a Buffer', () => Buffer.from(BYTES)],
    ['an ArrayBuffer', () => BYTES.slice().buffer],
    [
      'a view into a larger Buffer',
      () => Buffer.concat([Buffer.of(9, 9, 9), BYTES, Buffer.of(8)]).subarray(3, 11),
    ],
    ['a view into a larger ArrayBuffer', () => new Uint8Array(Uint8Array.of(7, ...BYTES, 7).buffer, 1, 8)],
    ['a view into shared memory', () => shared(BYTES)],
  ])('come whole from %s', async (_, source) => {
    expect(await read(source())).toEqual([{ name: 'main', bytes: BYTES }]);
    expect(await read(source(), SHA256)).toHaveLength(1);
  });

  it('are read from a relative path and through a symbolic link', async () => {
    const link = join(folder, 'link.wasm');
    await symlink(file, link);
    expect(await read(link, SHA256)).toEqual([{ name: 'main', bytes: BYTES }]);
    expect((await read('packages/runtime/package.json')).map(({ bytes }) => bytes[0])).toEqual([
      '{'.charCodeAt(0),
    ]);
  });

  it.each([
    ['a Uint8Array', (bytes: Uint8Array<ArrayBuffer>) => bytes],
    ['a Buffer', (bytes: Uint8Array<ArrayBuffer>) => Buffer.from(bytes.buffer)],
    ['an ArrayBuffer', (bytes: Uint8Array<ArrayBuffer>) => bytes.buffer],
  ])('are copied from %s, so that the caller cannot change them later', async (_, view) => {
    const bytes = BYTES.slice();
    const reading = read(view(bytes), SHA256);
    bytes.fill(99);
    const [module] = await reading;
    expect(module?.bytes).toEqual(BYTES);
    expect(module?.bytes.buffer).not.toBe(bytes.buffer);
  });

  it('have a separate ArrayBuffer, not a slice of a pool', async () => {
    const [fromFile] = await read(file);
    const [fromBuffer] = await read(Buffer.from(BYTES));
    expect(fromFile?.bytes.buffer.byteLength).toBe(BYTES.length);
    expect(fromBuffer?.bytes.buffer.byteLength).toBe(BYTES.length);
  });

  it('may be empty, because a later step checks the module', async () => {
    const empty = join(folder, 'empty.wasm');
    await writeFile(empty, '');
    expect(await read(empty)).toEqual([{ name: 'main', bytes: new Uint8Array() }]);
    expect(await read(new Uint8Array())).toEqual([{ name: 'main', bytes: new Uint8Array() }]);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['not_found', 'that is missing', () => join(folder, 'missing.wasm')],
    ['not_found', 'below a file', () => join(file, 'below.wasm')],
    ['not_found', 'whose path is empty', () => ''],
    ['not_found', 'whose path holds a zero byte', () => `${file}\0.wasm`],
    ['not_found', 'that is missing, as a URL', () => pathToFileURL(join(folder, 'missing.wasm'))],
    ['not_a_file', 'that is a directory', () => folder],
    ['not_a_file', 'that is a device', () => '/dev/zero'],
    ['unreadable', 'whose name is too long', () => join(folder, 'x'.repeat(5000))],
  ])('is %s: one %s', async (code, _, source) => {
    expect(await endOf(source())).toMatchObject(loadFailure('read', code));
  });

  it('fails with unreadable behind a circle of symbolic links', async () => {
    const circle = join(folder, 'circle.wasm');
    await symlink(circle, circle);
    expect(await endOf(circle)).toMatchObject(loadFailure('read', 'unreadable'));
  });

  it.skipIf(process.getuid?.() === 0)('is unreadable: one without permission', async () => {
    const locked = join(folder, 'locked.wasm');
    await writeFile(locked, BYTES, { mode: 0o000 });
    expect(await endOf(locked)).toMatchObject(loadFailure('read', 'unreadable'));
  });

  it('is named by its path in the message', async () => {
    const { message } = await endOf(join(folder, 'missing.wasm'));
    expect(message).toContain(join(folder, 'missing.wasm'));
  });
});

describe('a module that is too large', () => {
  it('is refused before its file is read', async () => {
    const sparse = join(folder, 'sparse.wasm');
    const handle = await open(sparse, 'w');
    await handle.truncate(100 * 1024 * 1024);
    await handle.close();
    const before = process.memoryUsage().arrayBuffers;
    expect(await endOf(sparse)).toMatchObject(loadFailure('compile', 'module_too_large'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * 1024 * 1024);
  });

  it.each([
    ['a file', () => file],
    ['bytes', () => BYTES],
    ['an ArrayBuffer', () => BYTES.slice().buffer],
    ['a view, which counts alone', () => Buffer.concat([Buffer.alloc(100), BYTES]).subarray(100)],
  ])('is told to the byte: %s', async (_, source) => {
    expect(await readSource(source(), { moduleBytes: BYTES.length })).toHaveLength(1);
    await expect(readSource(source(), { moduleBytes: BYTES.length - 1 })).rejects.toMatchObject(
      loadFailure('compile', 'module_too_large'),
    );
  });
});

describe('a hash', () => {
  it.each([
    ['the file', () => file],
    ['bytes', () => BYTES],
  ])('that fits %s lets it pass, in either case', async (_, source) => {
    expect(await read(source(), SHA256)).toHaveLength(1);
    expect(await read(source(), SHA256.toUpperCase())).toHaveLength(1);
  });

  it('that does not match is refused, and the message has both hashes', async () => {
    const failure = await endOf(file, OTHER_SHA256.toUpperCase());
    expect(failure).toMatchObject(loadFailure('read', 'hash_mismatch'));
    expect(failure.message).toContain(SHA256);
    expect(failure.message).toContain(OTHER_SHA256);
  });

  it('covers exactly the bytes of a view, not its whole buffer', async () => {
    const around = Buffer.concat([Buffer.of(1), BYTES]);
    const hashOfAll = createHash('sha256').update(around).digest('hex');
    expect(await endOf(around.subarray(1), hashOfAll)).toMatchObject(loadFailure('read', 'hash_mismatch'));
  });

  it.each([
    ['is empty', ''],
    ['is too short', SHA256.slice(1)],
    ['is too long', `${SHA256}0`],
    ['has a prefix', `sha256:${SHA256}`],
    ['is no hex', SHA256.replace(/^./, 'g')],
    ['ends in a line feed', `${SHA256}\n`],
    ['is no text', 7],
    ['is null', null],
  ])('that %s is a wrong option, whatever the file', async (_, sha256) => {
    expect(await endOf(join(folder, 'missing.wasm'), sha256)).toMatchObject(usageFailure('bad_option'));
    const modules = [{ name: 'main', source: BYTES, sha256 }];
    expect(await endOf({ modules })).toMatchObject(usageFailure('bad_option'));
  });
});

describe('an invalid source', () => {
  it.each([
    ['an http: URL', new URL('http://127.0.0.1/plugin.wasm')],
    ['an http: URL as text', 'http://127.0.0.1/plugin.wasm'],
    ['an https: URL as text', 'HTTPS://127.0.0.1/plugin.wasm'],
    ['a data: URL', new URL('data:application/wasm;base64,AGFzbQ==')],
    ['a file: URL of another machine', 'file://elsewhere/plugin.wasm'],
    ['a file: URL with an escaped slash', 'file:///a%2Fb.wasm'],
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['an object', {}],
    ['modules that are no list', { modules: { main: BYTES } }],
    ['no modules', { modules: [] }],
    ['a module without a name', { modules: [{ source: BYTES }] }],
    ['a module whose name is empty', { modules: [{ name: '', source: BYTES }] }],
    ['a module whose name is a number', { modules: [{ name: 1, source: BYTES }] }],
    ['a module that is none', { modules: [null] }],
    ['a module without a source', { modules: [{ name: 'main' }] }],
    ['a module whose source is modules again', { modules: [{ name: 'main', source: { modules: [] } }] }],
    ['bytes that were transferred elsewhere', transferredBytes()],
    ['what only inherits from bytes', Object.create(Uint8Array.prototype)],
    ['modules without a main', { modules: [{ name: 'Main', source: BYTES }] }],
    [
      'two modules of one name',
      {
        modules: [
          { name: 'main', source: BYTES },
          { name: 'main', source: BYTES },
        ],
      },
    ],
    [
      'a module called as the kernel',
      {
        modules: [
          { name: 'main', source: BYTES },
          { name: 'extism:host/env', source: BYTES },
        ],
      },
    ],
    [
      'a module called as the kernel’s own namespace',
      {
        modules: [
          { name: 'main', source: BYTES },
          { name: 'plugwire:kernel', source: BYTES },
        ],
      },
    ],
    [
      'a module called as WASI',
      {
        modules: [
          { name: 'main', source: BYTES },
          { name: 'wasi_snapshot_preview1', source: BYTES },
        ],
      },
    ],
  ])('is refused: %s', async (_, source) => {
    expect(await endOf(source)).toMatchObject(usageFailure('bad_source'));
  });
});

describe('several modules', () => {
  it('are read in order, and each is checked against its own hash', async () => {
    const other = Uint8Array.of(5, 5);
    const otherHash = createHash('sha256').update(other).digest('hex');
    const modules = [
      { name: 'lib', source: other, sha256: otherHash },
      { name: 'main', source: file, sha256: SHA256 },
      { name: 'free', source: pathToFileURL(file) },
    ];
    expect(await read({ modules })).toEqual([
      { name: 'lib', bytes: other },
      { name: 'main', bytes: BYTES },
      { name: 'free', bytes: BYTES },
    ]);
  });

  it('are refused if one of them does not match its hash', async () => {
    const modules = [
      { name: 'main', source: BYTES, sha256: SHA256 },
      { name: 'lib', source: BYTES, sha256: OTHER_SHA256 },
    ];
    expect(await endOf({ modules })).toMatchObject(loadFailure('read', 'hash_mismatch'));
  });

  it('are refused if one of them is missing or too large', async () => {
    const missing = { name: 'lib', source: join(folder, 'missing.wasm') };
    const main = { name: 'main', source: BYTES };
    expect(await endOf({ modules: [main, missing] })).toMatchObject(loadFailure('read', 'not_found'));
    const huge = { name: 'lib', source: new Uint8Array(MODULE_BYTES + 1) };
    expect(await endOf({ modules: [main, huge] })).toMatchObject(loadFailure('compile', 'module_too_large'));
  });

  it('do not accept a hash beside the list, because it would belong to none of them', async () => {
    const modules = [{ name: 'main', source: BYTES }];
    expect(await endOf({ modules }, SHA256)).toMatchObject(usageFailure('bad_option'));
  });

  it('can be in a separate directory', async () => {
    await mkdir(join(folder, 'deep'), { recursive: true });
    await writeFile(join(folder, 'deep', 'main.wasm'), BYTES);
    const modules = [{ name: 'main', source: join(folder, 'deep', 'main.wasm') }];
    expect(await read({ modules })).toHaveLength(1);
  });
});

const shared = (bytes: Uint8Array): Uint8Array => {
  const view = new Uint8Array(new SharedArrayBuffer(bytes.length));
  view.set(bytes);
  return view;
};
