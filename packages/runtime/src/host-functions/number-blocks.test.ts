import { describe, expect, it } from 'vitest';

import { defineHostFunction, type HostFunction } from './define-host-function.ts';
import { NUMBER_BLOCK_KINDS, numberBlockBytes, type NumberBlockKind } from './number-blocks.ts';
import { callFromGuest } from './testing/call-from-guest.ts';

/** Echoes a number of its kind. `seen` is the value that the host got. */
const seen: unknown[] = [];
const echo = (kind: NumberBlockKind): HostFunction =>
  defineHostFunction({
    name: 'echo',
    parameters: [kind],
    result: kind,
    run: (value: number | bigint | boolean) => {
      seen.push(value);
      return value as never;
    },
  });

const EXAMPLES: readonly (readonly [NumberBlockKind, number | bigint | boolean, readonly number[]])[] = [
  ['i32-block', -2, [0xfe, 0xff, 0xff, 0xff]],
  ['u32-block', 0xffff_fffe, [0xfe, 0xff, 0xff, 0xff]],
  ['i64-block', -2n, [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ['u64-block', 0x0102_0304_0506_0708n, [8, 7, 6, 5, 4, 3, 2, 1]],
  ['f32-block', 1.5, [0, 0, 0xc0, 0x3f]],
  ['f64-block', -0.5, [0, 0, 0, 0, 0, 0, 0xe0, 0xbf]],
  ['bool-block', true, [1]],
];

describe('a number in a block', () => {
  it('has an example here for each kind', () => {
    expect(EXAMPLES.map(([kind]) => kind)).toEqual([...NUMBER_BLOCK_KINDS]);
  });

  it.each(EXAMPLES)('of kind %s is little-endian: %s', (kind, value, bytes) => {
    expect([...numberBlockBytes(kind, value as never)]).toEqual(bytes);
  });

  it.each(EXAMPLES)(
    'of kind %s reaches the host as %s, and returns to the guest unchanged',
    async (kind, value, bytes) => {
      const call = await callFromGuest(echo(kind), [Uint8Array.from(bytes)]);
      expect(call).toMatchObject({ raw: expect.any(BigInt) });
      expect(seen.at(-1)).toBe(value);
      const again = defineHostFunction({
        name: 'again',
        parameters: [kind],
        run: (given) => void seen.push(given),
      });
      await callFromGuest(again, [numberBlockBytes(kind, value as never)]);
      expect(seen.at(-1)).toBe(value);
    },
  );

  it.each(EXAMPLES)(
    'of kind %s fails the call if the block has another length',
    async (kind, _value, bytes) => {
      for (const length of [0, bytes.length - 1, bytes.length + 1, 64]) {
        const block = length === 0 ? 0n : new Uint8Array(length);
        expect(await callFromGuest(echo(kind), [block])).toMatchObject({ code: 'bad_argument' });
      }
    },
  );

  it.each(EXAMPLES)(
    'of kind %s fails the call if the guest passes the number instead of a handle',
    async (kind) => {
      expect(await callFromGuest(echo(kind), [7n])).toMatchObject({ code: 'bad_handle' });
    },
  );

  it('of kind bool-block fails the call if it is neither 0 nor 1', async () => {
    expect(await callFromGuest(echo('bool-block'), [Uint8Array.of(2)])).toMatchObject({
      code: 'bad_argument',
    });
  });

  it.each<[NumberBlockKind, unknown]>([
    ['i32-block', 2 ** 31],
    ['u32-block', -1],
    ['i64-block', 2n ** 63n],
    ['u64-block', -1n],
    ['u64-block', 1],
    ['f64-block', '1'],
    ['bool-block', 1],
    ['bool-block', undefined],
  ])('of kind %s fails the call if the host returns %s', async (kind, value) => {
    const wrong = defineHostFunction({ name: 'wrong', result: kind, run: () => value as never });
    expect(await callFromGuest(wrong)).toMatchObject({ code: 'host_function_failed' });
  });
});
