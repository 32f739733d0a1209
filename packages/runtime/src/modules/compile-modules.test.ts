import { buildFixture, compileWat } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { type CompiledModule, compileModules } from './compile-modules.ts';
import { type LimitOptions, resolveLimits } from '../base/limits.ts';
import { modulePreparer } from '../prepare/module-preparer.ts';
import type { ModuleBytes } from './read-source.ts';
import { listSections } from '../prepare/wasm-sections.ts';
import { type Failure, failureOf } from '../testing/failure-of.ts';

type Modules = readonly Uint8Array<ArrayBuffer>[];

const compile = async (
  modules: Modules,
  { wasi = false, limits = {} }: { wasi?: boolean; limits?: LimitOptions } = {},
): Promise<readonly CompiledModule[]> => {
  const named = await Promise.all(
    modules.map(async (bytes, at) => await inspected(at === 0 ? 'main' : `lib${at}`, bytes)),
  );
  return await compileModules(named, resolveLimits(limits), wasi);
};

/** A copy, as `readSource` returns it. */
const inspected = async (name: string, bytes: Uint8Array): Promise<ModuleBytes> => ({
  name,
  ...(await modulePreparer.inspect(new Uint8Array(bytes))),
});

const compileOne = async (wat: string): Promise<CompiledModule> => {
  const [main] = await compile([await compileWat(wat)]);
  if (main === undefined) throw new Error('nothing was compiled');
  return main;
};

const endOf = async (
  modules: Uint8Array<ArrayBuffer> | Modules,
  options: { wasi?: boolean; limits?: LimitOptions } = {},
): Promise<Failure> => await failureOf(compile(modules instanceof Uint8Array ? [modules] : modules, options));

const namespacesOf = async (modules: Modules): Promise<unknown> =>
  (await compile(modules, { wasi: true })).map(({ wasiNamespace }) => wasiNamespace);

const refusal = (code: string) => ({ name: 'PluginLoadError', stage: 'compile', code });

describe('modules that are compiled', () => {
  it('keep their names and their order', async () => {
    const bytes = await compileWat('(module (func (export "f")))');
    const named = [await inspected('lib', bytes), await inspected('main', bytes)];
    const modules = await compileModules(named, resolveLimits(), false);
    expect(modules.map(({ name, module }) => [name, module instanceof WebAssembly.Module])).toEqual([
      ['lib', true],
      ['main', true],
    ]);
  });

  it('count their fuel, and have no other new exports', async () => {
    const { module } = await compileOne('(module (func (export "f")))');
    const names = WebAssembly.Module.exports(module).map(({ name }) => name);
    expect(names.toSorted()).toEqual([
      'f',
      'plugwire:exchange_fuel',
      'plugwire:out_of_fuel',
      'plugwire:warm',
    ]);
  });

  it('may have any other import, because the next step checks imports', async () => {
    const bytes = await compileWat('(module (import "env" "abort" (func)) (import "wasix" "f" (func)))');
    expect(await endOf(bytes)).toEqual({ answer: [expect.objectContaining({ name: 'main' })] });
  });
});

describe('a module that is not valid', () => {
  const typeError = async () => {
    const bytes = await compileWat('(module (func (export "secret_export") (result i32) (i32.const 0)))');
    // The function's type now declares an i64.
    const types = listSections(bytes)?.find(({ id }) => id === 1);
    if (types !== undefined) bytes[types.end - 1] = 0x7e;
    return bytes;
  };

  it.each([
    ['is empty', async () => await Promise.resolve(new Uint8Array())],
    ['is text', async () => await Promise.resolve(new Uint8Array(Buffer.from('(module)')))],
    ['breaks off', async () => (await buildFixture('honest')).slice(0, 200)],
    ['does not fit its own types', typeError],
  ])('is refused: one that %s', async (_, bytes) => {
    expect(await endOf(await bytes())).toMatchObject(refusal('invalid_module'));
  });

  it('is refused with a message that shows no names of the module', async () => {
    const { message } = await endOf(await typeError());
    expect(message).not.toContain('secret');
  });

  it('is refused as a linked module too', async () => {
    const good = await compileWat('(module)');
    expect(await endOf([good, new Uint8Array(3)])).toMatchObject(refusal('invalid_module'));
  });
});

describe('a module above a limit', () => {
  it.each<[string, string, LimitOptions]>([
    ['memory_too_large', '(module (memory 2))', { memoryBytes: 65_536 }],
    ['memory_too_large', '(module (import "m" "memory" (memory 2)))', { memoryBytes: 65_536 }],
    ['table_too_large', '(module (table 9 funcref))', { tableElements: 8 }],
    ['function_too_large', `(module (func ${'nop '.repeat(100)}))`, { functionBytes: 64 }],
    ['module_too_large', '(module (func))', { moduleBytes: 8 }],
  ])('is refused: %s', async (code, wat, limits) => {
    const bytes = await compileWat(wat);
    expect(await endOf(bytes, { limits })).toMatchObject(refusal(code));
    expect(await endOf([await compileWat('(module)'), bytes], { limits })).toMatchObject(
      code === 'module_too_large' ? { name: 'PluginLoadError' } : refusal(code),
    );
    expect(await endOf(bytes)).toEqual({ answer: [expect.objectContaining({ name: 'main' })] });
  });
});

describe('a module that imports WASI', () => {
  const exits = '(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))))';

  it('is refused if WASI is off, at any place in the list of modules', async () => {
    const bytes = await compileWat(exits);
    const other = await compileWat('(module)');
    expect(await endOf(bytes)).toMatchObject(refusal('wasi_disabled'));
    expect(await endOf([other, bytes])).toMatchObject(refusal('wasi_disabled'));
    expect(await endOf([bytes, other])).toMatchObject(refusal('wasi_disabled'));
  });

  it('is refused for a single WASI import of any kind', async () => {
    const bytes = await compileWat(
      '(module (import "extism:host/env" "alloc" (func (param i64) (result i64))) (import "wasi_snapshot_preview1" "m" (memory 1)))',
    );
    expect(await endOf(bytes)).toMatchObject(refusal('wasi_disabled'));
  });

  it('is compiled if WASI is on and it is the only module', async () => {
    const bytes = await compileWat(exits);
    const other = await compileWat('(module)');
    expect(await namespacesOf([bytes])).toEqual(['wasi_snapshot_preview1']);
    expect(await namespacesOf([other, bytes])).toEqual([undefined, 'plugwire:wasi:1']);
    expect(await namespacesOf([bytes, bytes])).toEqual(['plugwire:wasi:0', 'plugwire:wasi:1']);
    expect(await namespacesOf([other, other])).toEqual([undefined, undefined]);
  });

  it.each(['wasi_unstable', 'wasi_anything'])(
    'is not one that imports from %s, which nobody has: the next step says so',
    async (namespace) => {
      const bytes = await compileWat(`(module (import "${namespace}" "proc_exit" (func (param i32))))`);
      expect(await namespacesOf([bytes])).toEqual([undefined]);
    },
  );
});

describe('a module that runs code when it is instantiated', () => {
  const spin = '(loop $again (br $again))';
  it.each([
    ['has a start section', true, [], `(module (func $begin ${spin}) (start $begin))`],
    ['exports _start', false, ['_start'], `(module (func (export "_start") ${spin}))`],
    ['exports _initialize', false, ['_initialize'], `(module (func (export "_initialize") ${spin}))`],
    ['exports hs_init', false, ['hs_init'], `(module (func (export "hs_init") (param i32 i32) ${spin}))`],
  ])('is made to wait for the host: one that %s', async (_, start, initialisers, wat) => {
    const { module, metered } = await compileOne(wat);
    expect(metered.start).toBe(start);
    expect(metered.initialisers.map(({ name }) => name)).toEqual(initialisers);
    // It would never return.
    const { exports } = await WebAssembly.instantiate(module);
    const names = ['_start', '_initialize', 'hs_init'];
    expect(names.filter((name) => Object.hasOwn(exports, name))).toEqual([]);
  });

  it('may re-export an import under such a name', async () => {
    const { metered } = await compileOne('(module (import "m" "f" (func $f)) (export "_start" (func $f)))');
    expect(metered.initialisers.map(({ name }) => name)).toEqual(['_start']);
  });

  it.each(['start', '_Start', '__start', '_initialize2', '__wasm_call_ctors'])(
    'is not one whose export is called %s: nobody calls that',
    async (name) => {
      const { metered } = await compileOne(`(module (func (export "${name}")))`);
      expect(metered.initialisers).toEqual([]);
    },
  );
});
