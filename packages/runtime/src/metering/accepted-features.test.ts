import { describe, expect, it } from 'vitest';
import { MISC } from './opcodes.ts';
import { METERED_EXPORTS } from './reserved-names.ts';
import { SIMD_COUNT } from './simd-opcodes.ts';
import { createGuest, meter, PLENTY, refusal } from './testing/metered-guest.ts';
import { leb, name, rawModule, section, withCode } from './testing/raw-module.ts';
import { assemble } from './testing/text-format.ts';

/** Whether this engine has a feature that Node 20 lacks by default. */
const accepts = (text: string): boolean => WebAssembly.validate(assemble(text) as BufferSource);

describe('accepts', () => {
  it.each([
    ['an empty module', '(module)'],
    ['MVP', '(module (memory 1) (func (export "f") (result f64) (f64.load (i32.const 0))))'],
    ['sign extension', '(module (func (result i32) (i32.extend8_s (i32.const 200))))'],
    ['saturating conversion', '(module (func (result i64) (i64.trunc_sat_f64_u (f64.const 1e30))))'],
    [
      'multi-value',
      '(module (type $t (func (param i32 i32) (result i32 i32))) (func (param i32 i32) (result i32 i32) (local.get 0) (local.get 1) (loop (type $t))))',
    ],
    [
      'reference types',
      '(module (table $a 1 externref) (table $b 1 funcref) (func (param externref) (table.set $a (i32.const 0) (local.get 0)) (drop (table.grow $b (ref.null func) (i32.const 1)))))',
    ],
    [
      'bulk memory',
      '(module (memory 1) (data $d "x") (func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop $d)))',
    ],
    ['tail calls', '(module (func $f (result i32) (return_call $f)))'],
    [
      'indirect tail calls',
      '(module (table 1 funcref) (type $t (func)) (func (return_call_indirect (type $t) (i32.const 0))))',
    ],
    [
      'SIMD',
      '(module (func (result v128) (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (v128.const i64x2 1 2) (v128.const i64x2 1 2))))',
    ],
    [
      'typed select',
      '(module (func (result i32) (select (result i32) (i32.const 1) (i32.const 2) (i32.const 0))))',
    ],
    ['exported mutable globals', '(module (global (export "g") (mut i64) (i64.const 1)))'],
    [
      'imports of every kind',
      '(module (import "a" "f" (func)) (import "a" "t" (table 1 funcref)) (import "a" "m" (memory 1)) (import "a" "g" (global i32)))',
    ],
    [
      'elements by expression',
      '(module (table 2 funcref) (func $f) (elem (i32.const 0) funcref (ref.func $f) (ref.null func)))',
    ],
  ])('%s', (_, text) => {
    expect(WebAssembly.validate(meter(text).bytes)).toBe(true);
  });

  it.each([
    [
      'relaxed SIMD',
      '(module (func (result v128) (i8x16.relaxed_swizzle (v128.const i64x2 1 2) (v128.const i64x2 1 2))))',
    ],
    ['extended constants', '(module (global i32 (i32.add (i32.const 1) (i32.const 2))))'],
  ])('%s if the engine has it', (_, text) => {
    expect(refusal(text)[0]).toBe(accepts(text) ? 'accepted' : 'invalid_module');
  });

  // Dead code accepts any operands, so each opcode can be tested alone.
  const immediates = [
    [],
    [0],
    [0, 0],
    [0, 0, 0],
    [0, 0, 0, 0],
    Array<number>(8).fill(0),
    Array<number>(16).fill(0),
  ];
  const candidates = [...immediates, [1, 0x7f], [0x70], [0x40, 0x0b], [0x40, 0x05, 0x0b]];
  const engineAccepts = (opcode: readonly number[]): Uint8Array<ArrayBuffer> | undefined => {
    return candidates
      .map((after) => withCode([0x00, ...opcode, ...after, 0x00]))
      .find((bytes) => WebAssembly.validate(bytes));
  };
  /** Opcodes that newer engines accept by default beyond the accept list. */
  const refusedOnPurpose = (opcode: number): boolean => {
    return (
      [0x06, 0x07, 0x08, 0x09, 0x0a, 0x14, 0x15, 0x18, 0x19, 0x1f, 0xfb, 0xfe].includes(opcode) ||
      (opcode >= 0xd3 && opcode <= 0xfb)
    );
  };

  it('exactly the single-byte opcodes of the list', () => {
    for (let opcode = 0; opcode < 256; opcode++) {
      if (opcode === 0x05 || opcode === 0x0b || opcode === 0xfc || opcode === 0xfd) continue; // not alone
      if (opcode === 0xd0) continue; // ref.null: newer engines accept heap types that are refused on purpose
      const bytes = engineAccepts([opcode]);
      if (bytes !== undefined && !refusedOnPurpose(opcode))
        expect([opcode, ...refusal(bytes)]).toEqual([opcode, 'accepted', '']);
      if (refusedOnPurpose(opcode)) expect(refusal(withCode([opcode]))[0]).toBe('unsupported_feature');
    }
  });

  it('exactly the opcodes after 0xfc and 0xfd that the engine knows', () => {
    for (const [prefix, count] of [
      [0xfc, MISC.last + 1],
      [0xfd, SIMD_COUNT],
    ] as const) {
      for (let opcode = 0; opcode < count + 20; opcode++) {
        const text = `0x${prefix.toString(16)} ${opcode}`;
        const bytes = engineAccepts([prefix, ...leb(opcode)]);
        if (bytes !== undefined && opcode < count)
          expect([text, ...refusal(bytes)]).toEqual([text, 'accepted', '']);
        const relaxedMissing = prefix === 0xfd && opcode >= 0x100 && opcode < count;
        if (bytes === undefined && !relaxedMissing)
          expect([text, refusal(withCode([0x00, prefix, ...leb(opcode), 0x00]))[0]]).not.toEqual([
            text,
            'accepted',
          ]);
        if (opcode >= count)
          expect([text, refusal(withCode([prefix, ...leb(opcode)]))[0]]).toEqual([
            text,
            'unsupported_feature',
          ]);
      }
    }
  });
});

describe('refuses by name', () => {
  it.each([
    ['threads', '(module (memory 1 1 shared))'],
    ['threads', '(module (import "a" "m" (memory 1 1 shared)))'],
    ['threads', withCode([0xfe, 0x03, 0x00])],
    ['memory64', '(module (memory i64 1))'],
    ['memory64', rawModule(section(4, 1, 0x70, 4, 1))],
    ['multi-memory', '(module (memory 1) (memory 1))'],
    ['multi-memory', '(module (import "a" "m" (memory 1)) (memory 1))'],
    ['multi-memory', withCode([0x41, 0, 0x28, 0x42, 0x00, 0x00, 0x1a])],
    ['multi-memory', withCode([0x3f, 0x01, 0x1a])],
    ['exception handling', '(module (tag $e) (func (throw $e)))'],
    ['exception handling', '(module (func (try (do) (catch_all))))'],
    ['exception handling', withCode([0x06, 0x40, 0x19, 0x0b])],
    ['exception handling', withCode([0x1f, 0x40, 0x00, 0x0b])],
    ['exception handling', rawModule(section(13, 1, 0, 0))],
    ['exception handling', rawModule(section(1, 1, 0x60, 1, 0x69, 0))],
    ['garbage collection', rawModule(section(1, 1, 0x5f, 0))],
    ['garbage collection', rawModule(section(1, 1, 0x4e, 1, 0x60, 0, 0))],
    ['garbage collection', rawModule(section(1, 1, 0x60, 1, 0x64, 0x70, 0))],
    ['garbage collection', withCode([0xfb, 0x00, 0x00])],
    ['garbage collection', withCode([0x14, 0x00])],
    ['garbage collection', withCode([0xd4])],
    ['garbage collection', withCode([0xd0, 0x6e, 0x1a])],
    ['table initialisers', rawModule(section(4, 1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b))],
    ['0xfc', withCode([0xfc, 18])],
    ['instruction', withCode([0x27])],
    ['instruction', withCode([0xff])],
    ['section', rawModule(section(14, 0))],
    ['import kind', rawModule(section(2, 1, ...name('a'), ...name('b'), 5, 0))],
    ['export kind', rawModule(section(7, 1, ...name('a'), 9, 0))],
    ['limits flag', rawModule(section(5, 1, 8, 1))],
    ['mutability', rawModule(section(6, 1, 0x7f, 4, 0x41, 0, 0x0b))],
    ['element segment flag', rawModule(section(9, 1, 8))],
    ['data segment flag', rawModule(section(11, 1, 3))],
    ['type', rawModule(section(1, 1, 0x60, 1, 0x20, 0))],
  ])('%s', (feature, source) => {
    const [code, message] = refusal(source);
    expect(code).toBe('unsupported_feature');
    expect(message).toContain(feature);
  });
});

describe('refuses as invalid', () => {
  const long = [0x80, 0x80, 0x80, 0x80, 0x80, 0x00];
  it.each([
    ['nothing', new Uint8Array()],
    ['another file', new TextEncoder().encode('#!/bin/sh\n')],
    ['component-model version', Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0)],
    ['a section beyond the end', rawModule([1, 40, 0])],
    ['a custom section with a lying name length', rawModule(section(0, 60, 0x61))],
    ['a count beyond the section', rawModule(section(1, ...leb(0xffffffff, 5)))],
    ['sections out of order', rawModule(section(3, 0), section(1, 0))],
    ['a section twice', rawModule(section(1, 0), section(1, 0))],
    ['bytes after a section', rawModule(section(1, 0, 0))],
    ['a LEB128 of six bytes', rawModule(section(1, ...long))],
    ['a LEB128 with unused bits', rawModule(section(1, 0x80, 0x80, 0x80, 0x80, 0x10))],
    ['a signed LEB128 with unused bits', withCode([0x41, 0x80, 0x80, 0x80, 0x80, 0x40, 0x1a])],
    ['functions without bodies', rawModule(section(1, 1, 0x60, 0, 0), section(3, 1, 0))],
    ['bodies without functions', rawModule(section(10, 1, 2, 0, 0x0b))],
    ['a body without end', withCode([0x02, 0x40])],
    ['code after the end', withCode([0x0b, 0x01])],
    ['a branch beyond the function', withCode([0x0c, 1])],
    ['a call beyond the functions', withCode([0x10, 1])],
    ['an else without if', withCode([0x05])],
    ['a type error', withCode([0x6a])],
    ['a table index beyond the tables', withCode([0x41, 0, 0x25, 1, 0x1a])],
    ['a start beyond the functions', rawModule(section(8, 0))],
  ])('%s', (_, bytes) => {
    expect(refusal(bytes)[0]).toBe('invalid_module');
  });
});

describe('reads padded numbers', () => {
  it('of five bytes everywhere', () => {
    const zero = leb(0, 5);
    const store = [0x41, ...zero, 0x41, ...leb(9, 5), 0x36, ...leb(2, 5), ...zero];
    const convert = [0x43, 0, 0, 0, 0, 0xfc, ...zero, 0x1a]; // i32.trunc_sat_f32_s
    const guest = createGuest(
      withCode([0x02, 0x40, ...store, ...convert, 0x0c, ...zero, 0x0b], [0x81, 0x00, 0x00, 0x7f]),
    );
    expect(guest.host.run(PLENTY, () => guest.exports['run']?.()).kind).toBe('ok');
  });

  it('and finds a loop after a padded table index', () => {
    // If the index is read as one byte, 0x80 0x80 0x80 0x00 remain, and all following instructions are misread.
    const code = [
      0x03,
      0x40,
      0x41,
      1,
      0x04,
      0x40,
      0x0c,
      1,
      0x0b,
      0x41,
      0,
      0x11,
      ...leb(0, 5),
      ...leb(0, 5),
      0x0b,
    ];
    const guest = createGuest(withCode(code));
    const outcome = guest.host.run({ fuel: 10_000, deadlineMs: 1_000 }, () => guest.exports['run']?.());
    expect(outcome).toMatchObject({ kind: 'stopped', by: 'fuel' });
  });
});

describe('keeps and drops custom sections', () => {
  const custom = (title: string, ...content: number[]): number[] => section(0, ...name(title), ...content);
  it.each(['cc_lb.plugin.v1', 'producers', 'target_features', 'dylink.0', 'names', 'x'])(
    'keeps %s byte for byte',
    (title) => {
      const { bytes } = meter(rawModule(custom(title, 1, 2, 3), section(1, 0), custom(title, 4)));
      const kept = WebAssembly.Module.customSections(new WebAssembly.Module(bytes), title);
      expect(kept.map((content) => Array.from(new Uint8Array(content)))).toEqual([[1, 2, 3], [4]]);
    },
  );
  it.each([
    'name',
    'sourceMappingURL',
    '.debug_info',
    'metadata.code.branch_hint',
    'compilationHints',
    'reloc.CODE',
  ])('drops %s', (title) => {
    const { bytes } = meter(rawModule(custom(title, 0)));
    expect(WebAssembly.Module.customSections(new WebAssembly.Module(bytes), title)).toEqual([]);
  });
});

describe('exports', () => {
  const exported = (text: string): string[] => {
    return WebAssembly.Module.exports(new WebAssembly.Module(meter(text).bytes)).map((entry) => entry.name);
  };
  const added = [METERED_EXPORTS.exchangeFuel, METERED_EXPORTS.outOfFuel, METERED_EXPORTS.warm];

  it('the counter, the hook and the memory, in addition to the module’s exports', () => {
    expect(exported('(module (func (export "a")) (memory (export "m") 1))')).toEqual([
      'a',
      'm',
      ...added,
      'plugwire:memory',
    ]);
  });
  it('the start function instead of running it', () => {
    const text =
      '(module (global $g (export "g") (mut i32) (i32.const 0)) (func $s (global.set $g (i32.const 5))) (start $s))';
    const guest = createGuest(text);
    expect(meter(text).start).toBe(true);
    expect((guest.instance.exports['g'] as WebAssembly.Global).value).toBe(0);
    expect(guest.host.run(PLENTY, () => guest.exports[METERED_EXPORTS.start]?.()).kind).toBe('ok');
    expect((guest.instance.exports['g'] as WebAssembly.Global).value).toBe(5);
  });
  it('initialisers under names that only the host calls', () => {
    const text =
      '(module (func $i) (export "_initialize" (func $i)) (export "b" (func $i)) (export "_start" (func $i)) (global (export "hs_init") i32 (i32.const 0)))';
    expect(exported(text)).toEqual(['plugwire:_initialize', 'b', 'plugwire:_start', 'hs_init', ...added]);
    expect(meter(text).initialisers).toEqual([
      { name: '_initialize', exportedAs: 'plugwire:_initialize', parameters: [] },
      { name: '_start', exportedAs: 'plugwire:_start', parameters: [] },
    ]);
  });
});
