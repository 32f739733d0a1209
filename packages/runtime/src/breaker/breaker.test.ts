import { describe, expect, it } from 'vitest';

import type { BreakerOptions, BreakerState } from './breaker.ts';
import { createBreaker } from './breaker.ts';
import { createRig, type Rig } from '../sandbox/testing/breaker-rig.ts';

/** A rig whose breaker has just opened. */
const createOpenRig = (options?: BreakerOptions): Rig => {
  const rig = createRig(options);
  rig.calls(20, true);
  expect(rig.changes).toEqual([['open', 1000]]);
  return rig;
};

describe('a closed breaker', () => {
  it('admits every call', () => {
    const { breaker } = createRig();
    for (let asked = 0; asked < 100; asked += 1) expect(breaker.admit()).toBe(true);
    expect(breaker.state()).toBe('closed');
  });

  it('opens at the call that makes half of twenty calls fail', () => {
    const rig = createRig();
    rig.calls(10, false);
    rig.calls(9, true);
    expect(rig.breaker.state()).toBe('closed');
    rig.call(true);
    expect(rig.breaker.state()).toBe('open');
    expect(rig.changes).toEqual([['open', 1000]]);
  });

  it('opens at the twentieth call, even if that one succeeds', () => {
    const rig = createRig();
    rig.calls(19, true);
    expect(rig.breaker.state()).toBe('closed');
    rig.call(false);
    expect(rig.breaker.state()).toBe('open');
  });

  it('does not open after a thousand failures among twice as many healthy calls', () => {
    const rig = createRig();
    for (let turn = 0; turn < 1000; turn += 1) {
      rig.calls(2, false);
      rig.call(true, 1);
    }
    expect(rig.changes).toEqual([]);
  });

  it('opens when failing calls take half of the window, even if few calls fail', () => {
    const rig = createRig();
    rig.calls(10_000, false);
    rig.calls(99, true, 50);
    expect(rig.breaker.state()).toBe('closed');
    rig.call(true, 50);
    expect(rig.breaker.state()).toBe('open');
  });

  it('does not open because of long failing calls before the minimum of calls is reached', () => {
    const rig = createRig();
    rig.calls(18, false);
    rig.call(true, 9000);
    expect(rig.breaker.state()).toBe('closed');
    rig.call(false);
    expect(rig.breaker.state()).toBe('open');
  });

  it('does not open because of slow calls that succeed', () => {
    const rig = createRig();
    rig.calls(200, false, 50);
    expect(rig.changes).toEqual([]);
  });

  it('ignores calls that are older than the window', () => {
    const rig = createRig();
    rig.calls(19, true);
    rig.wait(10_000);
    rig.calls(19, true);
    rig.wait(1_000_000);
    rig.calls(19, true);
    expect(rig.breaker.state()).toBe('closed');
  });

  it('counts calls from nine tenths of the window ago', () => {
    const rig = createRig();
    rig.calls(19, true);
    rig.wait(9000);
    rig.call(true);
    expect(rig.breaker.state()).toBe('open');
  });

  it('drops old calls step by step', () => {
    const rig = createRig();
    for (let second = 0; second < 100; second += 1) {
      rig.call(true);
      rig.wait(1000);
    }
    expect(rig.changes).toEqual([]);
    rig.calls(11, true);
    expect(rig.breaker.state()).toBe('open');
  });

  it('uses the limits that it is given', () => {
    const rig = createRig({ minimumCalls: 2, failureShare: 1, timeShare: 1, windowMs: 100 });
    rig.call(false);
    rig.call(true, 99);
    expect(rig.breaker.state()).toBe('closed');
    rig.wait(100);
    rig.calls(2, true);
    expect(rig.breaker.state()).toBe('open');
  });
});

describe('an open breaker', () => {
  it('refuses every call until the backoff is over', () => {
    const { breaker, wait } = createOpenRig();
    expect(breaker.admit()).toBe(false);
    wait(999);
    expect(breaker.admit()).toBe(false);
    expect(breaker.state()).toBe('open');
    wait(1);
    expect(breaker.admit()).toBe(true);
  });

  it('is half open when the backoff is over, even without a call', () => {
    const { breaker, wait, changes } = createOpenRig();
    wait(1000);
    expect(breaker.state()).toBe('half_open');
    expect(breaker.state()).toBe('half_open');
    expect(changes.slice(1)).toEqual([['half_open', 1000]]);
    expect(breaker.admit()).toBe(true);
  });

  it('ignores reports of calls that were admitted before it opened', () => {
    const { breaker, report, wait, changes } = createOpenRig();
    for (let late = 0; late < 30; late += 1) report(true, 5);
    wait(10);
    report(false, 20);
    expect(breaker.state()).toBe('open');
    expect(changes).toHaveLength(1);
    wait(990);
    expect(breaker.admit()).toBe(true);
  });
});

describe('a half-open breaker', () => {
  it('lets one probe at a time through', () => {
    const { breaker, wait } = createOpenRig();
    wait(1000);
    expect([breaker.admit(), breaker.admit(), breaker.admit()]).toEqual([true, false, false]);
    wait(999);
    expect(breaker.admit()).toBe(false);
    expect(breaker.state()).toBe('half_open');
  });

  it('closes when the probe succeeds, and forgets earlier calls', () => {
    const rig = createOpenRig();
    rig.wait(1000);
    expect(rig.call(false, 5)).toBe(true);
    expect(rig.changes.slice(1)).toEqual([
      ['half_open', 1000],
      ['closed', 0],
    ]);
    rig.calls(19, true);
    expect(rig.breaker.state()).toBe('closed');
    rig.call(true);
    expect(rig.changes.at(-1)).toEqual(['open', 1000]);
  });

  it('doubles the backoff when a probe fails, up to the longest, and resets it when it closes', () => {
    const rig = createOpenRig();
    const backoffs: number[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      const [, backoffMs] = rig.changes.at(-1) ?? ['closed', 0];
      backoffs.push(backoffMs);
      rig.wait(backoffMs - 1);
      expect(rig.call(true)).toBe(false);
      rig.wait(1);
      expect(rig.call(true, 50)).toBe(true);
      expect(rig.breaker.state()).toBe('open');
    }
    expect(backoffs).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    rig.wait(60_000);
    rig.call(false);
    rig.calls(20, true);
    expect(rig.changes.at(-1)).toEqual(['open', 1000]);
  });

  it('never stays open longer than the longest backoff, even at first', () => {
    const rig = createRig({ longestBackoffMs: 300 });
    rig.calls(20, true);
    expect(rig.changes).toEqual([['open', 300]]);
  });

  it('lets another probe through after the backoff if one is never reported', () => {
    const { breaker, report, wait } = createOpenRig();
    wait(1000);
    for (let lost = 0; lost < 5; lost += 1) {
      expect([breaker.admit(), breaker.admit()]).toEqual([true, false]);
      wait(1000);
    }
    expect(breaker.admit()).toBe(true);
    wait(3);
    report(false, 3);
    expect(breaker.state()).toBe('closed');
  });

  it.each([true, false])('does not treat an earlier call as the probe (failed: %s)', (failed) => {
    const { breaker, report, wait, changes } = createOpenRig();
    wait(1000);
    expect(breaker.admit()).toBe(true);
    wait(10);
    report(failed, 1015);
    expect(breaker.state()).toBe('half_open');
    expect(breaker.admit()).toBe(false);
    report(false, 10);
    expect(breaker.state()).toBe('closed');
    for (let late = 0; late < 30; late += 1) report(true, 1015);
    expect(changes.at(-1)).toEqual(['closed', 0]);
  });

  it('ignores the report of a call that it did not admit', () => {
    const { breaker, report, wait } = createOpenRig();
    wait(1000);
    expect(breaker.state()).toBe('half_open');
    report(false, 0);
    report(true, 0);
    expect(breaker.state()).toBe('half_open');
    expect(breaker.admit()).toBe(true);
  });
});

describe('the callback of a breaker', () => {
  it('runs after the state has changed', () => {
    const seen: BreakerState[] = [];
    let at = 0;
    const breaker = createBreaker({ minimumCalls: 1, onChange: () => seen.push(breaker.state()) }, () => at);
    breaker.record(true, at);
    at += 1000;
    expect(breaker.admit()).toBe(true);
    breaker.record(false, at);
    expect(seen).toEqual(['open', 'half_open', 'closed']);
  });

  it('is optional', () => {
    const breaker = createBreaker({ minimumCalls: 1 }, () => 0);
    breaker.record(true, 0);
    expect(breaker.state()).toBe('open');
  });
});

describe('the options of a breaker', () => {
  it.each<[string, unknown]>([
    ['a minimum of 0 calls', { minimumCalls: 0 }],
    ['a fraction as the minimum', { minimumCalls: 1.5 }],
    ['an infinite minimum', { minimumCalls: Infinity }],
    ['a window of 0 ms', { windowMs: 0 }],
    ['a window of NaN', { windowMs: NaN }],
    ['a window that is a string', { windowMs: '10000' }],
    ['an infinite window', { windowMs: Infinity }],
    ['a failure share of 0', { failureShare: 0 }],
    ['a failure share above 1', { failureShare: 1.1 }],
    ['a negative time share', { timeShare: -0.5 }],
    ['a first backoff of 0 ms', { firstBackoffMs: 0 }],
    ['an infinite backoff', { longestBackoffMs: Infinity }],
    ['a limit that is null', { windowMs: null }],
    ['a misspelt name', { minimalCalls: 3 }],
    ['a number', 20],
    ['null', null],
  ])('reject %s', (_what, options) => {
    const create = () => createBreaker(options as BreakerOptions, () => 0);
    expect(create).toThrow(expect.objectContaining({ name: 'PlugwireUsageError', code: 'bad_option' }));
  });

  it('are rejected with the value that was seen and the range that is expected', () => {
    expect(() => createBreaker({ windowMs: 0 }, () => 0)).toThrow(
      'breaker.windowMs is 0: expected a whole number from 1 to 3600000 (',
    );
  });

  it('have their defaults when they are undefined', () => {
    const options = { minimumCalls: 1, windowMs: undefined, timeShare: undefined, onChange: undefined };
    const breaker = createBreaker(options as unknown as BreakerOptions, () => 0);
    breaker.record(true, 0);
    expect(breaker.state()).toBe('open');
  });

  it('accept both ends of their ranges', () => {
    const breaker = createBreaker({ minimumCalls: 1, failureShare: 1, timeShare: 1, windowMs: 1 }, () => 0);
    breaker.record(true, 0);
    expect(breaker.state()).toBe('open');
  });
});
