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
    [new Map(), 'an object of a class'],
    [Promise.resolve(), 'a promise'],
  ])('shows the type of %o and nothing of what it holds', (value, shown) => {
    expect(showType(value)).toBe(shown);
  });

  it('survives what throws at every look', () => {
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
  ])('of %o is %s', (value, shown) => {
    expect(showChoice(value)).toBe(shown);
  });
});

it.each([
  [['one'], '"one"'],
  [['one', 'two'], '"one" or "two"'],
  [['one', 'two', 'three'], '"one", "two" or "three"'],
])('listChoices of %j is %s', (choices, listed) => {
  expect(listChoices(choices)).toBe(listed);
});
