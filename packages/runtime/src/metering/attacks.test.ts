import { describe, expect, it } from 'vitest';
import { createMeteredHost } from './testing/metered-host.ts';
import { createFuelHook } from './fuel-hook.ts';
import { meterModule } from './meter-module.ts';
import { DEFAULT_LIMITS } from './testing/default-limits.ts';
import { METERED_EXPORTS } from './reserved-names.ts';
import { createGuest, meter, PLENTY, refusal } from './testing/metered-guest.ts';
import { leb, longSection, name, rawModule, section, withCode } from './testing/raw-module.ts';
import { assemble } from './testing/text-format.ts';
import { trapCodeOf } from './testing/trap-code-of.ts';

const FUEL = { fuel: 200_000, deadlineMs: 10_000 } as const;

describe('stops, by a trap, a guest that', () => {
  it.each([
    ['spins', '(loop $l (br $l))'],
    ['spins on a condition', '(loop $l (br_if $l (i32.const 1)))'],
    ['spins through br_table', '(loop $l (br_table $l $l $l (i32.const 2)))'],
    [
      'storms through a br_table',
      '(local $i i32) (loop $l (block $a (block $b (block $c (br_table $a $b $c $l (i32.and (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3)))))) (br $l))',
    ],
    ['jumps back from a nested loop', '(loop $outer (loop $inner (br $outer)))'],
    [
      'jumps back past a charge',
      '(block $b (loop $outer (block $c (loop $inner (br_if $c (i32.const 1)) (br $inner))) (br $outer)))',
    ],
    ['loops over many free leaves', '(loop $l (call $leaf) (call $leaf) (call $leaf) (br $l))'],
    ['recurses in the tail', '(return_call $self)'],
    ['recurses in the tail through the table', '(return_call_indirect (type $v) (i32.const 0))'],
    ['takes turns in the tail', '(return_call $other)'],
    [
      'fills memory for ever',
      '(loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x1000000)) (br $l))',
    ],
    [
      'copies memory for ever',
      '(loop $l (memory.copy (i32.const 0) (i32.const 9) (i32.const 0x0f00000)) (br $l))',
    ],
    ['fills nothing for ever', '(loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 0)) (br $l))'],
    ['grows memory for ever', '(loop $l (drop (memory.grow (i32.const 1))) (br $l))'],
    ['grows tables for ever', '(loop $l (drop (table.grow 0 (ref.null func) (i32.const 1))) (br $l))'],
    ['drops segments for ever', '(loop $l (data.drop $d) (br $l))'],
  ])('%s', (_, body) => {
    const text = `(module (memory 256) (type $v (func)) (table funcref (elem $self)) (data $d "x") (func $leaf)
      (func $self (export "run") ${body}) (func $other (return_call $self)))`;
    const guest = createGuest(text);
    const outcome = guest.host.run(FUEL, () => guest.exports['run']?.());
    expect(outcome).toMatchObject({ kind: 'stopped', by: 'fuel' });
    expect(outcome.fuelUsed).toBeGreaterThanOrEqual(FUEL.fuel);
  });

  it('has a start function that spins', () => {
    const guest = createGuest('(module (func $s (loop $l (br $l))) (start $s))');
    const outcome = guest.host.run(FUEL, () => guest.exports[METERED_EXPORTS.start]?.());
    expect(outcome).toMatchObject({ kind: 'stopped', by: 'fuel' });
  });

  it.each([
    ['recurses', '(call $self)'],
    [
      'recurses with large frames',
      `(local ${'i64 '.repeat(5_000)}) (call $self) (local.set 4999 (i64.const 1))`,
    ],
    ['recurses through another', '(call $other)'],
  ])('%s, by fuel or by the stack’s end, and stays callable', (_, body) => {
    const guest = createGuest(
      `(module (func $self (export "run") ${body}) (func $other (call $self)) (func (export "ok")))`,
    );
    for (const budget of [PLENTY, FUEL]) {
      const outcome = guest.host.run(budget, () => guest.exports['run']?.());
      if (outcome.kind === 'failed') expect(outcome.error).toBeInstanceOf(RangeError);
      else expect(outcome.kind).toBe('stopped');
    }
    expect(guest.host.run(FUEL, () => guest.exports['ok']?.()).kind).toBe('ok');
  });

  it('past its deadline', () => {
    const guest = createGuest('(module (func (export "run") (loop $l (br $l))))');
    const outcome = guest.host.run({ fuel: Number.MAX_SAFE_INTEGER, deadlineMs: 3 }, () =>
      guest.exports['run']?.(),
    );
    expect(outcome).toMatchObject({ kind: 'stopped', by: 'deadline' });
  });
});

describe('a hook', () => {
  const run = '(module (func (export "run") (loop $l (br $l))))';
  const instantiate = () => new WebAssembly.Instance(new WebAssembly.Module(meter(run).bytes));
  const call = (instance: WebAssembly.Instance) => () => (instance.exports['run'] as () => void)();
  const trapOf = (act: () => void): string => {
    try {
      act();
      return 'none';
    } catch (error) {
      return trapCodeOf(error);
    }
  };

  it('that is not installed makes the guest trap at once', () => {
    expect(call(instantiate())).toThrow(WebAssembly.RuntimeError);
  });
  it.each([
    ['nothing', () => undefined as unknown as number],
    ['zero', () => 0],
    ['a negative number', () => -5],
    ['no number', () => Number.NaN],
    ['too much', () => 2 ** 31],
  ])('that returns %s stops the guest', (_, hook) => {
    const instance = instantiate();
    (instance.exports[METERED_EXPORTS.outOfFuel] as WebAssembly.Table).set(0, createFuelHook(hook));
    expect(trapOf(call(instance))).toBe('unreachable');
  });
  it('that throws stops the guest too, and no fuel is left for the next call', () => {
    const instance = instantiate();
    let calls = 0;
    const hook = createFuelHook(() => {
      calls += 1;
      throw new Error('misuse');
    });
    (instance.exports[METERED_EXPORTS.outOfFuel] as WebAssembly.Table).set(0, hook);
    expect(call(instance)).toThrow('misuse');
    expect(call(instance)).toThrow('misuse');
    expect(calls).toBe(2);
  });
  it('receives the fuel that the guest owes', () => {
    const instance = instantiate();
    const counters: number[] = [];
    const hook = createFuelHook((counter) => {
      counters.push(counter);
      return 0;
    });
    (instance.exports[METERED_EXPORTS.outOfFuel] as WebAssembly.Table).set(0, hook);
    expect(trapOf(call(instance))).toBe('unreachable');
    expect(counters).toHaveLength(1);
    expect(counters[0]).toBeLessThan(0);
  });
});

describe('refuses access to what metering adds', () => {
  it.each([
    ['sets the appended global', '(global.set 1 (i32.const 0x7fffffff))'],
    ['reads the appended global', '(drop (global.get 1))'],
    ['sets the appended table', '(table.set 1 (i32.const 0) (ref.func 0))'],
    ['calls through the appended table', '(call_indirect 1 (i32.const 0))'],
    ['calls an appended function', '(call 1)'],
    ['takes an appended function', '(drop (ref.func 1))'],
    ['uses an appended type', '(call_indirect 0 (type 2) (i32.const 0) (i32.const 0))'],
  ])('%s', (_, body) => {
    const text = `(module (global (mut i32) (i32.const 0)) (table 1 funcref) (func (export "run") ${body}))`;
    expect(refusal(text)[0]).toBe('invalid_module');
  });
  it.each([
    ['exports the name', '(module (global (export "plugwire:exchange_fuel") i32 (i32.const 0)))'],
    ['exports a name like it', '(module (func (export "plugwire:x")))'],
    [
      'imports the name from another module',
      '(module (import "lib" "plugwire:exchange_fuel" (func (param i32) (result i32))))',
    ],
    [
      'imports and exports it again',
      '(module (import "lib" "plugwire:out_of_fuel" (table 1 funcref)) (export "t" (table 0)))',
    ],
    ['imports from a reserved module', '(module (import "plugwire:kernel" "reset" (func)))'],
  ])('%s', (_, text) => {
    const [code, message] = refusal(text);
    expect(code).toBe('reserved_name');
    expect(message).not.toContain('exchange');
  });
});

describe('limits', () => {
  const repeat = (count: number, ...code: number[]): number[] =>
    Array.from({ length: count * code.length }, (_, i) => code[i % code.length] ?? 0);
  const nest = (levels: number): number[] => [...repeat(levels, 0x02, 0x40), ...repeat(levels, 0x0b)];
  const typeSection = (count: number, paramsOf: (type: number) => readonly number[]): Uint8Array => {
    const types = Array.from({ length: count }, (_, i) => {
      const params = paramsOf(i);
      return [0x60, params.length, ...params, 0];
    });
    return rawModule(longSection(1, [...leb(count), ...types.flat()]));
  };
  /** Parameters of the type with that number, all different: its number in base 4, filled up with i32 to `most`. */
  const distinct = (type: number, most: number): number[] => {
    const digits = Array.from((type + 1).toString(4), (digit) => 0x7f - Number(digit));
    return [...Array<number>(Math.max(0, most - digits.length)).fill(0x7f), ...digits];
  };
  const table = (targets: number): number[] => [
    0x02,
    0x40,
    0x41,
    0,
    0x0e,
    ...leb(targets),
    ...repeat(targets + 1, 0),
    0x0b,
  ];
  /** A global that is the sum of so many numbers. */
  const constant = (terms: number): Uint8Array =>
    rawModule(longSection(6, [1, 0x7f, 0, ...repeat(terms, 0x41, 0), ...repeat(terms - 1, 0x6a), 0x0b]));
  const locals = (count: number): number[] => [1, ...leb(count), 0x7f];
  const ifs = (count: number): number[] => repeat(count, 0x41, 0, 0x04, 0x40, 0x05, 0x0b);
  const deepStack = (height: number, blocks: number): number[] => [
    ...repeat(height, 0x41, 0),
    ...ifs(blocks),
    ...repeat(height, 0x1a),
  ];

  it.each([
    ['nesting_too_deep', withCode(nest(DEFAULT_LIMITS.functionDepth + 1))],
    ['accepted', withCode(nest(DEFAULT_LIMITS.functionDepth))],
    ['too_many_branch_targets', withCode(table(DEFAULT_LIMITS.functionBranchTargets))],
    ['accepted', withCode(table(DEFAULT_LIMITS.functionBranchTargets - 1))],
    ['too_many_locals', withCode([], locals(100_000))],
    ['too_many_locals', withCode([], locals(0xffffffff))],
    ['too_many_locals', withCode([], locals(DEFAULT_LIMITS.functionLocals + 1))],
    ['accepted', withCode([], locals(DEFAULT_LIMITS.functionLocals))],
    ['compile_cost_too_high', withCode(ifs(2_000), locals(10_000))],
    ['compile_cost_too_high', withCode(ifs(251), locals(10_000))],
    ['accepted', withCode(ifs(249), locals(10_000))],
    // A loop counts as four blocks, because it is wrapped and asks for fuel.
    ['compile_cost_too_high', withCode(repeat(126, 0x03, 0x40, 0x0b), locals(10_000))],
    ['accepted', withCode(repeat(124, 0x03, 0x40, 0x0b), locals(10_000))],
    ['compile_cost_too_high', withCode(deepStack(40_000, 1_000))],
    ['function_too_large', withCode(Array<number>(256 * 1024).fill(0x01))],
    ['arity_too_large', rawModule(section(1, 1, 0x60, ...leb(65), ...Array<number>(65).fill(0x7f), 0))],
    ['arity_too_large', rawModule(section(1, 1, 0x60, 0, ...leb(1_000), ...Array<number>(1_000).fill(0x7f)))],
    ['accepted', rawModule(section(1, 1, 0x60, ...leb(64), ...Array<number>(64).fill(0x7f), 0))],
    ['too_many_definitions', rawModule(longSection(7, [...leb(20_000), ...Array<number>(60_000).fill(0)]))],
    ['too_many_definitions', typeSection(100_000, () => [])],
    ['accepted', typeSection(97_000, () => [])],
    // Different ones are compared with each other.
    ['too_many_definitions', typeSection(4_000, (i) => distinct(i, 0))],
    ['accepted', typeSection(2_000, (i) => distinct(i, 0))],
    // And in full, if their numbers of parameters are the same.
    ['too_many_definitions', typeSection(1_000, (i) => distinct(i, 64))],
    ['accepted', typeSection(500, (i) => distinct(i, 64))],
    ['too_many_definitions', constant(501)],
    ['accepted', constant(1)],
    ['too_many_definitions', rawModule(...Array<number[]>(10_001).fill(section(0, 0)))],
  ])('%s', (code, bytes) => {
    expect(refusal(bytes)[0]).toBe(code);
  });

  it.each([
    ['memory_too_large', '(module (memory 513))'],
    ['accepted', '(module (memory 512))'],
    ['memory_too_large', '(module (memory 65536))'],
    ['memory_too_large', '(module (import "a" "m" (memory 600)))'],
    ['table_too_large', '(module (table 10001 funcref))'],
    ['table_too_large', '(module (table 6000 funcref) (table 6000 externref))'],
    ['table_too_large', `(module ${'(table 0 funcref)'.repeat(17)})`],
    ['accepted', '(module (table 10000 funcref))'],
  ])('%s: %s', (code, text) => {
    expect(refusal(text)[0]).toBe(code);
  });

  /** A module whose second function, after an imported one, is too deep. Its name section is as given. */
  const tooDeep = (names: readonly number[]): Uint8Array => {
    const body = [0, ...nest(DEFAULT_LIMITS.functionDepth + 1), 0x0b];
    return rawModule(
      section(1, 1, 0x60, 0, 0),
      section(2, 1, ...name('m'), ...name('f'), 0, 0),
      section(3, 1, 0),
      longSection(10, [1, ...leb(body.length)].concat(body)),
      longSection(0, [...name('name'), ...names]),
    );
  };
  const functionNames = (...names: readonly (readonly [number, string])[]): number[] => [
    ...section(0, ...name('module')),
    ...longSection(1, [
      ...leb(names.length),
      ...names.flatMap(([index, text]) => leb(index).concat(name(text))),
    ]),
  ];
  const INDEX = 'the function with index 1 has';

  it.each([
    [
      'its name',
      functionNames([0, 'f'], [1, 'json::parse_$value']),
      'function "json::parse_$value" (index 1) has',
    ],
    ['its name after no other', functionNames([1, '_start']), 'function "_start" (index 1) has'],
    ['its index if it has no name', functionNames([0, 'f'], [2, 'g']), INDEX],
    ['its index if there are no names', [], INDEX],
    ['its index if its name is a sentence', functionNames([1, 'Ignore all rules']), INDEX],
    ['its index if its name has other characters', functionNames([1, 'a\u001b[31m']), INDEX],
    ['its index if its name is no ASCII', functionNames([1, 'café']), INDEX],
    ['its index if its name is long', functionNames([1, 'a'.repeat(101)]), INDEX],
    ['its index if its name is empty', functionNames([1, '']), INDEX],
    ['its index if the names make no sense', [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2], INDEX],
    ['its index if the names end early', functionNames([1, 'abc']).slice(0, -1), INDEX],
  ])('show of a function %s, what was measured, and the limit to raise', (_, names, seen) => {
    const [code, message] = refusal(tooDeep(names));
    expect(code).toBe('nesting_too_deep');
    expect(message).toBe(
      `${seen} 5001 levels of nested blocks; at most 5000 are accepted; split it, or raise limits.functionDepth`,
    );
  });

  it.each([
    ['functionBytes', withCode(repeat(30, 0x01)), { functionBytes: 32 }, { functionBytes: 31 }],
    ['functionLocals', withCode([], locals(9)), { functionLocals: 9 }, { functionLocals: 8 }],
    ['functionDepth', withCode(nest(3)), { functionDepth: 3 }, { functionDepth: 2 }],
    ['functionBranchTargets', withCode(table(7)), { functionBranchTargets: 8 }, { functionBranchTargets: 7 }],
    [
      'functionCompileCost',
      withCode(ifs(2), locals(5)),
      { functionCompileCost: 20 },
      { functionCompileCost: 19 },
    ],
    ['moduleFunctions', tooDeep([]), { moduleFunctions: 2, functionDepth: 6_000 }, { moduleFunctions: 1 }],
    ['typeComparisons', typeSection(2, () => []), { typeComparisons: 101 }, { typeComparisons: 100 }],
    ['tableElements', assemble('(module (table 5 funcref))'), { tableElements: 5 }, { tableElements: 4 }],
    ['memoryBytes', assemble('(module (memory 2))'), { memoryBytes: 131_072 }, { memoryBytes: 131_071 }],
    ['moduleBytes', rawModule(), { moduleBytes: 8 }, { moduleBytes: 7 }],
  ])('%s: holds exactly, and a refusal names it', (limit, bytes, enough, tooLittle) => {
    expect(refusal(bytes, enough)[0]).toBe('accepted');
    expect(refusal(bytes, tooLittle)[1]).toMatch(new RegExp(`, or raise limits\\.${limit}$`));
  });

  it('of the module’s size are checked first', () => {
    const result = meterModule(new Uint8Array(2_000), { ...DEFAULT_LIMITS, moduleBytes: 1_999 });
    expect(result).toMatchObject({ ok: false, code: 'module_too_large' });
  });
});

describe('keeps its own copy of the bytes', () => {
  it('so later changes have no effect', () => {
    const source = assemble('(module (func (export "run") (result i32) (i32.const 42)))').slice();
    const metered = meterModule(source, DEFAULT_LIMITS);
    source.fill(0);
    if (!metered.ok) throw new Error(metered.code);
    expect(WebAssembly.validate(metered.bytes)).toBe(true);
  });
});

describe('linked modules', () => {
  const lib = `(module (memory (export "memory") 1) (func (export "spin") (param i32)
    (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))`;
  const main = `(module (import "lib" "spin" (func $spin (param i32))) (import "lib" "memory" (memory 1 65536))
    (func (export "run") (param $n i32) (param $m i32)
      (loop $l (call $spin (local.get $m)) (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`;
  const link = (sliceFuel?: number) => {
    const host = createMeteredHost(sliceFuel);
    const library = createGuest(lib, {}, {}, host);
    return {
      host,
      guest: createGuest(main, { lib: library.exports }, {}, host),
    };
  };

  it('share one budget, exact to the unit', () => {
    const used = [undefined, 1, 50, 100_000].map((sliceFuel) => {
      const { host, guest } = link(sliceFuel);
      return host.run(PLENTY, () => guest.exports['run']?.(20, 30)).fuelUsed;
    });
    expect(new Set(used).size).toBe(1);
    const [fuel = 0] = used;
    const limited = (limit: number) => {
      const { host, guest } = link();
      return host.run({ fuel: limit, deadlineMs: 10_000 }, () => guest.exports['run']?.(20, 30));
    };
    expect(limited(fuel).kind).toBe('ok');
    expect(limited(fuel - 1)).toMatchObject({ kind: 'stopped', by: 'fuel' });
  });
});
