import { describe, expect, it } from 'vitest';
import { COUNTERS, countInstructions } from './testing/count-instructions.ts';
import { createGuest, PLENTY } from './testing/metered-guest.ts';
import { assemble } from './testing/text-format.ts';
import { ARM_WEIGHT } from './weights.ts';

/** Creates instructions of this weight without an effect. */
const weighing = (weight: number): string => '(drop (i32.const 1))'.repeat(weight / 2);
const HEAVY = 10_000;

const jump = (arm: number, key = '$pc'): string => `(local.set ${key} (i32.const ${arm})) (br $loop)`;

/**
 * A function as Go's compiler writes it: a loop around a table, `arms[i]` behind the block `$a${i}`. `$n` is the argument, counted down
 * by arms that `turn`.
 */
const dispatching = (
  arms: readonly string[],
  { head = '', targets = arms.map((_, i) => `$a${i}`).join(' '), result = '' } = {},
): string => {
  let nest = `${head} (br_table ${targets} (local.get $pc))`;
  arms.forEach((arm, i) => {
    nest = `(block $a${i} ${nest}) ${arm}`;
  });
  return `(module (global $trace (export "trace") (mut i32) (i32.const 0)) (memory 1)
    (func $big ${weighing(200)})
    (func (export "run") (param $n i32) ${result} (local $pc i32) (local $other i32)
      (block $exit (loop $loop ${nest} (br $exit)))))`;
};

const turn = (arm: number): string =>
  `(local.set $n (i32.sub (local.get $n) (i32.const 1))) (if (local.get $n) (then ${jump(arm)}))`;

/** Records with a digit that an arm has run. */
const trace = (digit: number): string =>
  `(global.set $trace (i32.add (i32.mul (global.get $trace) (i32.const 10)) (i32.const ${digit})))`;

/** Runs it metered and counted. Returns its charge, the executed weight, and its result. */
const run = (text: string, argument: number) => {
  const bytes = assemble(text);
  const guest = createGuest(bytes);
  const outcome = guest.host.run(PLENTY, () => guest.exports['run']?.(argument));
  expect(outcome.kind).toBe('ok');
  const counted = new WebAssembly.Instance(new WebAssembly.Module(countInstructions(bytes))).exports;
  (counted['run'] as (n: number) => void)(argument);
  const valueOf = (exports: WebAssembly.Exports, name: string): number =>
    Number((exports[name] as WebAssembly.Global).value);
  const weight = valueOf(counted, COUNTERS.weight);
  expect(outcome.fuelUsed).toBeGreaterThanOrEqual(weight);
  const traces = [guest.instance.exports, counted].map((exports) => valueOf(exports, 'trace'));
  expect(traces[0]).toBe(traces[1]);
  return { fuel: outcome.fuelUsed, weight, trace: traces[0] };
};

const TURNS = 200;
/** What a turn may be charged beyond what it executes: a way out that is too light to charge for itself. */
const SLACK = TURNS * (ARM_WEIGHT + 10);

describe('charges a dispatch loop for the arms that it runs', () => {
  it.each([
    ['with a heavy arm before the loop', ['', weighing(HEAVY), turn(2), '']],
    ['with a heavy arm behind the loop', ['', turn(1), weighing(HEAVY), '']],
    ['with a heavy arm that a jump leads past', [jump(2), weighing(HEAVY), turn(2), '']],
    ['with heavy code behind the jump back, in the same arm', ['', `${turn(1)} ${weighing(HEAVY)}`]],
    ['with a jump forward in each turn', ['', jump(3), weighing(HEAVY), turn(1), '']],
    [
      'with two ways in each turn',
      [
        '',
        `(if (i32.and (local.get $n) (i32.const 1)) (then ${jump(3)}))`,
        `${weighing(80)} ${jump(4)}`,
        weighing(60),
        turn(1),
      ],
    ],
    [
      'with a way out to heavy code, by a jump forward',
      [
        '',
        `(if (i32.eqz (local.get $n)) (then ${jump(3)}))`,
        `(local.set $n (i32.sub (local.get $n) (i32.const 1))) ${jump(1)}`,
        weighing(HEAVY),
      ],
    ],
    ['with two loops', ['', turn(1), `(local.set $n (i32.const ${TURNS}))`, turn(3), '']],
    ['with a call in each turn', ['', `(call $big) ${turn(1)}`, weighing(HEAVY)]],
    ['with keys that take two bytes', ['', ...Array<string>(80).fill(weighing(40)), turn(81), '']],
  ])('%s', (_, arms) => {
    const { fuel, weight } = run(dispatching(arms), TURNS);
    // Heavy code that runs at most once may be charged before it is known whether it runs.
    expect(fuel - weight).toBeLessThan(SLACK + HEAVY + 1_000);
  });

  it('exactly, if there is one path', () => {
    const oneTurn = (turns: number) => run(dispatching(['', `${weighing(HEAVY)} ${turn(1)}`]), turns);
    const [few, many] = [oneTurn(10), oneTurn(110)];
    expect(many.fuel - few.fuel).toBe(many.weight - few.weight);
  });

  it('fully, for the heaviest path of each turn', () => {
    const arms = ['', `(if (local.get $n) (then (nop)) (else ${weighing(HEAVY)})) ${turn(1)}`];
    const { fuel } = run(dispatching(arms), TURNS);
    expect(fuel).toBeGreaterThanOrEqual(TURNS * HEAVY);
  });
});

describe('charges the executed code if a jump only looks like one to an arm', () => {
  const back = (body: string): string =>
    `${trace(1)} (local.set $n (i32.sub (local.get $n) (i32.const 1)))
     (br_if $exit (i32.eqz (local.get $n))) ${body}`;

  it.each([
    ['a jump by another local', ['', trace(2) + weighing(300), back(jump(2, '$other'))]],
    [
      'an instruction before the branch',
      ['', trace(2) + weighing(300), back('(local.set $pc (i32.const 1)) (nop) (br $loop)')],
    ],
    [
      'a value that is computed',
      [
        '',
        trace(2) + weighing(300),
        back('(local.set $pc (i32.add (i32.const 0) (i32.const 1))) (br $loop)'),
      ],
    ],
    [
      'a branch back that has a condition',
      ['', trace(2) + weighing(300), back('(local.set $pc (i32.const 1)) (br_if $loop (i32.const 1))')],
    ],
    [
      'a table that leads back',
      ['', trace(2) + weighing(300), back('(local.set $pc (i32.const 1)) (br_table $loop (i32.const 0))')],
    ],
    [
      'a constant that only looks like a jump',
      // The last four bytes of the number are those of `i32.const 2 local.set 1`.
      [
        '',
        trace(2) + weighing(300),
        back('(local.set $pc (i32.const 1)) (f64.const 0x1.10241p-1005) (br $loop)'),
      ],
    ],
    ['a key beyond the table', ['', trace(2), back('(local.set $pc (i32.const -1)) (br $loop)')]],
    ['unreachable code behind a jump', ['', trace(2), back(`${jump(1)} ${weighing(HEAVY)} ${jump(0)}`)]],
    ['a jump from a loop in an arm', ['', trace(2), `(loop $inner ${back(jump(1))})`]],
    ['a jump forward out of a loop in an arm', ['', `(loop $inner ${jump(3)})`, trace(2), back(jump(1))]],
    ['a way into an arm from before', ['', `(if (local.get $n) (then (nop)))`, trace(2), back(jump(2))]],
    [
      'a jump back over a dispatch loop that has blocks as deep',
      [
        trace(2) + weighing(300),
        '',
        `(block (loop $again (block $y (block $x (br_table $x $y (local.get $other)))
          (local.set $other (i32.const 1)) (br $again)) (nop)))
         (local.set $other (i32.const 0)) ${back(jump(0))}`,
      ],
    ],
    [
      'a dispatch loop in an arm of one',
      [
        '',
        trace(2),
        back(`(local.set $other (i32.const 0)) (block $out (loop $again (block $y (block $x
          (br_table $x $y (local.get $other))) ${trace(3)} (local.set $other (i32.const 1)) (br $again))
          ${trace(4)} ${jump(1)}))`),
      ],
    ],
  ])('%s', (_, arms) => {
    const few = run(dispatching(arms), 3);
    const many = run(dispatching(arms), 103);
    expect(many.fuel - few.fuel).toBeGreaterThanOrEqual(many.weight - few.weight);
  });

  it.each([
    ['a head that does more', { head: '(drop (i32.const 1))' }],
    ['a head that calls', { head: '(call $big)' }],
    ['a head that changes the key', { head: '(local.set $pc (i32.const 1))' }],
    ['a table that leads out', { targets: '$a0 $a1 $exit' }],
    ['a table that leads to the same arm twice', { targets: '$a0 $a1 $a0 $a1 $a2' }],
  ])('%s', (_, options) => {
    run(dispatching(['', trace(1) + back(jump(1)), ''], options), 20);
    run(dispatching(['', trace(1) + back(jump(3)), trace(2)], options), 20);
  });

  it('stops an endless dispatch loop', () => {
    const spinning = [[jump(0)], ['', jump(1)], [jump(1), jump(0)], ['', '(br $loop)']].map((arms) =>
      dispatching(arms),
    );
    for (const text of [...spinning, dispatching(['', jump(2)], { targets: '$a0 $a1 $loop' })]) {
      const guest = createGuest(assemble(text));
      const outcome = guest.host.run({ fuel: 100_000, deadlineMs: 60_000 }, () => guest.exports['run']?.(1));
      expect(outcome).toMatchObject({ kind: 'stopped', by: 'fuel' });
    }
  });
});
