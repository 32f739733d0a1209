import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { jsonObject, jsonValue } from './json-value.ts';
import { findJsonFault } from './walk-json.ts';

const nest = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
const isValue = (value: unknown): boolean => jsonValue.safeParse(value).success;
const isObject = (value: unknown): boolean => jsonObject.safeParse(value).success;

describe('jsonValue and jsonObject', () => {
  it('accept what JSON.parse returns', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text);
        fc.pre(!text.includes('__proto__'));
        expect(isValue(value)).toBe(true);
        expect(isObject(value)).toBe(typeof value === 'object' && value !== null && !Array.isArray(value));
      }),
    );
  });

  it.each([
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['Infinity', Infinity],
    ['a BigInt of 40 digits', 10n ** 39n],
    ['a symbol', Symbol('s')],
    ['a function', () => 1],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['a Uint8Array', new Uint8Array(1)],
    ['a boxed string', Object('s')],
    ['an inheriting object', Object.create({ a: 1 })],
    ['__proto__', JSON.parse('{"__proto__":1}')],
  ])('refuse %s at any level', (_, value) => {
    expect([
      isValue(value),
      isValue([value]),
      isValue({ a: { b: value } }),
      isObject({ a: value }),
    ]).toStrictEqual([false, false, false, false]);
  });

  it('accept integers beyond 2^53 − 1 as BigInts', () => {
    expect([isValue(2n ** 64n), isValue([-(2n ** 127n)]), isObject({ id: 1n })]).toStrictEqual([
      true,
      true,
      true,
    ]);
  });

  it('accept objects without a prototype', () => {
    expect(isObject(Object.assign(Object.create(null) as object, { a: 1 }))).toBe(true);
  });

  it('accept 128 levels of nesting and refuse 129', () => {
    expect([isValue(nest(128)), isValue(nest(129)), isValue(nest(5000))]).toStrictEqual([true, false, false]);
    expect([isObject({ a: nest(127) }), isObject({ a: nest(128) })]).toStrictEqual([true, false]);
  });
});

describe('findJsonFault', () => {
  it.each([
    [nest(128), undefined],
    [nest(129), 'too_deep'],
    [nest(5000), 'too_deep'],
    [{ a: nest(127) }, undefined],
    [{ a: nest(128) }, 'too_deep'],
    [JSON.parse('[{"a":[{"__proto__":1}]}]') as unknown, 'proto_key'],
    [{ proto: 1, constructor: 2, prototype: 3 }, undefined],
    [null, undefined],
    ['__proto__', undefined],
  ])('returns the fault, if there is one (%#)', (value, fault) => {
    expect(findJsonFault(value)).toBe(fault);
  });
});
