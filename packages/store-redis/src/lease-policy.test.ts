import { describe, expect, it } from 'vitest';

import { fairShare, isLeaseTooSmall, leaseToAskFor, type LeaseSituation } from './lease-policy.ts';

const SITUATION: LeaseSituation = {
  share: 100,
  held: 100,
  reserved: 0,
  wanted: 0,
  isYielding: false,
  hasYielded: false,
  isRebalancing: false,
};

describe('the share of a process', () => {
  it.each([
    ['the whole quota, used or not, where it is alone', 1000, 400, 1, 1000],
    ['an equal part of what is free, rounded down', 1000, 400, 7, 85],
    ['nothing where more is used than the quota allows', 1000, 1200, 2, 0],
  ])('is %s', (_what, quota, used, clients, share) => {
    expect(fairShare(quota, used, clients)).toBe(share);
  });
});

describe('the lease to ask for', () => {
  it.each<[string, Partial<LeaseSituation>, number]>([
    ['what it has, where that is its share', {}, 100],
    ['what it has, up to one and a half shares', { held: 150 }, 150],
    ['its share, where it has more than that', { held: 151 }, 100],
    ['its share, where it has less', { held: 99 }, 100],
    ['its share, where processes have joined', { held: 120, isRebalancing: true }, 100],
    ['what it has, after it has yielded, however little', { held: 10, hasYielded: true }, 10],
    [
      'what it has, after it has yielded, whoever joined',
      { held: 10, hasYielded: true, isRebalancing: true },
      10,
    ],
    ['no less than what it has acknowledged', { held: 300, reserved: 250 }, 250],
    [
      'what it has acknowledged and no more, where it yields',
      { held: 300, reserved: 40, isYielding: true },
      40,
    ],
    [
      'what it has acknowledged and no more, where it yields though short',
      { wanted: 9, isYielding: true },
      0,
    ],
    ['a share more, where it is short of less', { reserved: 40, wanted: 9 }, 140],
    ['what it is short of, where that is more than a share', { reserved: 40, wanted: 900 }, 940],
  ])('is %s', (_what, known, lease) => {
    expect(leaseToAskFor({ ...SITUATION, ...known })).toBe(lease);
  });

  it('is requested again if it is below half a share', () => {
    expect([49, 50].map((lease) => isLeaseTooSmall(lease, 100))).toEqual([true, false]);
  });
});
