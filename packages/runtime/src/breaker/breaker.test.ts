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

  it('opens when half of twenty calls have failed, and not one earlier', () => {
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

  it('does not open on a count: a thousand failures among more healthy calls', () => {
    const rig = createRig();
    for (let turn = 0; turn < 1000; turn += 1) {
      rig.calls(2, false);
      rig.call(true, 1);
    }
    expect(rig.changes).toEqual([]);
  });

  it('opens when half of the window went into failing calls, however small a share of the calls they are', () => {
    const rig = createRig();
    rig.calls(10_000, false);
    rig.calls(99, true, 50);
    expect(rig.breaker.state()).toBe('closed');
    rig.call(true, 50);
    expect(rig.breaker.state()).toBe('open');
  });

  it('does not open on the time of a few calls', () => {
    const rig = createRig();
    rig.calls(18, false);
    rig.call(true, 9000);
    expect(rig.breaker.state()).toBe('closed');
    rig.call(false);
    expect(rig.breaker.state()).toBe('open');
  });

  it('does not open on slow calls that succeed', () => {
    const rig = createRig();
    rig.calls(200, false, 50);
    expect(rig.changes).toEqual([]);
  });

  it('forgets what lies further back than the window', () => {
    const rig = createRig();
    rig.calls(19, true);
    rig.wait(10_000);
    rig.calls(19, true);
    rig.wait(1_000_000);
    rig.calls(19, true);
    expect(rig.breaker.state()).toBe('closed');
  });

  it('remembers what lies nine tenths of the window back', () => {
    const rig = createRig();
    rig.calls(19, true);
    rig.wait(9000);
    rig.call(true);
    expect(rig.breaker.state()).toBe('open');
  });

  it('forgets bit by bit', () => {
    const rig = createRig();
    for (let second = 0; second < 100; second += 1) {
      rig.call(true);
      rig.wait(1000);
    }
    expect(rig.changes).toEqual([]);
    rig.calls(11, true);
    expect(rig.breaker.state()).toBe('open');
  });

  it('takes limits of its own', () => {
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

  it('is half open when the backoff is over, even if nobody calls', () => {
    const { breaker, wait, changes } = createOpenRig();
    wait(1000);
    expect(breaker.state()).toBe('half_open');
    expect(breaker.state()).toBe('half_open');
    expect(changes.slice(1)).toEqual([['half_open', 1000]]);
    expect(breaker.admit()).toBe(true);
  });

  it('does not mind calls that were admitted before', () => {
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

  it('closes when the probe succeeds, and starts afresh', () => {
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

  it('opens for twice as long each time a probe fails, up to the longest, and for the first time again once closed', () => {
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

  it('never waits longer than the longest, even at first', () => {
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

  it.each([true, false])('does not take a call from before for the probe (it failed: %s)', (failed) => {
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

  it('does not mind a report of a call that it did not admit', () => {
    const { breaker, report, wait } = createOpenRig();
    wait(1000);
    expect(breaker.state()).toBe('half_open');
    report(false, 0);
    report(true, 0);
    expect(breaker.state()).toBe('half_open');
    expect(breaker.admit()).toBe(true);
  });
});

describe('the callback', () => {
  it('sees the new state', () => {
    const seen: BreakerState[] = [];
    let at = 0;
    const breaker = createBreaker({ minimumCalls: 1, onChange: () => seen.push(breaker.state()) }, () => at);
    breaker.record(true, at);
    at += 1000;
    expect(breaker.admit()).toBe(true);
    breaker.record(false, at);
    expect(seen).toEqual(['open', 'half_open', 'closed']);
  });

  it('can be left out', () => {
    const breaker = createBreaker({ minimumCalls: 1 }, () => 0);
    breaker.record(true, 0);
    expect(breaker.state()).toBe('open');
  });
});

describe('the options of a breaker', () => {
  it.each<[string, unknown]>([
    ['no calls at all', { minimumCalls: 0 }],
    ['half a call', { minimumCalls: 1.5 }],
    ['calls without end', { minimumCalls: Infinity }],
    ['a window of no time', { windowMs: 0 }],
    ['a window that is no number', { windowMs: NaN }],
    ['a window in words', { windowMs: '10000' }],
    ['an endless window', { windowMs: Infinity }],
    ['a share of nothing', { failureShare: 0 }],
    ['a share of more than all', { failureShare: 1.1 }],
    ['a time share below nothing', { timeShare: -0.5 }],
    ['a first backoff of no time', { firstBackoffMs: 0 }],
    ['an endless backoff', { longestBackoffMs: Infinity }],
    ['a limit that is null', { windowMs: null }],
    ['a misspelt name', { minimalCalls: 3 }],
    ['no object', 20],
    ['nothing', null],
  ])('refuse %s', (_what, options) => {
    const create = () => createBreaker(options as BreakerOptions, () => 0);
    expect(create).toThrow(expect.objectContaining({ name: 'PlugwireUsageError', code: 'bad_option' }));
  });

  it('say what was seen and what is expected', () => {
    expect(() => createBreaker({ windowMs: 0 }, () => 0)).toThrow(
      'breaker.windowMs is 0: expected a whole number from 1 to 3600000 (',
    );
  });

  it('have their defaults where they are undefined', () => {
    const options = { minimumCalls: 1, windowMs: undefined, timeShare: undefined, onChange: undefined };
    const breaker = createBreaker(options as unknown as BreakerOptions, () => 0);
    breaker.record(true, 0);
    expect(breaker.state()).toBe('open');
  });

  it('take the ends of their ranges', () => {
    const breaker = createBreaker({ minimumCalls: 1, failureShare: 1, timeShare: 1, windowMs: 1 }, () => 0);
    breaker.record(true, 0);
    expect(breaker.state()).toBe('open');
  });
});
