import fc from 'fast-check';
import { expect, it } from 'vitest';

import { captureMemory } from './memory-image.ts';

const SIZE = 4 * 65_536;

const patch = fc.record({
  at: fc.nat(SIZE - 1),
  length: fc.integer({ min: 1, max: 70_000 }),
  byte: fc.nat(255),
});

const patched = (patches: readonly { at: number; length: number; byte: number }[], size = SIZE): Buffer => {
  const memory = Buffer.alloc(size);
  for (const { at, length, byte } of patches) memory.fill(byte, at, Math.min(size, at + length));
  return memory;
};

it('a memory image restores what a memory contained, after any writes', () => {
  fc.assert(
    fc.property(fc.array(patch, { maxLength: 6 }), fc.array(patch, { maxLength: 6 }), (before, since) => {
      const memory = patched(before);
      const image = captureMemory(memory);
      for (const { at, length, byte } of since) memory.fill(byte, at, Math.min(SIZE, at + length));
      image.write(memory);
      expect(memory.equals(patched(before))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it('a memory image writes zeros to the new part of a memory that has grown', () => {
  const image = captureMemory(patched([{ at: 5, length: 70_000, byte: 3 }]));
  const larger = Buffer.alloc(2 * SIZE, 7);
  image.write(larger);
  expect(larger.equals(patched([{ at: 5, length: 70_000, byte: 3 }], 2 * SIZE))).toBe(true);
});

it('a memory image copies only what is not zero, and later writes do not change it', () => {
  const memory = patched([{ at: 100_000, length: 1, byte: 9 }]);
  const image = captureMemory(memory);
  expect(image.size).toBe(SIZE);
  expect(image.heldBytes).toBeLessThanOrEqual(4096);
  memory.fill(0);
  image.write(memory);
  expect(memory[100_000]).toBe(9);
  expect(captureMemory(Buffer.alloc(SIZE)).heldBytes).toBe(0);
});
