import { describe, expect, it } from 'vitest';

import { defineHostFunction } from '../host-functions/define-host-function.ts';
import { codeOf, refusalOf, textOf } from './testing/call-ends.ts';
import { openModules } from './testing/open-sandbox.ts';
import { PLENTY, rounds, SPIN } from './testing/spending.ts';

describe('start functions', () => {
  /** Notes a digit: the order in which functions ran. */
  const note = (digit: number): string =>
    `(global.set $order (i32.add (i32.mul (global.get $order) (i32.const 10)) (i32.const ${digit})))`;
  const ran = (order: number, fields: string): string =>
    `(module (global $order (mut i32) (i32.const 0)) ${fields}
      (func (export "run") (result i32) (i32.ne (global.get $order) (i32.const ${order}))))`;
  const begin = `(func $begin ${note(1)}) (start $begin)`;
  const exported = (name: string, digit: number): string => `(func (export "${name}") ${note(digit)})`;

  it.each([
    ['the start section', 1, begin],
    ['_initialize', 2, exported('_initialize', 2)],
    ['_start', 3, exported('_start', 3)],
    ['hs_init', 4, `(func (export "hs_init") (param i32 i32) ${note(4)})`],
    ['the start section, then _initialize', 12, exported('_initialize', 2) + begin],
    ['the start section, then _start', 13, exported('_start', 3) + begin],
    ['nothing under another name', 0, exported('start', 5) + exported('__wasm_call_ctors', 6)],
  ])('run once before the first call: %s', async (_, order, fields) => {
    const sandbox = await openModules(ran(order, fields));
    for (let times = 0; times < 3; times += 1) expect(sandbox.call('run')).toBeNull();
  });

  it('run in each instance', async () => {
    const sandbox = await openModules(ran(1, `${begin} (func (export "trap") (unreachable))`));
    for (let times = 0; times < 5; times += 1) {
      expect(codeOf(() => sandbox.call('trap'))).toBe('unreachable');
      expect(sandbox.call('run')).toBeNull();
    }
  });

  it('run in linked modules before those of the modules that import them', async () => {
    const seen: unknown[] = [];
    const noting = defineHostFunction({
      namespace: 'env',
      name: 'note',
      parameters: ['i32'],
      run: (value) => void seen.push(value),
    });
    const starts = (digit: number, imports = ''): string =>
      `(module (import "env" "note" (func $note (param i32))) ${imports} (func (export "f"))
        (func $begin (call $note (i32.const ${digit}))) (start $begin))`;
    const main = starts(3, '(import "left" "f" (func)) (import "right" "f" (func))');
    const modules = { main, right: starts(2, '(import "left" "f" (func))'), left: starts(1) };
    const sandbox = await openModules(modules, { hostFunctions: [noting] });
    expect(seen.slice(0, 3)).toEqual([1, 2, 3]);
    expect(sandbox.call('f')).toBeNull();
  });

  it.each([
    ['the start section', `(func $begin ${SPIN}) (start $begin)`],
    ['_initialize', `(func (export "_initialize") ${SPIN})`],
    ['_start', `(func (export "_start") ${SPIN})`],
    ['hs_init', `(func (export "hs_init") (param i32 i32) ${SPIN})`],
  ])('that spin are stopped by their own budgets: %s', async (_, fields) => {
    const wat = `(module ${fields})`;
    const soon = { initialisationMs: 20, initialisationFuel: PLENTY };
    const little = { initialisationMs: 60_000, initialisationFuel: 10_000 };
    expect(await refusalOf(openModules(wat, { limits: soon }))).toBe('instantiate/deadline');
    expect(await refusalOf(openModules(wat, { limits: little }))).toBe('instantiate/fuel');
    const linked = {
      main: '(module (import "lib" "f" (func)))',
      lib: `(module ${fields} (func (export "f")))`,
    };
    expect(await refusalOf(openModules(linked, { limits: soon }))).toBe('instantiate/deadline');
  });

  it.each([
    ['deadline', 'initialisationMs', { initialisationMs: 1, initialisationFuel: PLENTY }],
    ['fuel', 'initialisationFuel', { initialisationMs: 60_000, initialisationFuel: 10_000 }],
  ])('are refused with %s by the name of the limit that stopped them: %s', async (_, name, limits) => {
    const opening = openModules(`(module (func $begin ${SPIN}) (start $begin))`, { limits });
    await expect(opening).rejects.toThrow(`limits.${name}`);
    await expect(opening).rejects.not.toThrow(/limits\.(fuel|deadlineMs)/);
  });

  it('do not use up the budget of a call, nor have it', async () => {
    const wat = `(module (func $begin ${rounds(100_000)}) (start $begin) (func (export "run") ${rounds(100)}))`;
    const sandbox = await openModules(wat, { limits: { fuel: 10_000 } });
    expect(sandbox.call('run')).toBeNull();
  });

  it.each([
    ['unreachable', '(unreachable)'],
    ['division', '(drop (i32.div_u (i32.const 1) (i32.const 0)))'],
    ['out_of_bounds', '(drop (i32.load (i32.const 65536)))'],
    ['stack_overflow', '(call $begin)'],
  ])('that fail refuse the plugin: %s', async (code, body) => {
    const wat = `(module (memory 1) (func $begin ${body}) (start $begin))`;
    expect(await refusalOf(openModules(wat))).toBe(`instantiate/${code}`);
  });

  it('have the kernel: configuration and variables', async () => {
    const key = (text: string): string => `(call $store (call $key) (i32.const ${text.charCodeAt(0)}))`;
    const wat = `(module (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
      (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
      (import "extism:host/env" "config_get" (func $config_get (param i64) (result i64)))
      (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
      (import "extism:host/env" "var_get" (func $var_get (param i64) (result i64)))
      (import "extism:host/env" "length" (func $length (param i64) (result i64)))
      (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
      (global $key (mut i64) (i64.const 0))
      (func $key (result i64) (global.get $key))
      (func $make_key (global.set $key (call $alloc (i64.const 1))) ${key('k')})
      (func $begin (call $make_key) (call $var_set (call $key) (call $config_get (call $key))))
      (start $begin)
      (func (export "run") (local $value i64) (call $make_key) (local.set $value (call $var_get (call $key)))
        (call $output_set (local.get $value) (call $length (local.get $value)))))`;
    const sandbox = await openModules(wat, { config: { k: 'configured' } });
    expect(textOf(sandbox.call('run'))).toBe('configured');
  });
});
