import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGuest, PLENTY } from './testing/metered-guest.ts';
import { assemble } from './testing/text-format.ts';
import { trapCodeOf } from './testing/trap-code-of.ts';
import { BULK, CHUNK_BYTES } from './weights.ts';

const MEMORY = `(module (memory (export "memory") 80)
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2))))`;
const SIZE = 80 * 65_536;

describe('memory.fill and memory.copy', () => {
  const metered = createGuest(MEMORY);
  const plain = new WebAssembly.Instance(new WebAssembly.Module(assemble(MEMORY) as BufferSource)).exports;
  type Bulk = (to: number, operand: number, count: number) => void;
  const exact = plain as unknown as { memory: WebAssembly.Memory; fill: Bulk; copy: Bulk };
  const near = (base: number) => fc.integer({ min: -3, max: 3 }).map((by) => base + by);
  const number = fc.oneof(
    fc.nat(SIZE),
    near(CHUNK_BYTES),
    near(2 * CHUNK_BYTES),
    near(SIZE),
    near(SIZE - CHUNK_BYTES),
    fc.constantFrom(0, 1, 0xffffffff, 0x80000000),
  );

  it('behave like the instructions: overlapping, across chunks and out of bounds', () => {
    new Uint32Array(metered.memory.buffer).forEach((_, i, words) => (words[i] = Math.imul(i, 0x9e3779b1)));
    new Uint8Array(exact.memory.buffer).set(new Uint8Array(metered.memory.buffer));
    fc.assert(
      fc.property(fc.constantFrom('fill', 'copy'), number, number, number, (name, to, from, count) => {
        const outcome = metered.host.run(PLENTY, () => metered.exports[name]?.(to, from, count));
        let trapped = false;
        try {
          exact[name as 'fill'](to, from, count);
        } catch {
          trapped = true;
        }
        expect(outcome.kind).toBe(trapped ? 'failed' : 'ok');
        if (outcome.kind === 'failed') expect(trapCodeOf(outcome.error)).toBe('out_of_bounds');
        else
          expect(outcome.fuelUsed).toBeGreaterThanOrEqual(
            BULK.bytes.base + Math.floor(count / BULK.bytes.per),
          );
        const [one, other] = [metered.memory.buffer, exact.memory.buffer];
        expect(Buffer.compare(Buffer.from(one), Buffer.from(other))).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['fill', SIZE - 2 * CHUNK_BYTES, 7, 3 * CHUNK_BYTES],
    ['copy', 0, SIZE - 2 * CHUNK_BYTES, 3 * CHUNK_BYTES],
    ['copy', SIZE - 2 * CHUNK_BYTES, 0, 3 * CHUNK_BYTES],
  ])('%s writes nothing if only its last chunk is out of bounds', (name, to, from, count) => {
    const guest = createGuest(MEMORY);
    new Uint8Array(guest.memory.buffer).forEach((_, i, bytes) => (bytes[i] = i >> 16));
    const before = Buffer.from(guest.memory.buffer.slice(0));
    const outcome = guest.host.run(PLENTY, () => guest.exports[name]?.(to, from, count));
    expect(outcome).toMatchObject({ kind: 'failed', error: expect.any(WebAssembly.RuntimeError) });
    expect(Buffer.compare(before, Buffer.from(guest.memory.buffer))).toBe(0);
  });

  it('can be stopped between two chunks', () => {
    const guest = createGuest(MEMORY);
    const fuel = CHUNK_BYTES / BULK.bytes.per + 200;
    const outcome = guest.host.run({ fuel, deadlineMs: 1_000 }, () =>
      guest.exports['fill']?.(0, 7, 4 * CHUNK_BYTES),
    );
    expect(outcome).toMatchObject({ kind: 'stopped', by: 'fuel' });
    const bytes = new Uint8Array(guest.memory.buffer);
    expect([bytes[0], bytes[CHUNK_BYTES - 1], bytes[CHUNK_BYTES]]).toEqual([7, 7, 0]);
  });
});

describe('growth', () => {
  const text = (memory: string): string => `(module ${memory} (table $t 10 funcref) (table $e 10 externref)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "growTable") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))
    (func (export "growOther") (param i32) (result i32) (table.grow $e (ref.null extern) (local.get 0))))`;
  const limits = { memoryBytes: 20 * 65_536 + 5, tableElements: 64 };

  it.each([
    ['(memory (export "memory") 2)'],
    ['(memory (export "memory") 2 65536)'],
    ['(memory (export "memory") 2 20)'],
  ])('of %s returns −1 at the limit and is charged', (memory) => {
    const guest = createGuest(text(memory), {}, limits);
    const grow = (by: number, name = 'grow') => guest.host.run(PLENTY, () => guest.exports[name]?.(by));
    expect(grow(18)).toMatchObject({ value: 2 });
    expect(grow(1)).toMatchObject({ value: -1 });
    expect(grow(-1)).toMatchObject({ value: -1 });
    expect(grow(0).fuelUsed).toBeGreaterThanOrEqual(BULK.pages.base);
    expect(grow(-1).fuelUsed).toBeLessThan(20_000);
    for (const name of ['growTable', 'growOther']) {
      expect(grow(54, name)).toMatchObject({ value: 10 });
      expect(grow(1, name)).toMatchObject({ value: -1 });
      expect(grow(20, name).fuelUsed).toBeGreaterThanOrEqual(20 * BULK.elements.unit);
    }
  });

  it('keeps a maximum that is lower than the limit', () => {
    const guest = createGuest(text('(memory (export "memory") 2 3)'), {}, limits);
    expect(guest.host.run(PLENTY, () => guest.exports['grow']?.(2))).toMatchObject({ value: -1 });
  });
});

describe('table instructions', () => {
  const text = `(module (table $t (export "t") 100 funcref) (func $f) (elem $e func $f $f $f $f)
    (data $d "hello") (memory (export "memory") 1)
    (func (export "init") (param i32 i32 i32) (table.init $t $e (local.get 0) (local.get 1) (local.get 2)))
    (func (export "copy") (param i32 i32 i32) (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
    (func (export "fill") (param i32 i32 i32) (table.fill $t (local.get 0) (ref.func $f) (local.get 2)))
    (func (export "data") (param i32 i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2)))
    (func (export "drop") (data.drop $d) (elem.drop $e)))`;

  it.each([
    ['init', [10, 1, 3], 3 * BULK.elements.unit],
    ['copy', [50, 8, 8], 8 * BULK.elements.unit],
    ['fill', [1, 0, 90], 90 * BULK.elements.unit],
    ['data', [3, 1, 4], BULK.bytes.base],
    ['drop', [], 0],
  ] as const)('%s is charged by its operand', (name, args, least) => {
    const guest = createGuest(text);
    const outcome = guest.host.run(PLENTY, () => guest.exports[name]?.(...args));
    expect(outcome.kind).toBe('ok');
    expect(outcome.fuelUsed).toBeGreaterThanOrEqual(least);
  });

  it.each(['init', 'copy', 'fill', 'data'])('%s traps out of bounds at little cost', (name) => {
    const guest = createGuest(text, {}, { tableElements: 100 });
    const outcome = guest.host.run(PLENTY, () => guest.exports[name]?.(0, 0, -1));
    expect(outcome).toMatchObject({ kind: 'failed', error: expect.any(WebAssembly.RuntimeError) });
    const table = guest.instance.exports['t'] as WebAssembly.Table;
    expect(table.get(0)).toBeNull();
  });
});
