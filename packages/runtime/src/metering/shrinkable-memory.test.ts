import { describe, expect, it } from 'vitest';

import { METERED_EXPORTS } from './reserved-names.ts';
import { createGuest, type Guest, meter, PLENTY } from './testing/metered-guest.ts';
import { trapCodeOf } from './testing/trap-code-of.ts';

const GROWS = '(func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))';

/** A guest whose memory grew from one page to two, and was shrunk to one page again. */
const createShrunk = (fields: string, memory = '(memory (export "memory") 1 3)'): Guest => {
  const guest = createGuest(`(module ${memory} ${GROWS} ${fields})`, {}, { shrinkableMemory: true });
  expect(run(guest, 'grow', 1)).toMatchObject({ kind: 'ok', value: 1 });
  sizeOf(guest).value = 65_536;
  return guest;
};

const sizeOf = (guest: Guest) =>
  guest.instance.exports[METERED_EXPORTS.memoryBytes] as WebAssembly.Global<'i32'>;

const run = (guest: Guest, name: string, ...args: unknown[]) =>
  guest.host.run(PLENTY, () => guest.exports[name]?.(...args));

const OUT_OF_BOUNDS = {
  kind: 'failed',
  error: expect.toSatisfy((error: unknown) => trapCodeOf(error) === 'out_of_bounds'),
};

const zero = (type: string): string => (type === 'v128' ? '(v128.const i64x2 0 0)' : `(${type}.const 0)`);
const load = (op: string, bytes: number): [string, number, string] => [
  op,
  bytes,
  `(drop (${op} OFFSET (local.get 0)))`,
];
const store = (op: string, bytes: number, type = op.split('.')[0] as string): [string, number, string] => [
  op,
  bytes,
  `(${op} OFFSET (local.get 0) ${zero(type)})`,
];
const lane = (op: string, bytes: number): [string, number, string] => {
  const access = `(${op} OFFSET 0 (local.get 0) ${zero('v128')})`;
  return [op, bytes, op.includes('load') ? `(drop ${access})` : access];
};

const ACCESSES = [
  ...(['i32', 'f32'] as const).map((type) => load(`${type}.load`, 4)),
  ...(['i64', 'f64'] as const).map((type) => load(`${type}.load`, 8)),
  ...['i32', 'i64'].flatMap((type) =>
    ['u', 's'].flatMap((sign) => [load(`${type}.load8_${sign}`, 1), load(`${type}.load16_${sign}`, 2)]),
  ),
  ...['u', 's'].map((sign) => load(`i64.load32_${sign}`, 4)),
  ...(['i32', 'f32'] as const).map((type) => store(`${type}.store`, 4)),
  ...(['i64', 'f64'] as const).map((type) => store(`${type}.store`, 8)),
  ...['i32', 'i64'].flatMap((type) => [store(`${type}.store8`, 1), store(`${type}.store16`, 2)]),
  store('i64.store32', 4),
  load('v128.load', 16),
  store('v128.store', 16),
  ...['8x8', '16x4', '32x2'].flatMap((shape) =>
    ['u', 's'].map((sign) => load(`v128.load${shape}_${sign}`, 8)),
  ),
  ...[1, 2, 4, 8].map((bytes) => load(`v128.load${8 * bytes}_splat`, bytes)),
  load('v128.load32_zero', 4),
  load('v128.load64_zero', 8),
  ...[1, 2, 4, 8].flatMap((bytes) => [
    lane(`v128.load${8 * bytes}_lane`, bytes),
    lane(`v128.store${8 * bytes}_lane`, bytes),
  ]),
];

describe('a memory that was larger', () => {
  it.each(ACCESSES)('ends at its reduced size for %s', (_, bytes, access) => {
    const at = (offset: number) => access.replace('OFFSET', offset === 0 ? '' : `offset=${offset}`);
    const guest = createShrunk(
      [0, 1, 65_536, 2 ** 31, 2 ** 32 - 1]
        .map((offset) => `(func (export "at${offset}") (param i32) ${at(offset)})`)
        .join(' '),
    );
    const last = 65_536 - bytes;
    expect(run(guest, 'at0', last).kind).toBe('ok');
    expect(run(guest, 'at0', last + 1)).toMatchObject(OUT_OF_BOUNDS);
    expect(run(guest, 'at0', -1)).toMatchObject(OUT_OF_BOUNDS);
    expect(run(guest, 'at0', 100_000)).toMatchObject(OUT_OF_BOUNDS);
    expect(run(guest, 'at1', last - 1).kind).toBe('ok');
    expect(run(guest, 'at1', last)).toMatchObject(OUT_OF_BOUNDS);
    for (const offset of [65_536, 2 ** 31, 2 ** 32 - 1])
      for (const address of [0, 1, -1, -(2 ** 31), -65_536])
        expect([offset, address, run(guest, `at${offset}`, address)]).toMatchObject([
          offset,
          address,
          OUT_OF_BOUNDS,
        ]);
  });

  it.each([
    ['memory.fill', '(memory.fill (local.get 0) (i32.const 0) (local.get 1))'],
    ['memory.copy to', '(memory.copy (local.get 0) (i32.const 0) (local.get 1))'],
    ['memory.copy from', '(memory.copy (i32.const 0) (local.get 0) (local.get 1))'],
    ['memory.init', '(memory.init $d (local.get 0) (i32.const 0) (local.get 1))'],
  ])('ends at its reduced size for %s of few bytes, many, or none', (_, instruction) => {
    const guest = createShrunk(
      `(data $d "${'x'.repeat(65_536)}") (func (export "run") (param i32 i32) ${instruction})`,
    );
    for (const count of [0, 1, 1000, 65_536]) {
      expect(run(guest, 'run', 65_536 - count, count).kind).toBe('ok');
      expect(run(guest, 'run', 65_537 - count, count)).toMatchObject(OUT_OF_BOUNDS);
    }
    expect(run(guest, 'run', 0, -1)).toMatchObject(OUT_OF_BOUNDS);
    expect(run(guest, 'run', -1, 2)).toMatchObject(OUT_OF_BOUNDS);
  });

  it('reports its reduced size, and grows again up to its maximum', () => {
    const guest = createShrunk('(func (export "size") (result i32) (memory.size))');
    const pages = () => guest.memory.buffer.byteLength / 65_536;
    expect(run(guest, 'size')).toMatchObject({ value: 1 });
    expect(run(guest, 'grow', 0)).toMatchObject({ value: 1 });
    expect(run(guest, 'grow', 3)).toMatchObject({ value: -1 });
    expect(run(guest, 'grow', -1)).toMatchObject({ value: -1 });
    expect(run(guest, 'size')).toMatchObject({ value: 1 });
    expect(run(guest, 'grow', 1)).toMatchObject({ value: 1 });
    expect(pages()).toBe(2);
    expect(run(guest, 'grow', 1)).toMatchObject({ value: 2 });
    expect(pages()).toBe(3);
    expect(run(guest, 'grow', 1)).toMatchObject({ value: -1 });
    expect(run(guest, 'size')).toMatchObject({ value: 3 });
  });

  it('can be shrunk to zero pages', () => {
    const guest = createShrunk(
      '(func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))',
      '(memory (export "memory") 1)',
    );
    sizeOf(guest).value = 0;
    for (const address of [0, 1, -1]) expect(run(guest, 'load', address)).toMatchObject(OUT_OF_BOUNDS);
    expect(run(guest, 'grow', 1)).toMatchObject({ value: 0 });
    expect(run(guest, 'load', 65_535).kind).toBe('ok');
  });

  it('has no cost if the module never grows it, or never reads its size', () => {
    const text = '(module (memory 1) (func (export "f") (i32.store (i32.const 0) (memory.size))))';
    const importing = `(module (import "m" "m" (memory 1)) ${GROWS})`;
    for (const source of [
      text,
      importing,
      `(module ${GROWS.replace('(memory.grow (local.get 0))', '(i32.const 0)')})`,
    ]) {
      expect(meter(source, { shrinkableMemory: true }).bytes).toEqual(meter(source).bytes);
    }
  });
});
