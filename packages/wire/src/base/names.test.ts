import { describe, expect, it } from 'vitest';

import { isCapabilityName, isFunctionName, isPluginName, showName } from './names.ts';

const snake = ['a', 'filter', 'on_unauthorized', 'a1', 'a_', 'a'.repeat(64)];
const neither = [
  '',
  'A',
  '1a',
  '_a',
  '-a',
  'a.b',
  'a b',
  'a\n',
  '\na',
  'ä',
  'aä',
  'a'.repeat(65),
  null,
  1,
  ['a'],
];
const dashed = ['a-b', 'a-', `a${'-'.repeat(63)}`];
const reserved = ['memory', 'hs_init', 'cc_lb_', 'cc_lb_handshake', 'cc_lb_anything'];

describe('a name', () => {
  it.each(snake)('%s is one for everything', (name) => {
    expect([isFunctionName(name), isCapabilityName(name), isPluginName(name)]).toStrictEqual([
      true,
      true,
      true,
    ]);
  });

  it.each(neither)('%j is one for nothing', (name) => {
    expect([isFunctionName(name), isCapabilityName(name), isPluginName(name)]).toStrictEqual([
      false,
      false,
      false,
    ]);
  });

  it.each(dashed)('%s is one for a plugin alone', (name) => {
    expect([isFunctionName(name), isCapabilityName(name), isPluginName(name)]).toStrictEqual([
      false,
      false,
      true,
    ]);
  });

  it.each(reserved)('%s is none for a function', (name) => {
    expect(isFunctionName(name)).toBe(false);
    expect(isCapabilityName(name)).toBe(true);
  });
});

describe('text of a plugin', () => {
  it.each([...snake, ...dashed, ...reserved])('is shown where it is a name: %s', (name) => {
    expect(showName(name)).toBe(`"${name}"`);
  });

  it.each(neither.filter((name) => typeof name === 'string'))('is hidden where it is not: %j', (name) => {
    expect(showName(name)).toBe('a name that fits no pattern');
  });
});
