import { describe, expect, it } from 'vitest';

import { createFuelHook } from './fuel-hook.ts';
import { sliceFor } from '../sandbox/instance/meter.ts';
import { METERED_EXPORTS } from './reserved-names.ts';
import { meter } from './testing/metered-guest.ts';
import { trapCodeOf } from './testing/trap-code-of.ts';
import { FIRST_CALL } from './weights.ts';

/** Less than the weight of compiling one function, and more than the weight of all calls. */
const SLICE = 2_000;
const FUNCTIONS = 20;

/** Enters each of twenty functions twice. `body` is their code after a return, so entering one has almost no weight. */
const moduleOf = (body: string): string => {
  const functions = Array.from({ length: FUNCTIONS }, (_, i) => i);
  const calls = functions.map((i) => `(call $f${i} (i32.const 0))`).join(' ');
  return `(module (global $entered (export "entered") (mut i32) (i32.const 0))
    ${functions
      .map(
        (i) => `(func $f${i} (param i32)
          (global.set $entered (i32.add (global.get $entered) (i32.const 1)))
          (if (i32.eqz (local.get 0)) (then (return))) ${body})`,
      )
      .join('\n')}
    (func (export "run") ${calls} ${calls}))`;
};

const SLOW_TO_COMPILE = `(loop ${'(if (local.get 0) (then))'.repeat(1_000)})`;

/** Runs with a hook that hands out `slices`. Returns how often the hook was called and how many functions were entered. */
const run = (text: string, { slices = Number.POSITIVE_INFINITY, slice = SLICE } = {}) => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(meter(text).bytes));
  let used = 0;
  let asked = 0;
  const hook = createFuelHook((counter) => {
    asked += 1;
    used -= counter;
    if (asked > slices) return 0;
    used += slice;
    return slice;
  });
  (exports[METERED_EXPORTS.outOfFuel] as WebAssembly.Table).set(0, hook);
  const call = exports['run'] as () => void;
  const exchange = exports[METERED_EXPORTS.exchangeFuel] as (fuel: number) => number;
  const entered = () => (exports['entered'] as WebAssembly.Global<'i32'>).value;
  const callOnce = () => {
    const before = { used: used - exchange(0), asked, entered: entered() };
    used = before.used;
    let trap: unknown;
    try {
      call();
    } catch (error) {
      trap = error;
    }
    used -= exchange(0);
    return {
      fuel: used - before.used,
      asked: asked - before.asked,
      entered: entered() - before.entered,
      trap,
    };
  };
  return { callOnce };
};

it('each function that is slow to compile takes time off the slice when it is first entered in an instance, and never again', () => {
  const { callOnce } = run(moduleOf(SLOW_TO_COMPILE));
  expect(callOnce()).toMatchObject({ asked: FUNCTIONS + 1, entered: 2 * FUNCTIONS });
  expect(callOnce()).toMatchObject({ asked: 1, entered: 2 * FUNCTIONS });
});

it('the hook is not called while the slice has time', () => {
  const { callOnce } = run(moduleOf(SLOW_TO_COMPILE), { slice: 10_000_000 });
  expect(callOnce()).toMatchObject({ asked: 1, entered: 2 * FUNCTIONS });
});

it('functions that are not slow take no time off', () => {
  expect(run(moduleOf('')).callOnce()).toMatchObject({ asked: 1, entered: 2 * FUNCTIONS });
});

it('a call that has no time left ends before it compiles another one', () => {
  const { callOnce } = run(moduleOf(SLOW_TO_COMPILE), { slices: 4 });
  const { entered, trap } = callOnce();
  expect(entered).toBe(3);
  expect(trapCodeOf(trap)).toBe('unreachable');
});

it('first entries use no fuel', () => {
  const { callOnce } = run(moduleOf(SLOW_TO_COMPILE));
  const [first, second] = [callOnce(), callOnce()];
  expect(first.fuel).toBeGreaterThan(0);
  expect(second.fuel).toBe(first.fuel);
});

describe('a module of many small functions', () => {
  /** Calls each of this number of empty functions once. */
  const manyOf = (functions: number): string => {
    const each = Array.from({ length: functions }, (_, i) => i);
    return `(module (global (export "entered") (mut i32) (i32.const 0)) ${each.map((i) => `(func $f${i})`).join(' ')}
      (func (export "run") ${each.map((i) => `(call $f${i})`).join(' ')}))`;
  };

  it('has the compile cost of all its functions, except the slow ones', () => {
    const weightOf = (text: string) => meter(text).unchargedCompileWeight;
    const perFunction = weightOf(manyOf(2)) - weightOf(manyOf(1));
    expect(perFunction).toBeGreaterThanOrEqual(FIRST_CALL.base);
    expect(weightOf(manyOf(3_000))).toBeGreaterThanOrEqual(3_000 * FIRST_CALL.base);
    // Only `run` of these is not slow to compile.
    expect(weightOf(moduleOf(SLOW_TO_COMPILE))).toBeLessThan(weightOf(moduleOf('')));
  });

  it('checks the time after every few hundred functions, so that a call cannot compile past its deadline', () => {
    const text = manyOf(3_000);
    const { most, least } = sliceFor(meter(text).unchargedCompileWeight);
    expect(most).toBeLessThan(sliceFor(0).least);
    const { asked, fuel } = run(text, { slice: most }).callOnce();
    expect(most).toBe(least);
    // Each call weighs at least four. All calls are charged before the first one. The time is checked between them.
    expect(fuel).toBeGreaterThanOrEqual(4 * 3_000);
    expect(asked).toBeGreaterThanOrEqual(3_000 / 400);
  });

  it('with few functions gets large slices', () => {
    expect(sliceFor(meter(manyOf(100)).unchargedCompileWeight)).toBe(sliceFor(0));
  });
});
