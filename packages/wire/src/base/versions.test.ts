import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { highestCommonVersion, isVersion } from './versions.ts';

describe('isVersion', () => {
  it.each([1, 2, 65_535])('accepts %s', (value) => {
    expect(isVersion(value)).toBe(true);
  });

  it.each([0, -1, 1.5, 65_536, Number.NaN, Infinity, '1', null, undefined, 1n, [1]])(
    'refuses %s',
    (value) => {
      expect(isVersion(value)).toBe(false);
    },
  );
});

describe('highestCommonVersion', () => {
  it.each([
    [[1, 2, 3], [2, 1], 2],
    [[9, 10], [10, 9], 10],
    [[1], [1], 1],
    [[1], [2], undefined],
    [[], [1], undefined],
    [[1], [], undefined],
  ])('returns for %j and %j: %s', (ours, theirs, highest) => {
    expect(highestCommonVersion(ours, theirs)).toBe(highest);
  });

  it('returns the highest version in both lists, in either order of arguments', () => {
    const list = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 8 });
    fc.assert(
      fc.property(list, list, (ours, theirs) => {
        const common = ours.filter((version) => theirs.includes(version));
        const highest = highestCommonVersion(ours, theirs);
        expect(highest).toBe(common.length === 0 ? undefined : Math.max(...common));
        expect(highestCommonVersion(theirs, ours)).toBe(highest);
      }),
    );
  });
});
