import { compileWat } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import type { HostLogger } from '../observe/logger.ts';
import { failureOfCall } from '../testing/failure-of.ts';
import type { Sandbox, SandboxOptions } from './create-sandbox.ts';
import { refusalOf } from './testing/call-ends.ts';
import { openSandbox } from './testing/open-sandbox.ts';

const WASI = 'wasi_snapshot_preview1';

const importWasi = (name: string, signature: string): string =>
  `(import "${WASI}" "${name}" (func $${name} ${signature}))`;

const FUNCTIONS = [
  importWasi('fd_write', '(param i32 i32 i32 i32) (result i32)'),
  importWasi('fd_read', '(param i32 i32 i32 i32) (result i32)'),
  importWasi('args_sizes_get', '(param i32 i32) (result i32)'),
  importWasi('environ_sizes_get', '(param i32 i32) (result i32)'),
  importWasi('random_get', '(param i32 i32) (result i32)'),
  importWasi('clock_time_get', '(param i32 i64 i32) (result i32)'),
  importWasi('fd_prestat_get', '(param i32 i32) (result i32)'),
  importWasi('poll_oneoff', '(param i32 i32 i32 i32) (result i32)'),
  importWasi('proc_exit', '(param i32)'),
].join('\n');

const open = async (wat: string, options?: SandboxOptions): Promise<Sandbox> =>
  await openSandbox(await compileWat(wat), { wasi: true, ...options });

/** A guest whose `run` does this; its status is its answer, and 0 is fine. */
const openRun = async (body: string, options?: SandboxOptions, fields = ''): Promise<Sandbox> =>
  await open(
    `(module ${FUNCTIONS} (memory (export "memory") 2) ${fields}
      (func (export "run") (result i32) ${body}) (func (export "fine")))`,
    options,
  );

/** A logger that keeps its lines. */
const keepLines = (): { lines: unknown[]; logger: HostLogger } => {
  const lines: unknown[] = [];
  const at = (level: string) => (fields: object, text: string) => void lines.push({ level, ...fields, text });
  const logger = {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
  return { lines, logger };
};

const guestLine = (level: string, text: string) =>
  expect.objectContaining({ level, text, target: 'cc_lb_plugin.guest', origin: 'guest' }) as unknown;

/** Writes some text that lies at 1024 to a stream; 0 if all of it went. */
const writes = (fd: number, start: number, length: number): string =>
  `(i32.store (i32.const 0) (i32.const ${1024 + start})) (i32.store (i32.const 4) (i32.const ${length}))
  (if (call $fd_write (i32.const ${fd}) (i32.const 0) (i32.const 1) (i32.const 8)) (then (unreachable)))
  (if (i32.ne (i32.load (i32.const 8)) (i32.const ${length})) (then (unreachable)))`;

const fails = (call: string): string => `(if ${call} (then (unreachable)))`;

describe('a module that imports WASI', () => {
  const wat = `(module ${importWasi('proc_exit', '(param i32)')})`;

  it('is refused while WASI is off, as it is by default', async () => {
    const bytes = await compileWat(wat);
    expect(await refusalOf(openSandbox(bytes))).toBe('compile/wasi_disabled');
    expect(await refusalOf(openSandbox(bytes, { wasi: false }))).toBe('compile/wasi_disabled');
    expect(await refusalOf(openSandbox(bytes, { wasi: true }))).toBe('opened');
  });

  it('is refused among several modules too while WASI is off', async () => {
    const modules = [
      { name: 'main', source: await compileWat('(module)') },
      { name: 'lib', source: await compileWat(wat) },
    ];
    expect(await refusalOf(openSandbox({ modules }))).toBe('compile/wasi_disabled');
    expect(await refusalOf(openSandbox({ modules }, { wasi: true }))).toBe('opened');
  });

  it.each([
    ['import_unknown', importWasi('fd_fly', '(result i32)')],
    ['import_unknown', importWasi('toString', '')],
    ['import_unknown', `(import "${WASI}" "proc_exit" (global i32))`],
    ['import_unknown', `(import "${WASI}" "memory" (memory 1))`],
    ['import_unknown', '(import "wasi_unstable" "proc_exit" (func (param i32)))'],
    ['import_mismatch', importWasi('proc_exit', '(param i64)')],
    ['import_mismatch', importWasi('fd_write', '(param i32 i32 i32) (result i32)')],
    ['import_mismatch', importWasi('sched_yield', '')],
  ])('is refused by %s: %s', async (code, field) => {
    expect(await refusalOf(open(`(module ${field})`))).toBe(`instantiate/${code}`);
  });
});

describe('what a guest writes', () => {
  const text = String.raw`one\0atwo\0athree`;
  const data = `(data (i32.const 1024) "${text}")`;

  it('goes to the log line by line, the last one at the end of the call', async () => {
    const { lines, logger } = keepLines();
    const body = `${writes(1, 0, 6)} ${writes(2, 0, 4)} ${writes(1, 6, 7)} (i32.const 0)`;
    const sandbox = await openRun(body, { logger }, data);
    expect(sandbox.call('run')).toBeNull();
    expect(lines).toEqual([
      guestLine('info', 'one'),
      guestLine('warn', 'one'),
      guestLine('info', 'two'),
      guestLine('info', 'three'),
    ]);
    sandbox.call('fine');
    expect(lines).toHaveLength(4);
  });

  it('goes there even if the call fails then', async () => {
    const { lines, logger } = keepLines();
    const sandbox = await openRun(`${writes(1, 0, 3)} (unreachable)`, { logger }, data);
    expect(failureOfCall(() => sandbox.call('run'))).toMatchObject({ code: 'unreachable' });
    expect(lines).toEqual([guestLine('info', 'one')]);
  });

  it('goes nowhere without a logger', async () => {
    const sandbox = await openRun(`${writes(1, 0, 13)} ${writes(2, 0, 13)} (i32.const 0)`, {}, data);
    expect(sandbox.call('run')).toBeNull();
  });

  it('goes there from a start function too', async () => {
    const { lines, logger } = keepLines();
    const start = `(func $begin ${writes(1, 0, 4)}) (start $begin)`;
    const sandbox = await openRun('(i32.const 0)', { logger }, data + start);
    expect(lines[0]).toEqual(guestLine('info', 'one'));
    expect(sandbox.call('run')).toBeNull();
  });
});

describe('what a guest gets', () => {
  it.each([
    [
      'no arguments',
      `${fails('(call $args_sizes_get (i32.const 0) (i32.const 4))')} (i32.or (i32.load (i32.const 0)) (i32.load (i32.const 4)))`,
    ],
    [
      'no environment',
      `${fails('(call $environ_sizes_get (i32.const 0) (i32.const 4))')} (i32.or (i32.load (i32.const 0)) (i32.load (i32.const 4)))`,
    ],
    [
      'no input',
      `(i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 9)) (i32.store (i32.const 8) (i32.const 7))
      ${fails('(call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))')} (i32.load (i32.const 8))`,
    ],
    ['no folder: EBADF', '(i32.ne (call $fd_prestat_get (i32.const 3) (i32.const 0)) (i32.const 8))'],
    [
      'randomness',
      `${fails('(call $random_get (i32.const 64) (i32.const 32))')} (i64.eqz (i64.or (i64.load (i32.const 64)) (i64.load (i32.const 88))))`,
    ],
    [
      'the time, past 2020',
      `${fails('(call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 64))')} (i64.lt_s (i64.load (i32.const 64)) (i64.const 1577836800000000000))`,
    ],
    [
      'a clock that does not go back',
      `${fails('(call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 64))')} ${fails('(call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 72))')}
      (i64.lt_s (i64.load (i32.const 72)) (i64.load (i32.const 64)))`,
    ],
    [
      'no sleep: a timeout of an hour has passed at once',
      `(i64.store (i32.const 0) (i64.const 77)) (i32.store (i32.const 16) (i32.const 1))
      (i64.store (i32.const 24) (i64.const 3600000000000))
      ${fails('(call $poll_oneoff (i32.const 0) (i32.const 256) (i32.const 1) (i32.const 512))')}
      (i32.or (i64.ne (i64.load (i32.const 256)) (i64.const 77)) (i32.ne (i32.load (i32.const 512)) (i32.const 1)))`,
    ],
    [
      'EFAULT for an address that is not its own',
      '(i32.ne (call $random_get (i32.const 131072) (i32.const 1)) (i32.const 21))',
    ],
  ])('is %s', async (_, body) => {
    const sandbox = await openRun(body);
    expect(failureOfCall(() => sandbox.call('run'))).toEqual({ answer: null });
  });

  it('is charged for', async () => {
    const loop =
      '(loop $again (drop (call $random_get (i32.const 0) (i32.const 65536))) (br $again)) (i32.const 0)';
    const sandbox = await openRun(loop, { limits: { fuel: 1_000_000, deadlineMs: 60_000 } });
    expect(failureOfCall(() => sandbox.call('run'))).toMatchObject({ code: 'fuel' });
    expect(sandbox.call('fine')).toBeNull();
  });
});

/** A guest whose outputs are its arguments and its environment, each string ended by a zero byte. */
const TELL = (what: string): string => `(module
  (import "${WASI}" "${what}_get" (func $get (param i32 i32) (result i32)))
  (import "${WASI}" "${what}_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (memory (export "memory") 1)
  (func (export "run") (local $at i32) (local $length i32) (local $block i64)
    (if (call $sizes (i32.const 0) (i32.const 4)) (then (unreachable)))
    (if (call $get (i32.const 16) (i32.const 1024)) (then (unreachable)))
    (local.set $length (i32.load (i32.const 4)))
    (local.set $block (call $alloc (i64.extend_i32_u (local.get $length))))
    (loop $next (if (i32.lt_u (local.get $at) (local.get $length)) (then
      (call $store_u8 (i64.add (local.get $block) (i64.extend_i32_u (local.get $at)))
        (i32.load8_u (i32.add (i32.const 1024) (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1))) (br $next))))
    (call $output_set (local.get $block) (i64.extend_i32_u (local.get $length)))))`;

describe('what a guest is given', () => {
  it.each([
    ['args', { args: ['prog', '-v', 'grüß dich', ''] }, 'prog\0-v\0grüß dich\0\0'],
    ['environ', { env: { NAME: 'value', EMPTY: '' } }, 'NAME=value\0EMPTY=\0'],
    ['args', { env: { NAME: 'value' } }, ''],
    ['environ', {}, ''],
  ])('is its %s: %j', async (what, wasi, text) => {
    const sandbox = await open(TELL(what), { wasi });
    expect(Buffer.from(sandbox.call('run') ?? []).toString()).toBe(text);
    const linked = await openSandbox(
      {
        modules: [
          {
            name: 'main',
            source: await compileWat('(module (import "lib" "run" (func $f)) (export "run" (func $f)))'),
          },
          { name: 'lib', source: await compileWat(TELL(what)) },
        ],
      },
      { wasi },
    );
    expect(Buffer.from(linked.call('run') ?? []).toString()).toBe(text);
  });

  it.each([
    ['a string', 'yes', 'wasi is a string: expected true, false or'],
    ['null', null, 'wasi is null'],
    ['another option', { folders: ['/'] }, 'wasi has the option "folders"'],
    ['arguments that are not a list', { args: 'prog' }, 'wasi.args is a string'],
    ['an argument that is not a string', { args: ['prog', 3] }, 'wasi.args[1] is not a string'],
    ['a NUL in an argument', { args: ['secret\0'] }, 'wasi.args[0] is not a string, or contains NUL'],
    ['an environment that is a list', { env: ['A=b'] }, 'wasi.env is a list'],
    ['a value that is not a string', { env: { NAME: 1 } }, 'NAME'],
    ['a name with =', { env: { 'A=B': 'c' } }, '"A=B"'],
    [
      'too many arguments',
      { args: Array.from({ length: 20_000 }, () => '') },
      'wasi.args takes 100000 bytes',
    ],
    ['too large an environment', { env: { NAME: 'secret'.repeat(20_000) } }, 'wasi.env takes'],
  ])('is checked before anything is read: %s', async (_, wasi, message) => {
    const failure = await openSandbox('nowhere.wasm', { wasi: wasi as never }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ name: 'PlugwireUsageError', code: 'bad_option' });
    expect((failure as Error).message).toContain(message);
    expect((failure as Error).message).not.toContain('secret');
  });
});

describe('a guest that exits', () => {
  it('ends the call successfully with status 0, and can be called again', async () => {
    const sandbox = await openRun('(call $proc_exit (i32.const 0)) (unreachable)');
    expect(sandbox.call('run')).toBeNull();
    expect(sandbox.call('run')).toBeNull();
  });

  it.each([1, 3])('ends the call with guest_exit and its status: %d', async (status) => {
    const sandbox = await openRun(`(call $proc_exit (i32.const ${status})) (i32.const 0)`);
    const failure = failureOfCall(() => sandbox.call('run'));
    expect(failure).toMatchObject({ name: 'SandboxError', code: 'guest_exit' });
    expect(failure.message).toContain(`status ${status}`);
    expect(sandbox.call('fine')).toBeNull();
  });

  it('can exit with status 0 in a start function', async () => {
    const start = '(func $begin (call $proc_exit (i32.const 0))) (start $begin)';
    const sandbox = await openRun('(i32.const 0)', {}, start);
    expect(sandbox.call('run')).toBeNull();
  });
});

describe('the entries of a program', () => {
  const counted = (name: string, by: number): string =>
    `(func (export "${name}") (global.set $n (i32.add (global.get $n) (i32.const ${by}))))`;
  const global = '(global $n (mut i32) (i32.const 0))';
  const expects = (count: number): string => `(i32.ne (global.get $n) (i32.const ${count}))`;

  it('_initialize runs once, before the first call', async () => {
    const sandbox = await openRun(expects(1), {}, global + counted('_initialize', 1));
    for (let times = 0; times < 3; times += 1) expect(sandbox.call('run')).toBeNull();
  });

  it('_start of a command does not run by itself', async () => {
    const sandbox = await openRun(expects(0), {}, global + counted('_start', 1));
    expect(sandbox.call('run')).toBeNull();
  });
});
