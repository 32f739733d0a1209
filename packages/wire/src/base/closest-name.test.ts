import { describe, expect, it } from 'vitest';

import { closestName, hintAt } from './closest-name.ts';

describe('closestName', () => {
  it.each<[string, string | undefined, string]>([
    ['capabilites', 'capabilities', 'a missing character'],
    ['capabiltiies', 'capabilities', 'two swapped characters'],
    ['deadlinems', 'deadlineMs', 'another case'],
    ['lgo', 'log', 'a short name with two swapped characters'],
    ['storag', 'storage', 'a missing last character'],
    ['', undefined, 'an empty name'],
    ['cat', undefined, 'a short name with two other characters'],
    ['database', undefined, 'a name that is not close to any'],
    ['s'.repeat(100_000), undefined, 'a very long name'],
  ])('%s → %s: %#', (name, closest) => {
    expect(closestName(name, ['log', 'storage', 'capabilities', 'deadlineMs'])).toBe(closest);
  });

  it('prefers the closest of several names, and the first of equals', () => {
    expect(closestName('stores', ['stored', 'store', 'storess'])).toBe('stored');
    expect(closestName('limits', ['limit', 'limi'])).toBe('limit');
  });
});

describe('hintAt', () => {
  it('returns a sentence, or an empty string if no name is close', () => {
    expect(hintAt('storge', ['storage'])).toBe(' Did you mean "storage"?');
    expect(hintAt('geo', ['storage'])).toBe('');
  });
});
