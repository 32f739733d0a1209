import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { greet } from '../testing/contracts.ts';
import { openHost } from '../testing/open-plugin.ts';
import { failureOfCall } from '../testing/failure-of.ts';
import type { Sandbox } from './create-sandbox.ts';
import { codeOf, refusalOf, textOf } from './testing/call-ends.ts';
import { openModules } from './testing/open-sandbox.ts';

const ENV = 'extism:host/env';

/** A guest that keeps a count in a global and in a variable, and answers both. */
const guest = (fields: string): string => `(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "${ENV}" "alloc" (func $alloc (param i64) (result i64)))
  (import "${ENV}" "store_u8" (func $store (param i64 i32)))
  (import "${ENV}" "load_u8" (func $load (param i64) (result i32)))
  (import "${ENV}" "output_set" (func $output_set (param i64 i64)))
  (import "${ENV}" "error_set" (func $error_set (param i64)))
  (import "${ENV}" "var_get" (func $var_get (param i64) (result i64)))
  (import "${ENV}" "var_set" (func $var_set (param i64 i64)))
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 48))
  (func $byte (param $value i32) (result i64) (local $block i64)
    (local.set $block (call $alloc (i64.const 1)))
    (call $store (local.get $block) (local.get $value))
    (local.get $block))
  (func $kept (result i32) (local $block i64)
    (local.set $block (call $var_get (call $byte (i32.const 107))))
    (if (result i32) (i64.eqz (local.get $block)) (then (i32.const 48)) (else (call $load (local.get $block)))))
  (func $note
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (call $var_set (call $byte (i32.const 107)) (call $byte (i32.add (call $kept) (i32.const 1)))))
  (func $answer (local $block i64)
    (local.set $block (call $alloc (i64.const 2)))
    (call $store (local.get $block) (global.get $count))
    (call $store (i64.add (local.get $block) (i64.const 1)) (call $kept))
    (call $output_set (local.get $block) (i64.const 2)))
  (func (export "answer") (call $answer))
  (func (export "note") (call $note) (call $answer))
  (func (export "trap") (unreachable))
  ${fields})`;

const open = async (fields: string): Promise<Sandbox> => await openModules(guest(fields), { wasi: true });
const ask = (sandbox: Sandbox, name: string): string | null => textOf(sandbox.call(name));
const exits = (status: number): string => `(call $note) (call $answer) (call $exit (i32.const ${status}))`;

describe('a call that ends with proc_exit(0)', () => {
  it.each(['_start', 'run'])('is a success and keeps its output: %s', async (name) => {
    const sandbox = await open(`(func (export "${name}") ${exits(0)} (unreachable))`);
    expect(ask(sandbox, name)).toBe('11');
  });

  it('has no output if it set none', async () => {
    const sandbox = await open('(func (export "run") (call $exit (i32.const 0)))');
    expect(sandbox.call('run')).toBeNull();
  });

  it('is followed by a fresh instance, whose variables stay', async () => {
    const sandbox = await open(`(func (export "run") ${exits(0)})`);
    expect(ask(sandbox, 'note')).toBe('11');
    expect(ask(sandbox, 'run')).toBe('22');
    expect(ask(sandbox, 'answer')).toBe('02');
    expect(ask(sandbox, 'run')).toBe('13');
  });

  /** Neither restored in place, since its memory has grown, nor by a snapshot, since its start function wrote to a table. */
  const startsAgain = `(table $t 1 funcref) (elem declare func $begin)
    (func $begin (table.set $t (i32.const 0) (ref.func $begin)) (call $note)) (start $begin)
    (func (export "run") (drop (memory.grow (i32.const 1))) ${exits(0)})`;

  it('keeps its variables also where a start function has to run again', async () => {
    const sandbox = await open(startsAgain);
    expect(ask(sandbox, 'answer')).toBe('11');
    expect(ask(sandbox, 'run')).toBe('22');
    expect(ask(sandbox, 'answer')).toBe('13');
    expect(codeOf(() => sandbox.call('trap'))).toBe('unreachable');
    expect(ask(sandbox, 'answer')).toBe('11');
  });

  it('keeps nothing if it is reset before the start function has run again', async () => {
    const sandbox = await open(startsAgain);
    expect(ask(sandbox, 'run')).toBe('22');
    expect(sandbox.reset()).toBe(true);
    expect(ask(sandbox, 'answer')).toBe('11');
  });

  it('loses its variables with everything else when a later call traps', async () => {
    const sandbox = await open(`(func (export "run") ${exits(0)})`);
    expect(ask(sandbox, 'run')).toBe('11');
    expect(codeOf(() => sandbox.call('trap'))).toBe('unreachable');
    expect(ask(sandbox, 'answer')).toBe('00');
  });

  it('fails if the guest has set an error', async () => {
    const sandbox = await open(
      '(func (export "run") (call $error_set (call $byte (i32.const 65))) (call $exit (i32.const 0)))',
    );
    expect(codeOf(() => sandbox.call('run'))).toBe('guest_error');
  });
});

describe('a call that ends with another status', () => {
  it.each([1, 3, 255])('fails with guest_exit and the status: %d', async (status) => {
    const sandbox = await open(`(func (export "run") ${exits(status)})`);
    const { code, message } = failureOfCall(() => sandbox.call('run'));
    expect(code).toBe('guest_exit');
    expect(message).toMatch(new RegExp(`^guest_exit: .*status ${status}$`));
    expect(ask(sandbox, 'answer')).toBe('00');
  });
});

describe('a start function that ends with proc_exit', () => {
  it.each([
    ['the start section', `(func $begin ${exits(0)}) (start $begin)`],
    ['_initialize', `(func (export "_initialize") ${exits(0)})`],
    ['hs_init', `(func (export "hs_init") (param i32 i32) ${exits(0)})`],
  ])('has done its work with 0: %s', async (_, fields) => {
    const sandbox = await open(fields);
    expect(ask(sandbox, 'note')).toBe('22');
    expect(codeOf(() => sandbox.call('trap'))).toBe('unreachable');
    expect(ask(sandbox, 'note')).toBe('22');
  });

  it('lets the next one run', async () => {
    const sandbox = await open(
      `(func $begin ${exits(0)}) (start $begin) (func (export "_initialize") (call $note))`,
    );
    expect(ask(sandbox, 'answer')).toBe('22');
  });

  it('refuses the load with another status', async () => {
    expect(await refusalOf(open(`(func (export "_initialize") ${exits(3)})`))).toBe('instantiate/guest_exit');
  });
});

describe('a plugin of the protocol that ends each call with proc_exit(0)', () => {
  const exit = behave.callHostFunction({
    namespace: 'wasi_snapshot_preview1',
    name: 'proc_exit',
    args: [0],
  });
  const answering = (value: object) => behave.sequence(behave.answer(value), exit);

  it.each(['shared', 'per_call'] as const)('is loaded and dispatched to: %s', async (instances) => {
    const bytes = await buildPlugin({
      functions: { greet: answering({ _v: 1, text: 'hello' }) },
      handshake: answering({
        handshake_schema_version: 1,
        envelope_version: 1,
        chosen_versions: { greet: 1 },
        plugin_supported: { greet: [1] },
        implemented_functions: ['greet'],
        required_capabilities: [],
      }),
      selfCheck: answering({ status: 'success', failures: [], completed_at: 1 }),
    });
    const plugin = await openHost({ functions: [greet] }).load(bytes, { wasi: true, instances });
    for (let times = 0; times < 3; times += 1)
      expect(plugin.dispatchSync(greet, {})).toMatchObject({ kind: 'ok', response: { text: 'hello' } });
  });
});
