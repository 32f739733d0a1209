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
  it.each(snake)('%s is valid for functions, capabilities and plugins', (name) => {
    expect([isFunctionName(name), isCapabilityName(name), isPluginName(name)]).toStrictEqual([
      true,
      true,
      true,
    ]);
  });

  it.each(neither)('%j is not valid for anything', (name) => {
    expect([isFunctionName(name), isCapabilityName(name), isPluginName(name)]).toStrictEqual([
      false,
      false,
      false,
    ]);
  });

  it.each(dashed)('%s is valid only for plugins', (name) => {
    expect([isFunctionName(name), isCapabilityName(name), isPluginName(name)]).toStrictEqual([
      false,
      false,
      true,
    ]);
  });

  it.each(reserved)('%s is reserved and not valid for functions', (name) => {
    expect(isFunctionName(name)).toBe(false);
    expect(isCapabilityName(name)).toBe(true);
  });
});

describe('showName', () => {
  it.each([...snake, ...dashed, ...reserved])('shows a text that is a valid name: %s', (name) => {
    expect(showName(name)).toBe(`"${name}"`);
  });

  it.each(neither.filter((name) => typeof name === 'string'))('hides any other text: %j', (name) => {
    expect(showName(name)).toBe('(invalid name)');
  });
});
