import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import {
  holdsUnsafeNumber,
  isJsonInteger,
  isUnsafeNumber,
  parseExactJson,
  stringifyExactJson,
} from './exact-numbers.ts';

const U64 = 12345678901234567890n;

describe('parseExactJson', () => {
  it.each<[string, unknown]>([
    ['12345678901234567890', U64],
    ['-12345678901234567890', -U64],
    [
      '[9007199254740991,9007199254740992,9007199254740993]',
      [9007199254740991, 9007199254740992n, 9007199254740993n],
    ],
    ['{"a":{"b":[18446744073709551615]}}', { a: { b: [18446744073709551615n] } }],
    ['10000000000000000000', 10n ** 19n],
    ['1e19', 1e19],
    ['1.2345678901234567e19', 1.2345678901234567e19],
    ['0.5', 0.5],
    ['"12345678901234567890"', '12345678901234567890'],
    ['{"12345678901234567890":1}', { '12345678901234567890': 1 }],
    ['["\\"12345678901234567890",12345678901234567890]', ['"12345678901234567890', U64]],
    ['["\\\\",12345678901234567890]', ['\\', U64]],
    ['["~0~",12345678901234567890]', ['~0~', U64]],
    ['["~0~5","~1~",12345678901234567890]', ['~0~5', '~1~', U64]],
    [' [ 1 , 12345678901234567890 ] ', [1, U64]],
    ['9'.repeat(39), BigInt('9'.repeat(39))],
  ])('returns integers beyond 2^53 − 1 as BigInts (%#)', (text, value) => {
    expect(parseExactJson(text, 'all')).toStrictEqual(value);
  });

  it.each<[string, unknown]>([
    ['10000000000000000000', 1e19],
    ['12345678901234567000', 12345678901234567000],
    ['12345678901234567890', U64],
    ['9007199254740993', 9007199254740993n],
  ])(
    'keeps a number if a double has the same digits and only rounded integers are converted (%s)',
    (text, value) => {
      expect(parseExactJson(text, 'rounded')).toStrictEqual(value);
    },
  );

  it.each(['1e400', '-1e400', '[1,1e999]', '9'.repeat(40), `-${'9'.repeat(40)}`, '1'.repeat(400)])(
    'is undefined for a number without an exact form (%#)',
    (text) => {
      expect(parseExactJson(text, 'all')).toBeUndefined();
    },
  );

  it.each(['{', '12345678901234567890x', '[12345678901234567890', '--12345678901234567890'])(
    'throws for what is not JSON: %s',
    (text) => {
      expect(() => parseExactJson(text, 'all')).toThrow(SyntaxError);
    },
  );
});

describe('stringifyExactJson', () => {
  afterEach(() => {
    delete (BigInt.prototype as { toJSON?: unknown }).toJSON;
  });

  it.each<[unknown, string]>([
    [U64, '12345678901234567890'],
    [{ a: [U64, -U64], b: 'x' }, '{"a":[12345678901234567890,-12345678901234567890],"b":"x"}'],
    [{ a: 2 ** 60 }, '{"a":1.152921504606847e+18}'],
    [{ text: '~0~1', id: 1n }, '{"text":"~0~1","id":1}'],
    [{ text: '"~0~1"~1~', id: 1n }, '{"text":"\\"~0~1\\"~1~","id":1}'],
    [{ a: undefined, b: [undefined, 1] }, '{"b":[null,1]}'],
    [undefined, 'null'],
  ])('writes BigInts as integers and large doubles with an exponent (%#)', (value, text) => {
    expect(stringifyExactJson(value)).toBe(text);
  });

  it('writes BigInts as integers even if they have a toJSON method', () => {
    Object.assign(BigInt.prototype, {
      toJSON(this: bigint) {
        return `${this}`;
      },
    });
    expect(stringifyExactJson([U64])).toBe('[12345678901234567890]');
  });

  it('writes a BigInt that a toJSON method returns', () => {
    expect(stringifyExactJson({ a: { toJSON: () => U64 } })).toBe('{"a":12345678901234567890}');
  });

  it.each([Number.NaN, Infinity, -Infinity])('throws for %d, which JSON does not have', (value) => {
    expect(() => stringifyExactJson({ a: value })).toThrow(RangeError);
  });
});

it('parsing and writing returns the same text, also for integers of up to 39 digits', () => {
  const integer = fc.bigInt({ min: -(10n ** 39n) + 1n, max: 10n ** 39n - 1n });
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      integer,
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('tree')),
      fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        tie('tree'),
      ),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const text = stringifyExactJson(value);
      expect(stringifyExactJson(parseExactJson(text, 'all'))).toBe(text);
    }),
  );
});

it.each<[unknown, boolean]>([
  [{ a: [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 0.1] }, false],
  [{ a: [Number.MAX_SAFE_INTEGER + 1] }, true],
  [[{ b: -1e300 }], true],
  [Infinity, true],
  ['12345678901234567890', false],
  [null, false],
])('holdsUnsafeNumber finds numbers that may have been rounded (%#)', (value, found) => {
  expect(holdsUnsafeNumber(value)).toBe(found);
});

it('NaN and infinities are unsafe numbers', () => {
  expect([NaN, Infinity, -Infinity, 2 ** 53, 1].map(isUnsafeNumber)).toEqual([true, true, true, true, false]);
});

it('isJsonInteger accepts at most 39 digits', () => {
  expect([10n ** 39n, 10n ** 39n - 1n, -(10n ** 39n)].map(isJsonInteger)).toEqual([false, true, false]);
});
