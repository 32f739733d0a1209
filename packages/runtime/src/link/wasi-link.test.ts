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

/** Keeps the lines that a sandbox writes to its standard output, which are logged at `info`. */
const keepLines = (): { lines: string[]; logger: HostLogger } => {
  const lines: string[] = [];
  const keep = (_: object, text: string) => void lines.push(text);
  return { lines, logger: { trace: keep, debug: keep, info: keep, warn: keep, error: keep } };
};

/** A module that prints the text at address 1024 of its own memory, as a WASI program does. */
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
  it('uses the memory of the module that calls it', async () => {
    const { lines, logger } = keepLines();
    const sandbox = await open({ main: speaker('main', LIB_SAY), lib: speaker('library') }, { logger });
    for (let times = 0; times < 3; times += 1) sandbox.call('both');
    expect(lines).toEqual(['main', 'library', 'main', 'library', 'main', 'library']);
  });

  it('serves a library if the main module does not import WASI', async () => {
    const { lines, logger } = keepLines();
    const main = `(module ${LIB_SAY} (memory (export "memory") 1) (data (i32.const 1024) "wrong")
      (func (export "run") (call $lib_say)))`;
    const sandbox = await open({ main, lib: speaker('library') }, { logger });
    expect(sandbox.call('run')).toBeNull();
    expect(lines).toEqual(['library']);
  });

  it('uses the memory of a library if the main module imports that memory', async () => {
    const { lines, logger } = keepLines();
    const main = `(module ${FD_WRITE} (import "lib" "memory" (memory 1))
      (func (export "run") (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 3))
        (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then (unreachable)))))`;
    const lib = '(module (memory (export "memory") 1) (data (i32.const 1024) "lib"))';
    const sandbox = await open({ main, lib }, { logger });
    expect(sandbox.call('run')).toBeNull();
    expect(lines).toEqual(['lib']);
  });

  it('serves a module that does not export its memory', async () => {
    const { lines, logger } = keepLines();
    const sandbox = await open({ main: speaker('hidden', '', '(memory 1)') }, { logger });
    sandbox.call('say');
    expect(lines).toEqual(['hidden']);
  });

  it('uses the memory of the library if the library exports a function of WASI again', async () => {
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

  it('ends the call if a library ends the process', async () => {
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
    'refuses a wrong import of a library with %s, and shows the name that the library uses',
    async (code, type, name) => {
      const lib = `(module (import "${WASI}" "${name}" ${type}) (func (export "f")))`;
      const main = '(module (import "lib" "f" (func)))';
      const failure = await open({ main, lib }).catch((error: unknown) => error as Error & { code: string });
      expect(failure).toMatchObject({ stage: 'instantiate', code });
      expect((failure as Error).message).not.toContain('plugwire:');
    },
  );

  it('does not let a module import the WASI of another module', async () => {
    const main = '(module (import "plugwire:wasi:1" "proc_exit" (func (param i32))))';
    const lib = `(module (import "${WASI}" "proc_exit" (func (param i32))))`;
    await expect(open({ main, lib })).rejects.toMatchObject({ code: 'reserved_name' });
  });
});

// These kinds of programs come from Extism's own tests.
describe('a linked program with WASI', () => {
  it('can be a command: its exports can be called, and _start does not run', async () => {
    const side = `(module ${FD_WRITE} ${SET_OUTPUT} (memory (export "memory") 1) (global $n (mut i32) (i32.const 1))
      (func (export "_start") (global.set $n (i32.const 9)))
      (func (export "run_test") (call $answer (global.get $n)) (global.set $n (i32.const 2))))`;
    const main = `(module (import "side" "run_test" (func $run_test)) (func (export "run") (call $run_test)))`;
    const sandbox = await open({ main, side });
    expect(['1', '2']).toEqual([1, 2].map(() => Buffer.from(sandbox.call('run') ?? []).toString()));
  });

  it('can be a reactor: _initialize runs once, before the first call', async () => {
    const side = `(module ${FD_WRITE} (memory (export "memory") 1) (global $n (export "n") (mut i32) (i32.const 0))
      (func (export "_initialize") (global.set $n (i32.add (global.get $n) (i32.const 3)))))`;
    const main = `(module (import "side" "n" (global $n (mut i32))) ${SET_OUTPUT}
      (func (export "run") (call $answer (global.get $n))))`;
    const sandbox = await open({ main, side });
    for (let times = 0; times < 3; times += 1)
      expect(Buffer.from(sandbox.call('run') ?? []).toString()).toBe('3');
  });

  it('can be written in Haskell: _initialize runs, then hs_init with zeros as arguments', async () => {
    const side = `(module ${FD_WRITE} (memory (export "memory") 1) (global $n (export "n") (mut i32) (i32.const 1))
      (func (export "_initialize") (global.set $n (i32.mul (global.get $n) (i32.const 2))))
      (func (export "hs_init") (param $argc i32) (param $argv i32)
        (global.set $n (i32.add (i32.add (global.get $n) (i32.const 5)) (i32.add (local.get 0) (local.get 1))))))`;
    const main = `(module (import "side" "n" (global $n (mut i32))) ${SET_OUTPUT}
      (func (export "run") (call $answer (global.get $n))))`;
    const sandbox = await open({ main, side });
    expect(Buffer.from(sandbox.call('run') ?? []).toString()).toBe('7');
  });

  it('runs _start of a library that does not import WASI', async () => {
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
    'are called with zeros of the right types: hs_init (%s)',
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
  ])(
    'are refused for other parameters, and the message names the function: %s (%s)',
    async (name, params) => {
      await expect(open({ main: started(name, params) })).rejects.toMatchObject({
        stage: 'instantiate',
        code: 'initialiser_mismatch',
        message: expect.stringContaining(name),
      });
    },
  );
});
