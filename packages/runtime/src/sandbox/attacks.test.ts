import { describe, expect, it, vi } from 'vitest';

import { defineHostFunction } from '../host-functions/define-host-function.ts';
import { codeOf, refusalOf } from './testing/call-ends.ts';
import { openModules } from './testing/open-sandbox.ts';
import { useFakeClock } from '../testing/use-fake-clock.ts';

const WASI = ['fd_write', 'fd_read', 'poll_oneoff']
  .map(
    (name) =>
      `(import "wasi_snapshot_preview1" "${name}" (func $${name} (param i32 i32 i32 i32) (result i32)))`,
  )
  .concat('(import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))')
  .join('\n');

/** Each asks as much of the host as one call can, again and again. */
const WASI_STORMS = [
  // 1,024 ranges of a megabyte, without a line's end, and with nothing else.
  [
    'vectors over all of its memory',
    '(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1024) (i32.const 8192)))',
  ],
  [
    'vectors that never end',
    '(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const -1) (i32.const 8192)))',
  ],
  [
    'a thousand subscriptions',
    '(drop (call $poll_oneoff (i32.const 65536) (i32.const 131072) (i32.const 1024) (i32.const 8192)))',
  ],
  ['randomness for all of its memory', '(drop (call $random_get (i32.const 0) (i32.const 2097152)))'],
  ['randomness for a byte', '(drop (call $random_get (i32.const 0) (i32.const 1)))'],
  ['reading nothing', '(drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8192)))'],
] as const;

const storming = (body: string): string => `(module ${WASI} (memory (export "memory") 32)
  (func (export "run") (local $at i32)
    (loop $next
      (i32.store (local.get $at) (i32.const 0)) (i32.store offset=4 (local.get $at) (i32.const 1048576))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const 8192))))
    (loop $again ${body} (br $again))))`;
const CALLER = '(module (import "lib" "run" (func $f)) (func (export "run") (call $f)))';

describe('an endless series of WASI calls', () => {
  it.each(WASI_STORMS)(
    'fails with fuel or deadline, in a single module and in a library: %s',
    async (_, body) => {
      for (const modules of [{ main: storming(body) }, { main: CALLER, lib: storming(body) }]) {
        for (const [code, limits] of [
          ['fuel', { fuel: 20_000_000, deadlineMs: 60_000 }],
          ['deadline', { fuel: 1e12, deadlineMs: 20 }],
        ] as const) {
          const sandbox = await openModules(modules, { wasi: true, limits });
          expect(codeOf(() => sandbox.call('run'))).toBe(code);
          sandbox.close();
        }
      }
    },
  );
});

describe('a single call of WASI', () => {
  it('ends soon after the deadline, even if much is left to write', async () => {
    useFakeClock();
    let lines = 0;
    const takeTime = (): void => {
      lines += 1;
      vi.advanceTimersByTime(1);
    };
    const logger = { trace: takeTime, debug: takeTime, info: takeTime, warn: takeTime, error: takeTime };
    const write = '(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1024) (i32.const 8192)))';
    const sandbox = await openModules(
      { main: storming(write) },
      { wasi: true, logger, limits: { fuel: 1e12, deadlineMs: 20 } },
    );
    expect(codeOf(() => sandbox.call('run'))).toBe('deadline');
    // Of 262,144 that are to be written: those of the twenty milliseconds, and a few until the clock is read.
    expect(lines).toBeGreaterThan(15);
    expect(lines).toBeLessThan(60);
  });
});

describe('the exports that metering adds', () => {
  it.each([
    ['imports another’s', '(import "lib" "plugwire:load_byte" (func (param i32) (result i32)))'],
    ['imports the memory', '(import "lib" "plugwire:memory" (memory 1))'],
    ['imports by its place', '(import "main" "plugwire:1:exchange_fuel" (func (param i32) (result i32)))'],
    ['imports the main behind the main', '(import "plugwire:main" "f" (func))'],
    ['exports one', '(memory 1) (export "plugwire:memory" (memory 0))'],
    ['exports one for another', '(func (export "plugwire:store_byte") (param i32 i32))'],
  ])('have reserved names, so a module is refused that %s', async (_, fields) => {
    const lib = '(module (memory (export "memory") 1) (func (export "f")))';
    expect(await refusalOf(openModules({ main: `(module ${fields})`, lib }))).toBe('compile/reserved_name');
  });

  it.each([
    'load_byte',
    'store_byte',
    'memory_pages',
    'memory',
    '1:load_byte',
    '1:store_byte',
    '1:memory_pages',
  ])('cannot be called as functions of the guest: plugwire:%s', async (name) => {
    const lib = '(module (memory (export "memory") 1) (func (export "f")))';
    const linked = await openModules({ main: '(module (import "lib" "f" (func)) (memory 1))', lib });
    expect(codeOf(() => linked.call(`plugwire:${name}`))).toBe('no_function');
    const single = await openModules({ main: lib });
    expect(codeOf(() => single.call(`plugwire:${name}`))).toBe('no_function');
  });
});

describe('linked modules that share tables and memories', () => {
  it('run out of fuel if they call each other in an endless loop', async () => {
    const lib = `(module (table (export "t") 2 funcref) (func (export "spin") (param i32)
      (loop $l (call_indirect (param i32) (local.get 0) (i32.const 1)) (br $l))))`;
    const main = `(module (import "lib" "t" (table 2 funcref)) (import "lib" "spin" (func $spin (param i32)))
      (elem (i32.const 1) $noop) (func $noop (param i32))
      (func (export "run") (call $spin (i32.const 0))))`;
    const sandbox = await openModules({ main, lib }, { limits: { fuel: 1_000_000, deadlineMs: 60_000 } });
    expect(codeOf(() => sandbox.call('run'))).toBe('fuel');
  });

  it('can grow a shared memory up to the limit but not beyond', async () => {
    const lib =
      '(module (memory (export "memory") 1) (func (export "grow") (result i32) (memory.grow (i32.const 1))))';
    const main = `(module (import "lib" "memory" (memory 1)) (import "lib" "grow" (func $grow (result i32)))
      (func (export "run") (result i32)
        (loop $l (br_if $l (i32.and (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0)) (i32.ge_s (call $grow) (i32.const 0)))))
        (i32.ne (memory.size) (i32.const 8))))`;
    const sandbox = await openModules({ main, lib }, { limits: { memoryBytes: 8 * 65_536 } });
    expect(codeOf(() => sandbox.call('run'))).toBe('ok');
  });
});

const asking = (run: (which: number) => undefined) =>
  defineHostFunction({ name: 'ask', parameters: ['i32'], run });

describe('a host function', () => {
  it('can call another guest that traps or recurses forever, and its own guest continues', async () => {
    const inner = await openModules({
      main: '(module (func (export "trap") (unreachable)) (func $f (export "recurse") (call $f)))',
    });
    const seen: string[] = [];
    const ask = asking((which) => void seen.push(codeOf(() => inner.call(which === 0 ? 'trap' : 'recurse'))));
    const outer = await openModules(
      {
        main: `(module (import "extism:host/user" "ask" (func $ask (param i32)))
          (func (export "run") (call $ask (i32.const 0)) (call $ask (i32.const 1))))`,
      },
      { hostFunctions: [ask] },
    );
    expect(codeOf(() => outer.call('run'))).toBe('ok');
    expect(seen).toEqual(['unreachable', 'stack_overflow']);
    expect(codeOf(() => outer.call('run'))).toBe('ok');
  });

  it('fails the call with stack_overflow if it is called when the stack is full', async () => {
    const sandbox = await openModules(
      {
        main: `(module (import "extism:host/user" "ask" (func $ask (param i32)))
          (func $f (export "run") (call $ask (i32.const 1)) (call $f)) (func (export "fine")))`,
      },
      { hostFunctions: [asking(() => undefined)], limits: { deadlineMs: 60_000 } },
    );
    for (let times = 0; times < 5; times += 1) {
      expect(codeOf(() => sandbox.call('run'))).toBe('stack_overflow');
      expect(codeOf(() => sandbox.call('fine'))).toBe('ok');
    }
  });

  it('of WASI fails the call with stack_overflow if it is called when the stack is full', async () => {
    const sandbox = await openModules(
      {
        main: `(module ${WASI} (memory (export "memory") 1)
          (func $f (export "run") (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))) (call $f))
          (func (export "fine")))`,
      },
      { wasi: true, limits: { deadlineMs: 60_000 } },
    );
    for (let times = 0; times < 5; times += 1) {
      expect(codeOf(() => sandbox.call('run'))).toBe('stack_overflow');
      expect(codeOf(() => sandbox.call('fine'))).toBe('ok');
    }
  });
});
