import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isStackOverflow } from '../base/is-stack-overflow.ts';
import { LINE_BYTES } from './line-stream.ts';
import { createTestGuest, type TestGuest } from './testing/test-guest.ts';
import { WASI_PARAMETERS, type WasiName } from './wasi-signatures.ts';

const FULL = 65_536;
const NAMES = (Object.keys(WASI_PARAMETERS) as WasiName[]).filter((name) => name !== 'proc_exit');

/** Numbers near every boundary: of signed and unsigned integers, of the memory, and of the descriptors. */
const word = fc.oneof(
  fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  fc.integer({ min: FULL - 80, max: FULL + 8 }),
  fc.integer({ min: 0, max: 512 }),
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom(-1, -8, -0x8000_0000, 0x7fff_ffff, 0x2000_0000, FULL),
);
const long = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(0n, -1n, 64n));

const callOf = fc.constantFrom(...NAMES).chain((name) =>
  fc.record({
    name: fc.constant(name),
    values: fc.tuple(
      ...WASI_PARAMETERS[name].map((type): fc.Arbitrary<number | bigint> => (type === 'i64' ? long : word)),
    ),
  }),
);

/** Memory content of small numbers and of addresses near the boundaries, so that it often contains almost valid vectors. */
const content = fc.array(word, { minLength: 64, maxLength: 64 });

const fill = (guest: TestGuest, words: readonly number[]): void => {
  words.forEach((value, at) => guest.data().setInt32(at * 4, value, true));
};

/** The ranges that a successful call may write: the argument that has the address, and the length. */
const WRITES: Partial<
  Record<WasiName, readonly [argument: number, length: (at: readonly number[]) => number][]>
> = {
  args_sizes_get: [
    [0, () => 4],
    [1, () => 4],
  ],
  environ_sizes_get: [
    [0, () => 4],
    [1, () => 4],
  ],
  args_get: [
    [0, () => 8],
    [1, () => 7],
  ],
  environ_get: [
    [0, () => 4],
    [1, () => 4],
  ],
  clock_res_get: [[1, () => 8]],
  clock_time_get: [[2, () => 8]],
  fd_fdstat_get: [[1, () => 24]],
  fd_filestat_get: [[1, () => 64]],
  fd_read: [[3, () => 4]],
  fd_write: [[3, () => 4]],
  poll_oneoff: [
    [1, (at) => 32 * (at[2] ?? 0)],
    [3, () => 4],
  ],
  random_get: [[0, (at) => at[1] ?? 0]],
};

const allowed = (name: WasiName, values: readonly (number | bigint)[]): [start: number, length: number][] => {
  const unsigned = values.map((value) => Number(value) >>> 0);
  return (WRITES[name] ?? []).map(([argument, length]) => [unsigned[argument] ?? 0, length(unsigned)]);
};

describe('a hostile guest', () => {
  it('gets an error number or a result, and changes nothing else in memory', () => {
    fc.assert(
      fc.property(content, fc.array(callOf, { minLength: 1, maxLength: 8 }), (words, calls) => {
        const guest = createTestGuest({ args: ['ab', 'cde'], env: { A: '1' } });
        fill(guest, words);
        for (const { name, values } of calls) {
          const before = Buffer.from(guest.bytes());
          const errno = guest.call(name, ...values);
          expect(errno).toBeTypeOf('number');
          const ranges = errno === 0 ? allowed(name, values) : [];
          for (const [start, length] of ranges.filter(([, bytes]) => bytes > 0))
            before.set(guest.bytes().subarray(start, start + length), start);
          expect(before.equals(guest.bytes())).toBe(true);
        }
        guest.wasi.flush();
        for (const line of [...guest.recorded.stdout, ...guest.recorded.stderr])
          expect(line.length).toBeLessThanOrEqual(LINE_BYTES);
      }),
      { numRuns: 600 },
    );
  });

  it('never makes a function throw, for arguments of any type', () => {
    const value = fc.oneof(word, long, fc.double(), fc.constantFrom<unknown>(undefined, null, 'text', {}));
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), fc.array(value, { maxLength: 10 }), (name, values) => {
        const guest = createTestGuest({ args: ['ab', 'cde'] });
        expect(guest.wasi.functions[name](...(values as number[]))).toBeTypeOf('number');
      }),
      { numRuns: 600 },
    );
  });

  it('prints the same bytes that it writes, for any split into writes', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6000 }).map((ascii) => ascii.repeat(3));
    fc.assert(
      fc.property(text, fc.array(fc.nat(3000), { maxLength: 20 }), (whole, cuts) => {
        const guest = createTestGuest();
        const bytes = Buffer.from(whole).subarray(0, 32_000);
        const edges = [0, ...cuts.map((cut) => Math.min(cut * 7, bytes.length)), bytes.length].toSorted(
          (a, b) => a - b,
        );
        edges.slice(1).forEach((end, at) => {
          const start = edges[at] ?? 0;
          guest.bytes().set(bytes.subarray(start, end), 1024);
          guest.data().setUint32(0, 1024, true);
          guest.data().setUint32(4, end - start, true);
          expect(guest.call('fd_write', 1, 0, 1, 8)).toBe(0);
        });
        guest.wasi.flush();
        // Long lines are split, so the comparison ignores newlines.
        const printed = guest.recorded.stdout.join('');
        expect(printed).toBe(bytes.toString().replaceAll('\n', ''));
      }),
      { numRuns: 150 },
    );
  });

  it('causes only a stack overflow if the stack is full, and can write again afterwards', () => {
    const guest = createTestGuest();
    guest.data().setUint32(4, 2, true);
    guest.bytes().write('x\n', 0, 'latin1');
    guest.data().setUint32(0, 1024, true);
    guest.bytes().write('x\n', 1024, 'latin1');
    const seen = new Set<boolean>();
    const dive = (): void => {
      try {
        guest.call('fd_write', 1, 0, 1, 8);
        dive();
      } catch (error) {
        seen.add(isStackOverflow(error));
        throw error;
      }
    };
    expect(dive).toThrow(RangeError);
    expect([...seen]).toEqual([true]);
    guest.wasi.flush();
    guest.recorded.stdout.length = 0;
    expect(guest.call('fd_write', 1, 0, 1, 8)).toBe(0);
    expect(guest.recorded.stdout).toEqual(['x']);
  });
});
