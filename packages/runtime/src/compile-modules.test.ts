import { buildFixture, compileWat } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { compileModules } from './compile-modules.ts';
import { listSections } from './wasm-sections.ts';

const failureOf = async (...modules: Uint8Array<ArrayBuffer>[]): Promise<Record<string, unknown>> => {
  const named = modules.map((bytes, at) => ({ name: at === 0 ? 'main' : `lib${at}`, bytes }));
  return await compileModules(named).then(
    () => ({ name: 'compiled it' }),
    (error: unknown) => ({ ...(error as object), message: (error as Error).message }),
  );
};

const refusal = (code: string) => ({ name: 'PluginLoadError', stage: 'compile', code });

describe('modules that are compiled', () => {
  it('keep their names and their order', async () => {
    const bytes = await compileWat('(module (func (export "f")))');
    const modules = await compileModules([
      { name: 'lib', bytes },
      { name: 'main', bytes },
    ]);
    expect(modules.map(({ name, module }) => [name, module instanceof WebAssembly.Module])).toEqual([
      ['lib', true],
      ['main', true],
    ]);
  });

  it('may import whatever they like otherwise: that is the next step’s to check', async () => {
    const bytes = await compileWat('(module (import "env" "abort" (func)) (import "wasix" "f" (func)))');
    expect(await failureOf(bytes)).toEqual({ name: 'compiled it' });
  });
});

describe('a module that is not valid', () => {
  const typeError = async () => {
    const bytes = await compileWat('(module (func (export "secret_export") (result i32) (i32.const 0)))');
    // The function's type now promises an i64.
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
    expect(await failureOf(await bytes())).toMatchObject(refusal('invalid_module'));
  });

  it('is shown by its byte, never by the names in it', async () => {
    const { message } = await failureOf(await typeError());
    expect(message).toMatch(/at byte \d+/);
    expect(message).not.toContain('secret');
  });

  it('is refused as a linked one too', async () => {
    const good = await compileWat('(module)');
    expect(await failureOf(good, new Uint8Array(3))).toMatchObject(refusal('invalid_module'));
  });
});

describe('a module that asks for WASI', () => {
  it.each(['wasi_snapshot_preview1', 'wasi_unstable', 'wasi_anything'])(
    'is refused: %s',
    async (namespace) => {
      const bytes = await compileWat(`(module (import "${namespace}" "proc_exit" (func (param i32))))`);
      expect(await failureOf(bytes)).toMatchObject(refusal('wasi_unsupported'));
      expect(await failureOf(await compileWat('(module)'), bytes)).toMatchObject(refusal('wasi_unsupported'));
    },
  );

  it('is refused by one import among many, of whatever kind', async () => {
    const bytes = await compileWat(
      '(module (import "extism:host/env" "alloc" (func (param i64) (result i64))) (import "wasi_snapshot_preview1" "m" (memory 1)))',
    );
    expect(await failureOf(bytes)).toMatchObject(refusal('wasi_unsupported'));
  });
});

describe('a module that would run by itself', () => {
  it.each([
    ['has a start section', '(module (func $begin) (start $begin))'],
    ['exports _start', '(module (func (export "_start")))'],
    ['exports _initialize', '(module (func (export "_initialize")))'],
    ['exports hs_init', '(module (func (export "hs_init") (param i32 i32)))'],
    ['re-exports an import as _start', '(module (import "m" "f" (func $f)) (export "_start" (func $f)))'],
  ])('is refused: one that %s', async (_, wat) => {
    const bytes = await compileWat(wat);
    expect(await failureOf(bytes)).toMatchObject(refusal('start_unsupported'));
    expect(await failureOf(await compileWat('(module)'), bytes)).toMatchObject(refusal('start_unsupported'));
  });

  it('never runs while it is looked at', async () => {
    const bytes = await compileWat('(module (func $begin (loop $again (br $again))) (start $begin))');
    expect(await failureOf(bytes)).toMatchObject(refusal('start_unsupported'));
  });

  it.each(['start', '_Start', '__start', '_initialize2', '__wasm_call_ctors'])(
    'is not one whose export is called %s: nobody calls that',
    async (name) => {
      expect(await failureOf(await compileWat(`(module (func (export "${name}")))`))).toEqual({
        name: 'compiled it',
      });
    },
  );
});
