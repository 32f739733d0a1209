import { describe, expect, it } from 'vitest';
import { EDIT } from './function-plan.ts';
import { MOST_VALUES } from './metering-limits.ts';
import { scanModule } from './scan-module.ts';
import { runSteps } from './steps.ts';
import { DEFAULT_LIMITS } from './testing/default-limits.ts';
import { createGuest, PLENTY } from './testing/metered-guest.ts';
import { assemble } from './testing/text-format.ts';
import { BULK, CALL_WEIGHT as CALL, LOCALS_PER_UNIT, UNCHARGED } from './weights.ts';

/** Ten constants, dropped: 20 units. */
const TEN = '(drop (i32.const 1))'.repeat(10);

const LARGE_WEIGHT = UNCHARGED.weight + 2;
const LARGE = '(drop (i32.const 1))'.repeat(LARGE_WEIGHT / 2);

const fuelOf = (functions: string, argument = 0): number => {
  const guest = createGuest(
    `(module (table funcref (elem $held)) (type $v (func)) (func $held) ${functions})`,
  );
  const outcome = guest.host.run(PLENTY, () => guest.exports['run']?.(argument));
  expect(outcome.kind).toBe('ok');
  return outcome.fuelUsed;
};
const run = (body: string): string => `(func (export "run") (param $p i32) ${body})`;

describe('charges', () => {
  it.each([
    ['straight code', run(TEN), 0, 20],
    ['nothing after a return', run(`${TEN} (return) ${TEN}`), 0, 21],
    ['the longer arm of an if', run(`(if (local.get $p) (then ${TEN}) (else (nop)))`), 0, 22],
    ['on past an arm that returns', run(`(if (local.get $p) (then (return))) ${TEN}`), 0, 22],
    [
      'on past two arms, one of which returns',
      run(`(if (local.get $p) (then (return)) (else ${TEN})) ${TEN}`),
      0,
      42,
    ],
    [
      'to a label past dead code',
      run(`(block $b ${TEN} (br_if $b (local.get $p)) (unreachable)) ${TEN}`),
      1,
      42,
    ],
    [
      'every turn of a loop',
      run(`(loop $l (br_if $l (local.tee $p (i32.sub (local.get $p) (i32.const 1)))))`),
      10,
      50,
    ],
    [
      'what surrounds a loop once',
      run(`${TEN} (loop $l (br_if $l (local.tee $p (i32.sub (local.get $p) (i32.const 1))))) ${TEN}`),
      10,
      90,
    ],
    [
      'out of a loop past dead code',
      run(`${TEN} (block $b (loop $l (br_if $b (local.get $p)) (br $l)) (unreachable)) ${TEN}`),
      1,
      20 + 3 + 20,
    ],
    [
      'out of two loops past dead code',
      run(`${TEN} (block $b (loop $o (loop $i (br_table $b $i (local.get $p)))) (unreachable)) ${TEN}`),
      0,
      20 + 5 + 20,
    ],
    ['a small function to its caller', `(func $small ${TEN}) ${run('(call $small)')}`, 0, CALL + 20],
    [
      'a small function that calls one, both to its caller',
      `(func $one ${TEN}) (func $two (call $one) (call $one)) ${run('(call $two)')}`,
      0,
      CALL + 2 * (CALL + 20),
    ],
    [
      'a small function that is exported too for itself',
      `(func $small (export "l") (drop (i32.const 1))) ${run('(call $small)')}`,
      0,
      CALL + 2,
    ],
    [
      'a small function that is in a table too for itself',
      `(func $small (drop (i32.const 1))) (elem (i32.const 0) $small) ${run('(call_indirect (type $v) (i32.const 0))')}`,
      0,
      1 + 8 + 2,
    ],
    [
      'a small function that is referred to for itself',
      `(func $small (drop (i32.const 1))) (elem declare func $small) ${run('(call $small) (drop (ref.func $small))')}`,
      0,
      CALL + 2 + 51,
    ],
    [
      'a small function to its caller, and a loop in it for itself',
      `(func $turns (param i32) ${TEN}
         (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
       ${run('(call $turns (local.get $p))')}`,
      7,
      1 + CALL + 20 + 7 * 5,
    ],
    [
      'a larger function for itself',
      `(func $large ${LARGE}) ${run('(call $large)')}`,
      0,
      CALL + LARGE_WEIGHT,
    ],
    [
      'a function that calls too many small ones for itself',
      `(func $one ${TEN}) (func $sum ${'(call $one)'.repeat(5)}) ${run('(call $sum)')}`,
      0,
      CALL + 5 * (CALL + 20),
    ],
    [
      'a small function that recurses for itself, every time',
      `(func $down (param i32)
        (if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1)))))) ${run('(call $down (local.get $p))')}`,
      5,
      1 + CALL + 6 * (5 + CALL),
    ],
    [
      'small functions that call each other for themselves, every time',
      `(func $odd (param i32) (call $even (local.get 0)))
       (func $even (param i32) (if (local.get 0) (then (call $odd (i32.sub (local.get 0) (i32.const 1))))))
       ${run('(call $even (local.get $p))')}`,
      5,
      1 + CALL + 6 * (5 + CALL) + 5 * (1 + CALL),
    ],
    ['locals on entry', `(func (export "run") (local ${'i32 '.repeat(40)}))`, 0, 40 / LOCALS_PER_UNIT],
  ])('%s', (_, functions, argument, fuel) => {
    expect(fuelOf(functions, argument)).toBe(fuel);
  });

  it('a loop that calls, or a loop beside it, with the current counter', () => {
    const turns = (body: string) =>
      `(local.set $q (i32.const 3)) (loop $l ${body} (br_if $l (local.tee $q (i32.sub (local.get $q) (i32.const 1)))))`;
    const big = `(func $big ${LARGE})`;
    const head = '(func (export "run") (param $p i32) (local $q i32)';
    const silent = fuelOf(`${big} ${head} ${turns('')} ${turns('')})`);
    const calling = fuelOf(`${big} ${head} ${turns('')} ${turns('(call $big)')} ${turns('')})`);
    // Three more turns, each with a call; a loop's set-up is two.
    expect(calling - silent).toBe(2 + 3 * (5 + CALL + LARGE_WEIGHT));
  });

  it.each([
    ['memory.fill', '(memory.fill (i32.const 0) (i32.const 0) (i32.const 800))', BULK.bytes.base + 100],
    ['memory.copy', '(memory.copy (i32.const 0) (i32.const 0) (i32.const 800))', BULK.bytes.base + 100],
    ['memory.grow', '(drop (memory.grow (i32.const 0)))', BULK.pages.base],
    [
      'table.grow',
      '(drop (table.grow (ref.null func) (i32.const 1)))',
      BULK.elements.base + BULK.elements.unit,
    ],
    [
      'table.get where a type has several results',
      '(drop (table.get $own (i32.const 0)))',
      BULK.values.base + 4 * BULK.values.unit,
    ],
    [
      'ref.func of a function with several results',
      '(drop (ref.func $pair))',
      BULK.values.base + 3 * BULK.values.unit,
    ],
  ])('%s in every turn of a loop', (_, instruction, least) => {
    const loop = `(loop $l ${instruction} (br_if $l (local.tee $p (i32.sub (local.get $p) (i32.const 1)))))`;
    const pair = `(type (func (param i32 i32) (result i32 i32))) (table $own 1 funcref) (elem declare func $pair)
      (func $pair (param i32) (result i32 i32) (local.get 0) (local.get 0))`;
    const used = fuelOf(`(memory 1) ${pair} ${run(loop)}`, 5);
    expect(used).toBeGreaterThanOrEqual(5 * least);
    expect(used).toBeLessThan(5 * (least + 400));
  });

  it.each([
    ['imports a table', '(import "m" "t" (table $t 1 funcref))'],
    ['exports a table', '(table $t (export "t") 1 funcref)'],
  ])('table.get for any type that another module may have, if the module %s', (_, table) => {
    const { edits } = runSteps(
      scanModule(assemble(`(module ${table} (func (drop (table.get $t (i32.const 0)))))`), DEFAULT_LIMITS),
    );
    expect([edits.length, edits.kinds[0], edits.values[0]]).toEqual([1, EDIT.chargeValues, MOST_VALUES]);
  });
});
