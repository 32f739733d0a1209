import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { clock } from '../../base/clock.ts';
import { METERED_EXPORTS } from '../../metering/reserved-names.ts';
import { encodeProgram } from '../../metering/testing/encode-program.ts';
import { meter, PLENTY } from '../../metering/testing/metered-guest.ts';
import { runMetered } from '../../metering/testing/metered-host.ts';
import { createProgram } from '../../metering/testing/random-program.ts';
import { createCleanSlate } from './clean-slate.ts';
import { type GuestMemory, linkedModule, type LinkedModule } from './linked-module.ts';
import { createMeter } from './meter.ts';

/** Runs of each property. `RESTORE_RUNS=20000` searches deeper. */
const numRuns = Number(process.env['RESTORE_RUNS'] ?? 100);

/** How a call ended, and everything that it left in the module. */
type Ending = Readonly<Record<string, unknown>>;

/** The size that a guest knows, and what it holds. */
const seenOf = (memory: GuestMemory | undefined): unknown => {
  const used = Buffer.from(memory?.buffer ?? new ArrayBuffer(), 0, memory?.usedBytes());
  return [used.length, createHash('sha1').update(used).digest('hex')];
};

/** One module with a meter and a clean slate, as an instance has them. `begin` is its start function. */
const createRig = (source: string | Uint8Array, shrinkableMemory: boolean, begin?: string) => {
  const metered = meter(source, { shrinkableMemory });
  const module = new WebAssembly.Module(metered.bytes);
  const counters = createMeter();
  let linked: readonly LinkedModule[] = [];
  let instances = 0;
  const replace = (): void => {
    const { exports } = new WebAssembly.Instance(module);
    instances += 1;
    linked = [linkedModule(exports, metered)];
    counters.attach([exports]);
  };
  const exported = (name: string): unknown => linked[0]?.exports[name];
  const run = (name: string, args: readonly number[]) =>
    runMetered(counters, { ...PLENTY, fuel: 100_000 }, () =>
      (exported(name) as (...values: number[]) => unknown)(...args),
    );
  replace();
  if (begin !== undefined) run(begin, []);
  const slate = createCleanSlate({
    modules: () => linked,
    replace,
    start:
      begin === undefined
        ? undefined
        : () => {
            run(begin, []);
            return undefined;
          },
    startBudget: PLENTY,
    variables: { save: () => {}, restore: () => {}, clear: () => {} },
    wasi: [],
  });
  slate.save();

  const state = (): Ending => {
    const seen: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(linked[0]?.exports ?? {})) {
      if (value instanceof WebAssembly.Memory) seen[name] = seenOf(linked[0]?.memory);
      else if (name === METERED_EXPORTS.memoryBytes) continue;
      else if (value instanceof WebAssembly.Global)
        seen[name] = typeof value.value === 'function' ? value.value.name : value.value;
      // The hook of the meter is the host's own, and another one in each instance.
      else if (value instanceof WebAssembly.Table && !name.startsWith('plugwire:'))
        seen[name] = Array.from(
          { length: value.length },
          (_, at) => (value.get(at) as { name: string } | null)?.name,
        );
    }
    return seen;
  };

  return {
    call: (name: string, args: readonly number[]): Ending => {
      if (!slate.isReady()) expect(slate.prepare(1000, clock.nowMs())).toBeUndefined();
      const outcome = run(name, args);
      const failure = outcome.kind === 'failed' ? String(outcome.error) : undefined;
      return {
        kind: outcome.kind,
        value: 'value' in outcome ? outcome.value : undefined,
        failure,
        ...state(),
      };
    },
    restore: () => {
      slate.restore();
      // Only start functions that have to run again are left to the next call.
      if (begin === undefined) expect(slate.isReady()).toBe(true);
    },
    instances: () => instances,
  };
};

const argument = fc.integer({ min: -2, max: 9 });
const call = fc.tuple(argument, argument);
const tape = fc.uint8Array({ minLength: 40, maxLength: 800, size: 'max' });

it('gives a call after any others the ending that it has in a new instance: random programs', () => {
  fc.assert(
    fc.property(
      tape,
      fc.boolean(),
      fc.array(call, { minLength: 1, maxLength: 4 }),
      call,
      (choices, shrinks, before, last) => {
        const bytes = encodeProgram(createProgram(choices), { padded: false });
        const used = createRig(bytes, shrinks);
        for (const args of before) {
          used.call('run', args);
          used.restore();
        }
        expect(used.call('run', last)).toEqual(createRig(bytes, false).call('run', last));
        if (shrinks) expect(used.instances()).toBeLessThanOrEqual(2);
      },
    ),
    { numRuns },
  );
});

/** Instructions that change every kind of state that a module can have, and some that end the call. */
const CHANGES = [
  '(i32.store (i32.const 100) (i32.const -1))',
  '(i32.store (i32.const 65532) (global.get $i))',
  '(i64.store (i32.const 30000) (i64.const 0))',
  '(memory.fill (i32.const 20000) (i32.const 170) (i32.const 30000))',
  '(memory.copy (i32.const 0) (i32.const 30000) (i32.const 9000))',
  '(memory.init $data (i32.const 7) (i32.const 0) (i32.const 4))',
  '(data.drop $data)',
  '(drop (memory.grow (i32.const 1)))',
  '(drop (memory.grow (i32.const 0)))',
  '(i32.store (i32.const 65536) (i32.const 3))',
  '(global.set $i (i32.add (global.get $i) (memory.size)))',
  '(global.set $i (i32.load (i32.const 30000)))',
  '(global.set $l (i64.mul (global.get $l) (i64.const 3)))',
  '(global.set $f (f32.const nan:0x200001))',
  '(global.set $d (f64.add (global.get $d) (f64.const 0.1)))',
  '(global.set $v (i32x4.add (global.get $v) (global.get $v)))',
  '(global.set $i (i32x4.extract_lane 1 (global.get $v)))',
  '(global.set $r (ref.func $two))',
  '(table.set $t (i32.const 0) (global.get $r))',
  '(table.set $t (i32.const 1) (ref.null func))',
  '(table.fill $t (i32.const 0) (ref.func $two) (i32.const 3))',
  '(table.copy $t $t (i32.const 1) (i32.const 0) (i32.const 2))',
  '(table.init $t $elements (i32.const 0) (i32.const 0) (i32.const 2))',
  '(elem.drop $elements)',
  '(drop (table.grow $t (ref.func $one) (i32.const 1)))',
  '(drop (table.grow $t (ref.null func) (i32.const 100000000)))',
  '(global.set $i (i32.add (global.get $i) (call_indirect $t (type $number) (i32.const 0))))',
  '(unreachable)',
  '(global.set $i (i32.div_u (global.get $i) (i32.const 0)))',
  '(loop $again (br $again))',
];

const changes = fc.array(fc.constantFrom(...CHANGES), { maxLength: 6 });

const moduleOf = (begin: readonly string[], calls: readonly (readonly string[])[]): string => `(module
  (type $number (func (result i32)))
  (memory (export "memory") 1 4) (data (i32.const 30000) "some data") (data $data "four")
  (table $t (export "table") 4 8 funcref) (elem (i32.const 0) $one $two $one) (elem $elements func $two $one)
  (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
  (global $i (export "i") (mut i32) (i32.const 3)) (global $l (export "l") (mut i64) (i64.const 5))
  (global $f (export "f") (mut f32) (f32.const 1)) (global $d (export "d") (mut f64) (f64.const -0))
  (global $v (mut v128) (v128.const i32x4 1 2 3 4)) (global $r (export "r") (mut funcref) (ref.func $one))
  (func (export "begin") ${begin.join(' ')})
  ${calls.map((body, at) => `(func (export "run${at}") ${body.join(' ')})`).join(' ')})`;

it('gives a call after any others the ending that it has in a new instance: every kind of state', () => {
  const seen = { kept: 0, replaced: 0 };
  fc.assert(
    fc.property(
      fc.option(changes, { nil: undefined }),
      fc.boolean(),
      fc.array(changes, { minLength: 2, maxLength: 5 }),
      (begin, shrinks, calls) => {
        const text = moduleOf(begin ?? [], calls);
        const start = begin === undefined ? undefined : 'begin';
        const used = createRig(text, shrinks, start);
        for (const [at] of calls.entries()) {
          const expected = createRig(text, false, start).call(`run${at}`, []);
          const before = used.instances();
          expect(used.call(`run${at}`, [])).toEqual(expected);
          used.restore();
          seen[used.instances() === before ? 'kept' : 'replaced'] += 1;
        }
      },
    ),
    { numRuns },
  );
  expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
});
