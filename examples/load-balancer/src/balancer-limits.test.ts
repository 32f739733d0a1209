import { describe, expect, it } from 'vitest';

import { BALANCER_LIMITS, type BalancerLimits, parseLimits } from './balancer-limits.ts';
import { openBalancer } from './testing/balancer-test.ts';

describe('the limits of a balancer', () => {
  it('override the defaults', () => {
    expect(parseLimits()).toEqual(BALANCER_LIMITS);
    expect(parseLimits({ drainMs: 0, shownBodyBytes: 0 })).toEqual({
      ...BALANCER_LIMITS,
      drainMs: 0,
      shownBodyBytes: 0,
    });
  });

  it.each([
    [{ drainMs: -1 }, 'drainMs is -1: expected a whole number from 0 to 86400000'],
    [{ clientIdleMs: 0 }, 'clientIdleMs is 0: expected a whole number from 1 to 86400000'],
    [{ upstreamHeadersMs: 2 ** 31 }, 'upstreamHeadersMs is 2147483648: expected a whole number'],
    [{ headerBytes: 1.5 }, 'headerBytes is 1.5: expected a whole number'],
    [{ upstreamConnections: Number.NaN }, 'upstreamConnections is NaN: expected a whole number'],
    [{ drainMS: 1 }, 'no limit "drainMS": expected one of shownBodyBytes, headerBytes,'],
    [
      { clientHeadersMs: 100, clientRequestMs: 50 },
      'clientHeadersMs is 100 and clientRequestMs is 50: expected clientHeadersMs to be at most',
    ],
  ] as [Partial<BalancerLimits>, string][])('are refused if they are %o', (given, message) => {
    expect(() => parseLimits(given)).toThrow(RangeError);
    expect(() => parseLimits(given)).toThrow(message);
  });

  it('are checked when it starts', async () => {
    const starting = openBalancer([], {}, { clientRequestMs: 50 });
    await expect(starting).rejects.toThrow("the balancer's limit clientHeadersMs is 10000");
  });
});
