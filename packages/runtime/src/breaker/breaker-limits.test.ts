import { describe, expect, it } from 'vitest';

import { BREAKER_LIMITS, resolveBreakerLimits } from './breaker-limits.ts';

const DEFAULTS = {
  minimumCalls: 20,
  windowMs: 10_000,
  failureShare: 0.5,
  timeShare: 0.5,
  firstBackoffMs: 1000,
  longestBackoffMs: 60_000,
};

describe('the limits of a breaker', () => {
  it('have defaults for values that are not given', () => {
    expect(resolveBreakerLimits()).toEqual(DEFAULTS);
    expect(resolveBreakerLimits(undefined, {}, { windowMs: undefined } as never)).toEqual(DEFAULTS);
  });

  it('override each other value by value, the last one first', () => {
    const host = { minimumCalls: 5, windowMs: 2000 };
    expect(resolveBreakerLimits(host, { windowMs: 3000, failureShare: 1 })).toEqual({
      ...DEFAULTS,
      minimumCalls: 5,
      windowMs: 3000,
      failureShare: 1,
    });
  });

  it('accept the largest allowed values', () => {
    const largest = Object.fromEntries(Object.entries(BREAKER_LIMITS).map(([name, { max }]) => [name, max]));
    expect(resolveBreakerLimits(largest)).toEqual(largest);
  });

  it.each<[unknown, string]>([
    [7, 'breaker is not an object'],
    [null, 'breaker is not an object'],
    [{ minimumcalls: 5 }, 'no option "minimumcalls": expected minimumCalls, '],
    [{ onChange: () => {} }, 'no option "onChange"'],
    [{ minimumCalls: 0 }, 'breaker.minimumCalls is 0: expected a whole number from 1 to 1000000 ('],
    [{ windowMs: 1.5 }, 'breaker.windowMs is 1.5: expected a whole number'],
    [{ windowMs: '5' }, 'breaker.windowMs is a string: expected'],
    [{ windowMs: Number.NaN }, 'breaker.windowMs is NaN'],
    [{ failureShare: 0 }, 'breaker.failureShare is 0: expected a number above 0, at most 1 ('],
    [{ timeShare: 1.01 }, 'breaker.timeShare is 1.01'],
    [{ firstBackoffMs: 86_400_001 }, 'breaker.firstBackoffMs is 86400001'],
    [{ firstBackoffMs: 60_001 }, 'is 60001, above breaker.longestBackoffMs, 60000: give a longer'],
  ])('are rejected with a message: %j', (breaker, message) => {
    expect(() => resolveBreakerLimits(breaker as never)).toThrow(
      expect.objectContaining({ code: 'bad_option', message: expect.stringContaining(message) }),
    );
  });

  it('may have a longest backoff below the default first backoff, but not below a given first backoff', () => {
    expect(resolveBreakerLimits({ longestBackoffMs: 300 })).toMatchObject({ longestBackoffMs: 300 });
    expect(() => resolveBreakerLimits({ firstBackoffMs: 500 }, { longestBackoffMs: 300 })).toThrow(
      'is 500, above',
    );
  });
});
