import { behave } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { defineHostFunction } from '../host-functions/define-host-function.ts';
import { useStepClock } from '../testing/step-clock.ts';
import { codeOf, refusalOf, textOf } from './testing/call-ends.ts';
import { openFunctions, openModules } from './testing/open-sandbox.ts';
import { PLENTY, rounds, SPIN } from './testing/spending.ts';

const fine = behave.answerText('fine');

/** A host function `ask` that does this. */
const asking = (run: () => void) =>
  defineHostFunction({
    name: 'ask',
    run: () => {
      run();
    },
  });

describe('a call that computes too much', () => {
  it('ends with fuel, and the next one works', async () => {
    const limits = { fuel: 10_000, deadlineMs: 60_000 };
    const sandbox = await openFunctions({ run: behave.spin(), fine }, { limits });
    for (let times = 0; times < 10; times += 1) {
      expect(codeOf(() => sandbox.call('run'))).toBe('fuel');
      expect(textOf(sandbox.call('fine'))).toBe('fine');
    }
  });

  it.each([
    ['a loop', `(func (export "run") ${SPIN})`],
    [
      'a loop of loops',
      `(func (export "run") (loop $outer (loop $inner (br_if $inner (i32.const 0))) (br $outer)))`,
    ],
    [
      'tail-less recursion through a table',
      '(table funcref (elem $f)) (func $f (export "run") (loop $l (if (i32.lt_u (global.get $d) (i32.const 100)) (then (global.set $d (i32.add (global.get $d) (i32.const 1))) (call_indirect (i32.const 0)) (global.set $d (i32.sub (global.get $d) (i32.const 1))))) (br $l))) (global $d (mut i32) (i32.const 0))',
    ],
    [
      'fills',
      '(memory 16) (func (export "run") (loop $again (memory.fill (i32.const 0) (i32.const 7) (i32.const 1048576)) (br $again)))',
    ],
    [
      'copies',
      '(memory 16) (func (export "run") (loop $again (memory.copy (i32.const 0) (i32.const 8) (i32.const 1048568)) (br $again)))',
    ],
    [
      'growing by nothing',
      '(memory 1) (func (export "run") (loop $again (drop (memory.grow (i32.const 0))) (br $again)))',
    ],
  ])('fails with fuel: %s', async (_, fields) => {
    const limits = { fuel: 5_000_000, deadlineMs: 60_000 };
    const sandbox = await openModules(`(module ${fields})`, { limits });
    expect(codeOf(() => sandbox.call('run'))).toBe('fuel');
    expect(codeOf(() => sandbox.call('run'))).toBe('fuel');
  });

  it('has the same result on every run, because fuel counts instructions', async () => {
    const wat = `(module (func (export "run") ${rounds(50_000)}))`;
    const endsWith = async (fuel: number, times = 1): Promise<string[]> => {
      const sandbox = await openModules(wat, { limits: { fuel, deadlineMs: 60_000 } });
      const ends: string[] = [];
      for (let time = 0; time < times; time += 1) {
        ends.push(codeOf(() => sandbox.call('run')));
      }
      sandbox.close();
      return ends;
    };
    let [least, most] = [1, 10_000_000];
    expect(await endsWith(most)).toEqual(['ok']);
    while (least < most) {
      const middle = Math.floor((least + most) / 2);
      if ((await endsWith(middle))[0] === 'ok') most = middle;
      else least = middle + 1;
    }
    expect(least).toBeGreaterThanOrEqual(50_000);
    expect(new Set(await endsWith(least, 10))).toEqual(new Set(['ok']));
    expect(new Set(await endsWith(least - 1, 10))).toEqual(new Set(['fuel']));
  });

  it('has a budget for each call and for each function', async () => {
    const fields = ['a', 'b'].map((name) => `(func (export "${name}") ${rounds(10_000)})`);
    const limits = { fuel: 200_000, deadlineMs: 60_000, functions: { b: { fuel: 5_000 } } };
    const sandbox = await openModules(`(module ${fields.join('')})`, { limits });
    for (let times = 0; times < 50; times += 1) expect(codeOf(() => sandbox.call('a'))).toBe('ok');
    expect(codeOf(() => sandbox.call('b'))).toBe('fuel');
  });

  it('shares one budget with the modules that it is linked to', async () => {
    const lib = `(module (func (export "work") ${rounds(100_000)}))`;
    const main = `(module (import "lib" "work" (func $work)) (func $own ${rounds(100_000)})
      (func (export "own") (call $own)) (func (export "lent") (call $work))
      (func (export "both") (call $own) (call $work)) (func (export "turns") (call $work) (call $own) (call $work)))`;
    const ends = async (fuel: number) => {
      const sandbox = await openModules({ main, lib }, { limits: { fuel, deadlineMs: 60_000 } });
      const codes: string[] = [];
      for (const name of ['own', 'lent', 'both', 'turns']) {
        codes.push(codeOf(() => sandbox.call(name)));
      }
      return codes;
    };
    // Find what one of the two costs, so that the sums do not lean on the weight table.
    let one = 100_000;
    while ((await ends(one))[0] !== 'ok') one = Math.ceil(one * 1.1);
    expect(await ends(Math.ceil(one * 1.2))).toEqual(['ok', 'ok', 'fuel', 'fuel']);
    expect(await ends(Math.ceil(one * 2.2))).toEqual(['ok', 'ok', 'ok', 'fuel']);
    expect(await ends(Math.ceil(one * 3.3))).toEqual(['ok', 'ok', 'ok', 'ok']);
  });
});

describe('a call that takes too long', () => {
  it('ends with deadline, and the next one works', async () => {
    const sandbox = await openFunctions(
      { run: behave.spin(), fine },
      { limits: { fuel: PLENTY, functions: { run: { deadlineMs: 20 } } } },
    );
    for (let times = 0; times < 5; times += 1) {
      expect(codeOf(() => sandbox.call('run'))).toBe('deadline');
      expect(textOf(sandbox.call('fine'))).toBe('fine');
    }
  });

  it('is stopped in a linked module too', async () => {
    const lib = `(module (func (export "spin") ${SPIN}))`;
    const main = '(module (import "lib" "spin" (func $spin)) (func (export "run") (call $spin)))';
    const sandbox = await openModules({ main, lib }, { limits: { deadlineMs: 20, fuel: PLENTY } });
    expect(codeOf(() => sandbox.call('run'))).toBe('deadline');
  });

  it('gets at most the time that the outer call has left if it is nested', async () => {
    const inner = await openFunctions(
      { run: behave.spin(), fine },
      { limits: { deadlineMs: 60_000, fuel: PLENTY } },
    );
    const codes: string[] = [];
    const ask = asking(() => void codes.push(codeOf(() => inner.call('run'))));
    const outer = await openFunctions(
      { run: behave.callHostFunction({ name: 'ask' }) },
      { hostFunctions: [ask], limits: { deadlineMs: 20, fuel: PLENTY } },
    );
    const clock = useStepClock();
    // The outer call has used up its time too.
    expect(codeOf(() => outer.call('run'))).toBe('deadline');
    expect(codes).toEqual(['deadline']);
    // One more look each at the end, and not the minute that the inner one has by itself.
    expect(clock.atMs()).toBeLessThan(40);
    expect(textOf(inner.call('fine'))).toBe('fine');
  });

  it('does not begin if it is nested and the outer call has no time left', async () => {
    const inner = await openFunctions({ fine });
    const codes: string[] = [];
    const ask = asking(() => {
      clock.wait(25);
      codes.push(codeOf(() => inner.call('fine')));
    });
    const outer = await openFunctions(
      { run: behave.callHostFunction({ name: 'ask' }) },
      { hostFunctions: [ask], limits: { deadlineMs: 20 } },
    );
    const clock = useStepClock();
    expect(codeOf(() => outer.call('run'))).toBe('deadline');
    expect(codes).toEqual(['deadline']);
    expect(textOf(inner.call('fine'))).toBe('fine');
  });

  it('can have a shorter deadline than the outer call, which continues', async () => {
    const inner = await openFunctions({ run: behave.spin() }, { limits: { deadlineMs: 5, fuel: PLENTY } });
    const codes: string[] = [];
    const ask = asking(() => void codes.push(codeOf(() => inner.call('run'))));
    const outer = await openFunctions(
      { run: behave.sequence(behave.callHostFunction({ name: 'ask' }), fine) },
      { hostFunctions: [ask], limits: { deadlineMs: 60_000 } },
    );
    expect(textOf(outer.call('run'))).toBe('fine');
    expect(codes).toEqual(['deadline']);
  });
});

describe('the memory of a guest', () => {
  const limits = { memoryBytes: 4 * 65_536 };
  const grows = (memory: string, pages: number, answer: number): string =>
    `(module ${memory} (func (export "run") (result i32) (i32.ne (memory.grow (i32.const ${pages})) (i32.const ${answer}))))`;

  it.each([
    ['up to the limit', '(memory 1)', 3, 1],
    ['not a page beyond', '(memory 1)', 4, -1],
    ['not by what wraps around', '(memory 1)', 65_535, -1],
    ['not beyond a higher maximum of its own', '(memory 1 100)', 4, -1],
    ['not beyond a lower maximum of its own', '(memory 1 2)', 2, -1],
    ['from none at all', '(memory 0)', 4, 0],
  ])('grows %s', async (_, memory, pages, answer) => {
    const sandbox = await openModules(grows(memory, pages, answer), { limits });
    expect(sandbox.call('run')).toBeNull();
  });

  it('may start at the limit, and not above it', async () => {
    expect(await refusalOf(openModules('(module (memory 4))', { limits }))).toBe('opened');
    expect(await refusalOf(openModules('(module (memory 5))', { limits }))).toBe('compile/memory_too_large');
  });
});

describe('the names of metering', () => {
  it.each(['exchange_fuel', 'out_of_fuel', 'start', '_start', '_initialize', 'hs_init', '0:exchange_fuel'])(
    'cannot be called as functions of the guest: plugwire:%s',
    async (name) => {
      const wat = `(module (func $begin) (start $begin) (func (export "_start")) (func (export "_initialize")) (func (export "f")))`;
      const sandbox = await openModules(wat);
      expect(codeOf(() => sandbox.call(`plugwire:${name}`))).toBe('no_function');
      const linked = await openModules({ main: '(module (import "lib" "f" (func)))', lib: wat });
      expect(codeOf(() => linked.call(`plugwire:${name}`))).toBe('no_function');
    },
  );

  it('leave the start functions callable under their own names, metered', async () => {
    const wat = '(module (func (export "_start")) (func (export "_initialize") (loop (br 0))))';
    const sandbox = await openModules('(module (func (export "_start")) (func (export "_initialize")))');
    expect(codeOf(() => sandbox.call('_initialize'))).toBe(codeOf(() => sandbox.call('_start')));
    expect(codeOf(() => sandbox.call('_start'))).not.toBe('no_function');
    await expect(openModules(wat, { limits: { initialisationFuel: 1000 } })).rejects.toMatchObject({
      code: 'fuel',
    });
  });

  it.each([
    [
      'exports the counter',
      '(func (export "plugwire:exchange_fuel") (param i32) (result i32) (i32.const 9))',
    ],
    ['exports another', '(global (export "plugwire:mine") i32 (i32.const 0))'],
    ['imports from the kernel', '(import "plugwire:kernel" "memory" (memory 1))'],
    ['imports the counter', '(import "lib" "plugwire:exchange_fuel" (func (param i32) (result i32)))'],
    ['imports the hook’s table', '(import "lib" "plugwire:out_of_fuel" (table 1 funcref))'],
  ])('are refused in a module that %s', async (_, fields) => {
    const lib = '(module (func (export "f")))';
    expect(await refusalOf(openModules({ main: `(module ${fields})`, lib }))).toBe('compile/reserved_name');
  });
});
