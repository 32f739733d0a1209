import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { JsonRefusal } from '../outcomes/json-limits.ts';
import { checkJsonCost } from './json-cost.ts';
import { createKernel, JSON_COUNTS, type Kernel, SILENT_LEVEL } from './kernel.ts';
import { createVariables } from './variables.ts';

const MIB = 1024 * 1024;

const create = (): Kernel =>
  createKernel(16 * MIB, {
    config: new Map(),
    variables: createVariables(1000),
    log: { level: () => SILENT_LEVEL, write: () => undefined },
    charge: () => undefined,
    stop: (code) => {
      throw new Error(code);
    },
  });

interface Stored {
  readonly kernel: Kernel;
  readonly address: number;
  readonly length: number;
}

const store = (text: string): Stored => {
  const kernel = create();
  const length = Buffer.byteLength(text);
  const address = kernel.store(text);
  if (address === 0) expect.fail('no room');
  return { kernel, address, length };
};

const read = ({ kernel }: Stored, word: keyof typeof JSON_COUNTS): number => kernel.state(JSON_COUNTS[word]);

/** The same counts, character by character. */
const countOf = (text: string) => {
  const counts = { containers: 0, keys: 0, commas: 0, strings: 0, escapes: 0, highBytes: 0, deepest: 0 };
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (character === '"') {
      counts.strings += 1;
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) {
        if (text[at] === '\\') {
          counts.escapes += 1;
          at += 1;
        } else
          counts.highBytes +=
            Buffer.byteLength(text[at] as string) > 1 ? Buffer.byteLength(text[at] as string) : 0;
      }
    } else if ('{['.includes(character)) {
      counts.containers += 1;
      depth += 1;
      counts.deepest = Math.max(counts.deepest, depth);
    } else if ('}]'.includes(character)) depth -= 1;
    else if (character === ',') counts.commas += 1;
    else if (character === ':') counts.keys += 1;
  }
  return counts;
};

const json = fc
  .tuple(
    fc.json({ maxDepth: 6 }),
    fc.array(fc.constantFrom('\\"', '\\\\', 'é', '{', ',', ':', ']', 'x'.repeat(20))),
  )
  .map(([text, parts]) => `[${text}, "${parts.join('')}" ,{ "a" :[ ]}]`);

describe('the kernel counts JSON', () => {
  it('exactly, in any number of ranges', () => {
    fc.assert(
      fc.property(json, fc.integer({ min: 1, max: 40 }), (text, range) => {
        const stored = store(text);
        for (let at = 0; at < stored.length; at += range)
          stored.kernel.countJson(stored.address + at, Math.min(range, stored.length - at), at === 0);
        const counts = Object.fromEntries(
          Object.keys(countOf('')).map((word) => [word, read(stored, word as keyof typeof JSON_COUNTS)]),
        );
        expect(counts).toEqual(countOf(text));
      }),
    );
  });

  it.each([
    ['the same keys in each object', '[{"a":1,"b":2},{"a":1,"b":{"a":3,"b":""}}]', 2, 1],
    ['the same keys in another order', '[{"a":1,"b":2},{"b":1,"a":2}]', 4, 0],
    ['a number as a key, each time', '[{"1":1},{"1":1}]', 2, 0],
    ['a string of ten characters, once', '["1234567890","1234567890","x"]', 0, 2],
    ['not one of eleven', '["12345678901","12345678902"]', 0, 0],
    ['a string that ends in a backslash', '["\\\\","a\\"b",{"\\\\":0}]', 1, 2],
  ])('and finds what is new to the engine: %s', (_, text, keys, strings) => {
    for (const range of [1, 7, 1000]) {
      const stored = store(text);
      for (let at = 0; at < stored.length; at += range) {
        const isLast = at + range >= stored.length;
        const weighed = stored.kernel.weighJson(
          stored.address + at,
          Math.min(range, stored.length - at),
          at === 0,
          isLast,
        );
        expect(weighed).toBe(true);
      }
      expect([read(stored, 'newKeys'), read(stored, 'newStrings')]).toEqual([keys, strings]);
    }
  });

  it('and treats each key of a large object as new', () => {
    const object = JSON.stringify(Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`k${at}`, 0])));
    const stored = store(`[${object},${object}]`);
    stored.kernel.weighJson(stored.address, stored.length, true, true);
    // The seed of the kernel's hashes differs in each process, and sometimes two keys have the same hash.
    const newKeys = read(stored, 'newKeys');
    expect(newKeys).toBeLessThanOrEqual(200 + 72);
    expect(newKeys).toBeGreaterThan(200 + 72 - 20);
  });

  it('without leaving data in the memory of blocks', () => {
    const stored = store(JSON.stringify({ a: ['x', { b: 1 }], c: 2 }));
    stored.kernel.weighJson(stored.address, stored.length, true, true);
    const next = stored.kernel.store(new Uint8Array(200_000));
    expect(stored.kernel.bytes(next, 200_000).every((byte) => byte === 0)).toBe(true);
  });

  it('in any bytes without a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const kernel = create();
        const address = kernel.store(bytes);
        kernel.countJson(address, bytes.length, true);
        expect(kernel.weighJson(address, bytes.length, true, true)).toBe(true);
      }),
    );
  });
});

describe('JSON is not parsed', () => {
  /** The result for a text, and how often the remaining time was read. */
  const check = (
    text: string,
    leftMs: number,
    nodes = 1e9,
  ): { refusal: JsonRefusal | undefined; asked: number } => {
    const { kernel, address, length } = store(text);
    let asked = 0;
    const timeLeft = (): number => {
      asked += 1;
      return leftMs;
    };
    return { refusal: checkJsonCost(kernel, address, length, { nodes, timeLeft }), asked };
  };
  const listOf = (part: (at: number) => string, count: number): string =>
    `[${Array.from({ length: count }, (_, at) => part(at)).join(',')}]`;

  it('unchecked unless it is short', () => {
    expect(check(`"${'x'.repeat(32 * 1024 - 2)}"`, 0)).toEqual({ refusal: undefined, asked: 0 });
    expect(check(`"${'x'.repeat(32 * 1024 - 1)}"`, 0).refusal).toBe('deadline');
  });

  it('if it has more objects, arrays and keys than allowed; elements are not counted', () => {
    const text = listOf(() => '{"a":[1,2]}', 10_000);
    expect(check(text, 1000, 30_001).refusal).toBeUndefined();
    expect(check(text, 1000, 30_000).refusal).toBe('nodes');
    expect(
      check(
        listOf(() => '1', 20_000),
        1000,
        1,
      ).refusal,
    ).toBeUndefined();
  });

  it('if it has more than 128 levels', () => {
    const nested = (levels: number): string =>
      `${' '.repeat(40_000)}${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(check(nested(128), 1000).refusal).toBeUndefined();
    expect(check(nested(129), 1000).refusal).toBe('too_deep');
  });

  it('if its content would take longer than the remaining time', () => {
    const numbers = listOf(() => '1', 50_000);
    expect(check(numbers, 4).refusal).toBeUndefined();
    expect(check(numbers, 1).refusal).toBe('deadline');
    const known = listOf(() => '{"key":0}', 20_000);
    expect(check(known, 20).refusal).toBeUndefined();
    const unknown = listOf((at) => `{"k${at}":0}`, 20_000);
    expect(check(unknown, 20).refusal).toBe('deadline');
    expect(check(unknown, 60).refusal).toBeUndefined();
  });

  it('if the time is used up while a megabyte is counted', () => {
    expect(
      check(
        listOf(() => '"a"', 1_000_000),
        0,
      ),
    ).toEqual({ refusal: 'deadline', asked: 1 });
  });
});
