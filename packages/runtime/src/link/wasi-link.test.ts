import { describe, expect, it } from 'vitest';

import type { HostLogger } from '../observe/logger.ts';
import type { Sandbox, SandboxOptions } from '../sandbox/create-sandbox.ts';
import { openModules } from '../sandbox/testing/open-sandbox.ts';

const WASI = 'wasi_snapshot_preview1';
const FD_WRITE = `(import "${WASI}" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))`;
const SET_OUTPUT = `(import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (func $answer (param $digit i32) (local $at i64)
    (local.set $at (call $alloc (i64.const 1)))
    (call $store_u8 (local.get $at) (i32.add (local.get $digit) (i32.const 48)))
    (call $output_set (local.get $at) (i64.const 1)))`;

/** What a sandbox writes to its standard output, at `info`. */
const keepLines = (): { lines: string[]; logger: HostLogger } => {
  const lines: string[] = [];
  const keep = (_: object, text: string) => void lines.push(text);
  return { lines, logger: { trace: keep, debug: keep, info: keep, warn: keep, error: keep } };
};

/** A module that says what lies at 1024 in its own memory, as every WASI program does. */
const speaker = (says: string, rest = '', memory = `(memory (export "memory") 1)`): string => `(module
  ${FD_WRITE} ${rest.startsWith('(import') ? rest : ''} ${memory} (data (i32.const 1024) "${says}\\0a")
  ${rest.startsWith('(import') ? '' : rest}
  (func $say (export "say")
    (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const ${says.length + 1}))
    (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then (unreachable)))
    (if (i32.ne (i32.load (i32.const 8)) (i32.const ${says.length + 1})) (then (unreachable))))
  (func (export "both") (call $say) ${rest.includes('"lib"') ? '(call $lib_say)' : ''}))`;

const LIB_SAY = '(import "lib" "say" (func $lib_say))';

const open = async (modules: Record<string, string>, options: SandboxOptions = {}): Promise<Sandbox> =>
  await openModules(modules, { wasi: true, ...options });

describe('WASI among linked modules', () => {
  it('serves each over its own memory', async () => {
    const { lines, logger } = keepLines();
    const sandbox = await open({ main: speaker('main', LIB_SAY), lib: speaker('library') }, { logger });
    for (let times = 0; times < 3; times += 1) sandbox.call('both');
    expect(lines).toEqual(['main', 'library', 'main', 'library', 'main', 'library']);
  });

  it('serves a library under a main that imports none', async () => {
    const { lines, logger } = keepLines();
    const main = `(module ${LIB_SAY} (memory (export "memory") 1) (data (i32.const 1024) "wrong")
      (func (export "run") (call $lib_say)))`;
    const sandbox = await open({ main, lib: speaker('library') }, { logger });
    expect(sandbox.call('run')).toBeNull();
    expect(lines).toEqual(['library']);
  });

  it('serves a main over the memory of its library, where that is the one that it imports', async () => {
    const { lines, logger } = keepLines();
    const main = `(module ${FD_WRITE} (import "lib" "memory" (memory 1))
      (func (export "run") (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 3))
        (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then (unreachable)))))`;
    const lib = '(module (memory (export "memory") 1) (data (i32.const 1024) "lib"))';
    const sandbox = await open({ main, lib }, { logger });
    expect(sandbox.call('run')).toBeNull();
    expect(lines).toEqual(['lib']);
  });

  it('serves a module that keeps its memory to itself', async () => {
    const { lines, logger } = keepLines();
    const sandbox = await open({ main: speaker('hidden', '', '(memory 1)') }, { logger });
    sandbox.call('say');
    expect(lines).toEqual(['hidden']);
  });

  it('passes on a function that a library imported, over the memory of the library', async () => {
    const { lines, logger } = keepLines();
    const main = `(module (import "lib" "write" (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "run") (result i32) (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))`;
    const lib = `(module ${FD_WRITE} (memory 1) (export "write" (func $fd_write))
      (data (i32.const 0) "\\10\\00\\00\\00\\03\\00\\00\\00") (data (i32.const 16) "lib"))`;
    const sandbox = await open({ main, lib }, { logger });
    expect(sandbox.call('run')).toBeNull();
    expect(lines).toEqual(['lib']);
  });

  it('ends the call, whichever module ends the process', async () => {
    const main = '(module (import "lib" "leave" (func $leave)) (func (export "run") (call $leave)))';
    const lib = `(module (import "${WASI}" "proc_exit" (func $exit (param i32)))
      (func (export "leave") (call $exit (i32.const 4))))`;
    const sandbox = await open({ main, lib });
    expect(() => sandbox.call('run')).toThrow(expect.objectContaining({ code: 'guest_exit' }));
  });

  it.each([
    ['import_unknown', '(func)', 'fd_fly'],
    ['import_mismatch', '(func (param i64))', 'proc_exit'],
  ])(
    'refuses what it does not serve in a library, by the name that the library knows: %s',
    async (code, type, name) => {
      const lib = `(module (import "${WASI}" "${name}" ${type}) (func (export "f")))`;
      const main = '(module (import "lib" "f" (func)))';
      const failure = await open({ main, lib }).catch((error: unknown) => error as Error & { code: string });
      expect(failure).toMatchObject({ stage: 'instantiate', code });
      expect((failure as Error).message).not.toContain('plugwire:');
    },
  );

  it('gives a module no way to name another one’s', async () => {
    const main = '(module (import "plugwire:wasi:1" "proc_exit" (func (param i32))))';
    const lib = `(module (import "${WASI}" "proc_exit" (func (param i32))))`;
    await expect(open({ main, lib })).rejects.toMatchObject({ code: 'reserved_name' });
  });
});

// The shapes of Extism's own corpus.
describe('a program with WASI', () => {
  it('is linked as a command: its _start is not run, its exports are', async () => {
    const side = `(module ${FD_WRITE} ${SET_OUTPUT} (memory (export "memory") 1) (global $n (mut i32) (i32.const 1))
      (func (export "_start") (global.set $n (i32.const 9)))
      (func (export "run_test") (call $answer (global.get $n)) (global.set $n (i32.const 2))))`;
    const main = `(module (import "side" "run_test" (func $run_test)) (func (export "run") (call $run_test)))`;
    const sandbox = await open({ main, side });
    expect(['1', '2']).toEqual([1, 2].map(() => Buffer.from(sandbox.call('run') ?? []).toString()));
  });

  it('is linked as a reactor: its _initialize runs once, before the first call', async () => {
    const side = `(module ${FD_WRITE} (memory (export "memory") 1) (global $n (export "n") (mut i32) (i32.const 0))
      (func (export "_initialize") (global.set $n (i32.add (global.get $n) (i32.const 3)))))`;
    const main = `(module (import "side" "n" (global $n (mut i32))) ${SET_OUTPUT}
      (func (export "run") (call $answer (global.get $n))))`;
    const sandbox = await open({ main, side });
    for (let times = 0; times < 3; times += 1)
      expect(Buffer.from(sandbox.call('run') ?? []).toString()).toBe('3');
  });

  it('is linked as Haskell’s: _initialize, then hs_init with no arguments', async () => {
    const side = `(module ${FD_WRITE} (memory (export "memory") 1) (global $n (export "n") (mut i32) (i32.const 1))
      (func (export "_initialize") (global.set $n (i32.mul (global.get $n) (i32.const 2))))
      (func (export "hs_init") (param $argc i32) (param $argv i32)
        (global.set $n (i32.add (i32.add (global.get $n) (i32.const 5)) (i32.add (local.get 0) (local.get 1))))))`;
    const main = `(module (import "side" "n" (global $n (mut i32))) ${SET_OUTPUT}
      (func (export "run") (call $answer (global.get $n))))`;
    const sandbox = await open({ main, side });
    expect(Buffer.from(sandbox.call('run') ?? []).toString()).toBe('7');
  });

  it('follows the rule of modules without WASI where its library has none', async () => {
    const side = `(module (global $n (export "n") (mut i32) (i32.const 0)) (func (export "_start") (global.set $n (i32.const 4))))`;
    const main = `(module ${FD_WRITE} (import "side" "n" (global $n (mut i32))) ${SET_OUTPUT} (memory (export "memory") 1)
      (func (export "run") (call $answer (global.get $n))))`;
    const sandbox = await open({ main, side });
    expect(Buffer.from(sandbox.call('run') ?? []).toString()).toBe('4');
  });
});

describe('start functions with parameters', () => {
  const started = (name: string, params: string): string =>
    `(module (func (export "${name}") ${params === '' ? '' : `(param ${params})`}) (func (export "run")))`;

  it.each(['', 'i32', 'i32 i32', 'i64 i64', 'i64', 'i32 i64 i32'])(
    'hs_init (%s) is given as many zeros of the right type',
    async (params) => {
      const sandbox = await open({ main: started('hs_init', params) });
      expect(sandbox.call('run')).toBeNull();
    },
  );

  it.each([
    ['hs_init', 'f32'],
    ['hs_init', 'i32 externref'],
    ['_initialize', 'i32'],
    ['_start', 'i64'],
  ])('%s (%s) is refused, and said so', async (name, params) => {
    await expect(open({ main: started(name, params) })).rejects.toMatchObject({
      stage: 'instantiate',
      code: 'initialiser_mismatch',
      message: expect.stringContaining(name),
    });
  });
});
