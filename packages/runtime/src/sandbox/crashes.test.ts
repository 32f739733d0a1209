import { describe, expect, it } from 'vitest';

import { clock } from '../base/clock.ts';
import { defineHostFunction } from '../host-functions/define-host-function.ts';
import { INSTANCE_MODES } from './guest-service.ts';
import { createBreaker } from '../breaker/breaker.ts';
import { openService } from './testing/open-service.ts';
import { SPIN } from './testing/spending.ts';

/** Calls for each mode. `CRASH_CALLS=200000` searches deeper. */
const CALLS = Number(process.env['CRASH_CALLS'] ?? 4000);

/** How calls crash: the code, and what the function does. */
const CRASHES: readonly (readonly [string, string])[] = [
  ['unreachable', '(unreachable)'],
  ['out_of_bounds', '(i32.store (i32.const -4) (i32.const 1))'],
  ['division', '(drop (i32.rem_u (i32.const 1) (i32.const 0)))'],
  ['conversion', '(drop (i32.trunc_f64_s (f64.const nan)))'],
  ['indirect_call', '(call_indirect $t (type $procedure) (i32.const 3))'],
  ['stack_overflow', '(call $deep)'],
  ['fuel', SPIN],
  ['bad_handle', '(drop (call $load (i64.const -1)))'],
  ['http_refused', '(drop (call $http (i64.const 0) (i64.const 0)))'],
  ['guest_exit', '(call $exit (i32.const 7))'],
  ['host_function_failed', '(call $fails)'],
  ['variable_quota', '(call $var_set (call $alloc (i64.const 1)) (call $alloc (i64.const 200000)))'],
  ['output_too_large', '(call $output_set (call $alloc (i64.const 200000)) (i64.const 200000))'],
  ['unreachable', '(drop (memory.grow (i32.const 1))) (unreachable)'],
  ['memory', '(drop (memory.grow (i32.const 100))) (unreachable)'],
  ['unreachable', '(table.fill $t (i32.const 0) (ref.null func) (i32.const 4)) (unreachable)'],
  ['unreachable', '(drop (table.grow $t (ref.null func) (i32.const 1))) (unreachable)'],
  ['unreachable', '(data.drop $data) (elem.drop $elements) (unreachable)'],
  ['unreachable', '(memory.fill (i32.const 0) (i32.const 255) (i32.const 65536)) (unreachable)'],
  ['unreachable', '(drop (call $close (i32.const 1))) (drop (call $close (i32.const 2))) (unreachable)'],
];

const SPINNING = `crash${CRASHES.findIndex(([code]) => code === 'fuel')}`;

const MODULE = `(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "load_u8" (func $load (param i64) (result i32)))
  (import "extism:host/env" "http_request" (func $http (param i64 i64) (result i64)))
  (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_sync" (func $sync (param i32) (result i32)))
  (import "env" "fails" (func $fails))
  (type $procedure (func)) (type $number (func (result i32)))
  (memory (export "memory") 1) (data (i32.const 40000) "kept") (data $data "passive")
  (table $t 4 10 funcref) (elem (i32.const 0) $seven) (elem $elements func $seven)
  (global $g (mut i32) (i32.const 5))
  (func $seven (result i32) (i32.const 7)) (func $deep (call $deep) (call $deep))
  ${CRASHES.map(([, body], at) => `(func (export "crash${at}") (global.set $g (i32.const 6)) ${body})`).join('\n  ')}
  (func (export "healthy") (result i32)
    (i32.store (i32.const 100) (i32.add (i32.load (i32.const 100)) (i32.const 1)))
    (memory.init $data (i32.const 200) (i32.const 0) (i32.const 7))
    (table.init $t $elements (i32.const 1) (i32.const 0) (i32.const 1))
    (i32.or (i32.sub (memory.size) (i32.const 1))
      (i32.or (i32.sub (table.size $t) (i32.const 4))
        (i32.or (call $sync (i32.const 1))
          (i32.or (i32.ne (i32.load (i32.const 40000)) (i32.const 0x7470656b))
            (i32.or (i32.sub (global.get $g) (i32.const 5))
              (i32.sub (call_indirect $t (type $number) (i32.const 0)) (i32.const 7)))))))))`;

const fails = defineHostFunction({
  namespace: 'env',
  name: 'fails',
  run: () => {
    throw new Error('on purpose');
  },
});

/** Numbers that look random and are the same on every run. */
const createDice = () => {
  let state = 12_345;
  return (sides: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % sides;
  };
};

describe.each(INSTANCE_MODES)('among calls of which one in ten crashes, in the mode %s,', (mode) => {
  it('no healthy one fails: crashes alone, in pairs and in longer runs, within one turn of the event loop', async () => {
    const roll = createDice();
    const limits = {
      memoryBytes: 10 * 65_536,
      variableBytes: 1000,
      outputBytes: 1000,
      functions: { [SPINNING]: { fuel: 10_000 } },
    };
    // Healthy calls are so short here that crashes, stack overflows above all, take most of the time.
    const breaker = createBreaker({ timeShare: 1 }, () => clock.nowMs());
    const service = await openService(MODULE, { mode, breaker, limits, hostFunctions: [fails] });
    const wrong: unknown[] = [];
    const check = (name: string, expected: string): void => {
      const seen = service.call(name);
      if (seen !== expected) wrong.push([name, expected, seen]);
    };
    let crashed = 0;
    for (let calls = 0; calls < CALLS && wrong.length < 10;) {
      const run = [1, 1, 2, 5][roll(4)] as number;
      for (let at = 0; at < run; at += 1) {
        const which = roll(CRASHES.length);
        check(`crash${which}`, (CRASHES[which] as readonly [string, string])[0]);
      }
      for (let at = 0; at < 9 * run; at += 1) check('healthy', 'ok');
      calls += 10 * run;
      crashed += run;
    }
    expect(wrong).toEqual([]);
    expect(crashed).toBeGreaterThanOrEqual(Math.floor(CALLS / 10));
  });
});
