import { describe, expect, it } from 'vitest';

import { listChoices, showChoice, showType } from './show-type.ts';

describe('showType', () => {
  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['secret', 'a string'],
    [7, 'a number'],
    [7n, 'a bigint'],
    [() => 'secret', 'a function'],
    [['secret'], 'a list'],
    [{ secret: 1 }, 'a plain object'],
    [Object.create(null), 'a plain object'],
    [new Map(), 'a class instance'],
    [Promise.resolve(), 'a promise'],
  ])('returns the type of %o without its content', (value, shown) => {
    expect(showType(value)).toBe(shown);
  });

  it('does not throw for an object that throws on every access', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(showType(proxy)).toBe('an object');
  });
});

describe('showChoice', () => {
  it.each([
    ['pooled', '"pooled"'],
    ['', 'a string'],
    ['a text that nobody mistypes', 'a string'],
    ['x'.repeat(65), 'a string'],
    [5, 'a number'],
  ])('returns for %o: %s', (value, shown) => {
    expect(showChoice(value)).toBe(shown);
  });
});

it.each([
  [['one'], '"one"'],
  [['one', 'two'], '"one" or "two"'],
  [['one', 'two', 'three'], '"one", "two" or "three"'],
])('listChoices turns %j into %s', (choices, listed) => {
  expect(listChoices(choices)).toBe(listed);
});
