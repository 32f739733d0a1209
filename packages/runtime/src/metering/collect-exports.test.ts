import createPlugin from '@extism/extism';
import { expect, it } from 'vitest';
import { type Budget, createMeter } from '../sandbox/instance/meter.ts';
import { collectExports } from './collect-exports.ts';
import { meter, PLENTY } from './testing/metered-guest.ts';
import { runMetered } from './testing/metered-host.ts';

const LIBRARY = `(module (memory (export "memory") 1) (global $g (mut i32) (i32.const 0))
  (func $start (global.set $g (i32.add (global.get $g) (i32.const 1)))) (start $start)
  (func (export "_initialize") (global.set $g (i32.add (global.get $g) (i32.const 100))))
  (func (export "started") (result i32) (global.get $g))
  (func (export "spin") (param i32) (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))`;
const MAIN = `(module (import "lib" "spin" (func $spin (param i32))) (import "lib" "started" (func $started (result i32)))
  (import "lib" "memory" (memory 1))
  (func (export "_start") (i32.store (i32.const 8) (i32.const 7)))
  (func (export "add") (param i64 f32) (result i64) (local.get 0))
  (func (export "run") (result i32) (call $spin (i32.load (i32.const 8))) (call $started))
  (func (export "for_ever") (result i32) (loop $l (call $spin (i32.const 5)) (br $l)) (i32.const 0)))`;

const load = async () => {
  const modules = [
    { name: 'guest', metered: meter(MAIN) },
    { name: 'lib', metered: meter(LIBRARY) },
  ];
  const manifest = [
    { name: 'main', module: new WebAssembly.Module(collectExports(modules)) },
    ...modules.map(({ name, metered }) => ({ name, module: new WebAssembly.Module(metered.bytes) })),
  ];
  const plugin = await createPlugin({ wasm: manifest }, { useWasi: false });
  const instance = await (
    plugin as unknown as { getInstance(): Promise<WebAssembly.Instance> }
  ).getInstance();
  return { modules, exports: instance.exports as Record<string, (...args: unknown[]) => unknown> };
};

it('lets one budget serve all the modules that Extism links', async () => {
  const { modules, exports } = await load();
  const shared = createMeter(exports as unknown as WebAssembly.Exports, modules.length);
  const run = (name: string, budget: Budget, ...args: unknown[]) =>
    runMetered(shared, budget, () => exports[name]?.(...args));

  // Nothing ran while Extism instantiated; now it does, metered, libraries first.
  const initialise = ['plugwire:1:start', 'plugwire:1:_initialize', 'plugwire:_start'];
  for (const name of initialise) {
    expect([name, run(name, PLENTY).kind]).toEqual([name, 'ok']);
  }
  expect(run('add', PLENTY, 5n, 1)).toMatchObject({ kind: 'ok', value: 5n });
  const outcome = run('run', PLENTY);
  expect(outcome).toMatchObject({ kind: 'ok', value: 101 });
  const fuel = outcome.fuelUsed;
  expect(run('run', { ...PLENTY, fuel }).kind).toBe('ok');
  expect(run('run', { ...PLENTY, fuel: fuel - 1 })).toMatchObject({
    by: 'fuel',
  });
  expect(run('for_ever', { ...PLENTY, deadlineMs: 3 })).toMatchObject({
    by: 'deadline',
  });
});

it('tells names apart that differ in a byte order mark alone', () => {
  const metered = meter('(module (func (export "run")) (func (export "\\ef\\bb\\bfrun")))');
  const collected = new WebAssembly.Module(collectExports([{ name: 'guest', metered }]));
  const names = WebAssembly.Module.exports(collected).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['run', '\uFEFFrun']));
});
