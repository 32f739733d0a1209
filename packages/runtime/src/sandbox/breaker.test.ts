import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Breaker, BreakerOptions, BreakerState } from './breaker.ts';
import { BREAKER_DEFAULTS, createBreaker } from './breaker.ts';

interface Rig {
  readonly breaker: Breaker;
  /** What `onChange` was told. */
  readonly changes: (readonly [BreakerState, number])[];
  /** Lets time pass. */
  wait(ms: number): void;
  /** One call from `admit` to `record`; false if it was refused. */
  call(failed: boolean, durationMs?: number): boolean;
  calls(count: number, failed: boolean, durationMs?: number): void;
}

const START = 123_456;

const createRig = (options: BreakerOptions = {}): Rig => {
  let at = START;
  const changes: (readonly [BreakerState, number])[] = [];
  const onChange = (state: BreakerState, backoffMs: number): void => void changes.push([state, backoffMs]);
  const breaker = createBreaker({ ...options, onChange }, () => at);
  const call = (failed: boolean, durationMs = 0): boolean => {
    if (!breaker.admit()) return false;
    at += durationMs;
    breaker.record(failed, durationMs);
    return true;
  };
  return {
    breaker,
    changes,
    wait: (ms) => {
      at += ms;
    },
    call,
    calls: (count, failed, durationMs) => {
      for (let done = 0; done < count; done += 1) call(failed, durationMs);
    },
  };
};

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
    const { breaker, wait, changes } = createOpenRig();
    for (let late = 0; late < 30; late += 1) breaker.record(true, 5);
    wait(10);
    breaker.record(false, 20);
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
    const { breaker, wait } = createOpenRig();
    wait(1000);
    for (let lost = 0; lost < 5; lost += 1) {
      expect([breaker.admit(), breaker.admit()]).toEqual([true, false]);
      wait(1000);
    }
    expect(breaker.admit()).toBe(true);
    wait(3);
    breaker.record(false, 3);
    expect(breaker.state()).toBe('closed');
  });

  it.each([true, false])('does not take a call from before for the probe (it failed: %s)', (failed) => {
    const { breaker, wait, changes } = createOpenRig();
    wait(1000);
    expect(breaker.admit()).toBe(true);
    wait(10);
    breaker.record(failed, 1015);
    expect(breaker.state()).toBe('half_open');
    expect(breaker.admit()).toBe(false);
    breaker.record(false, 10);
    expect(breaker.state()).toBe('closed');
    for (let late = 0; late < 30; late += 1) breaker.record(true, 1015);
    expect(changes.at(-1)).toEqual(['closed', 0]);
  });

  it('does not mind a report of a call that it did not admit', () => {
    const { breaker, wait } = createOpenRig();
    wait(1000);
    expect(breaker.state()).toBe('half_open');
    breaker.record(false, 0);
    breaker.record(true, 0);
    expect(breaker.state()).toBe('half_open');
    expect(breaker.admit()).toBe(true);
  });
});

describe('the callback', () => {
  it('sees the new state', () => {
    const seen: BreakerState[] = [];
    let at = 0;
    const breaker = createBreaker({ minimumCalls: 1, onChange: () => seen.push(breaker.state()) }, () => at);
    breaker.record(true, 0);
    at += 1000;
    expect(breaker.admit()).toBe(true);
    breaker.record(false, 0);
    expect(seen).toEqual(['open', 'half_open', 'closed']);
  });

  it('can be left out', () => {
    const breaker = createBreaker({ minimumCalls: 1 }, () => 0);
    breaker.record(true, 0);
    expect(breaker.state()).toBe('open');
  });
});

describe('whatever happens, a breaker', () => {
  const { minimumCalls, windowMs, failureShare, timeShare, longestBackoffMs } = BREAKER_DEFAULTS;
  const duration = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 }), fc.nat(20_000));
  const report = fc.record({ failed: fc.boolean(), durationMs: duration, wait: fc.nat(600) });

  it('never opens on fewer than the minimum of calls', () => {
    fc.assert(
      fc.property(fc.array(report, { maxLength: minimumCalls - 1 }), (reports) => {
        const rig = createRig();
        for (const { failed, durationMs, wait } of reports) {
          rig.wait(wait);
          rig.call(failed, durationMs);
        }
        expect(rig.changes).toEqual([]);
      }),
    );
  });

  it('never opens while every window has fewer than the minimum of calls', () => {
    const apart = Math.floor(windowMs / (minimumCalls - 1)) + 1;
    fc.assert(
      fc.property(fc.array(report, { maxLength: 300, size: 'max' }), (reports) => {
        const rig = createRig();
        for (const { failed, durationMs, wait } of reports) {
          rig.wait(apart + (wait % 50));
          rig.call(failed, durationMs);
        }
        expect(rig.changes).toEqual([]);
      }),
    );
  });

  it('never opens while both shares are below their limits', () => {
    // At most one in three calls fails, after a wait of more than twice its duration.
    const third = fc.record({ failing: fc.integer({ min: 0, max: 3 }), wait: fc.nat(1000) });
    fc.assert(
      fc.property(fc.array(third, { maxLength: 300, size: 'max' }), (thirds) => {
        const rig = createRig();
        for (const { failing, wait } of thirds) {
          rig.wait(wait);
          for (let place = 0; place < 3; place += 1) {
            rig.call(place === failing, place === failing ? 0.4 * wait : 0);
          }
        }
        expect(rig.changes).toEqual([]);
      }),
    );
  });

  it('opens exactly when the calls of the window say so', () => {
    const failing = fc.record({ failed: fc.boolean(), durationMs: duration, wait: fc.nat(1500) });
    const healthy = fc.record({ failed: fc.constant(false), durationMs: fc.nat(20), wait: fc.nat(300) });
    const mixed = fc.oneof({ weight: 1, arbitrary: failing }, { weight: 2, arbitrary: healthy });
    fc.assert(
      fc.property(fc.array(mixed, { maxLength: 200, size: 'max' }), (reports) => {
        const rig = createRig();
        const ended: { readonly bucket: number; readonly failed: boolean; readonly durationMs: number }[] =
          [];
        let at = START;
        for (const { failed, durationMs, wait } of reports) {
          rig.wait(wait);
          rig.call(failed, durationMs);
          at += wait + durationMs;
          const bucket = Math.floor(at / (windowMs / 10));
          ended.push({ bucket, failed, durationMs });
          const inWindow = ended.filter((call) => call.bucket > bucket - 10);
          const failures = inWindow.filter((call) => call.failed);
          const failedMs = failures.reduce((sum, call) => sum + call.durationMs, 0);
          const opens =
            inWindow.length >= minimumCalls &&
            (failures.length >= failureShare * inWindow.length || failedMs >= timeShare * windowMs);
          expect(rig.breaker.state()).toBe(opens ? 'open' : 'closed');
          if (opens) return;
        }
      }),
    );
  });

  it('never stays shut for good, and changes its state only in order', () => {
    const step = fc.oneof(
      fc.record({ name: fc.constant('wait' as const), ms: fc.nat(3000) }),
      fc.record({ name: fc.constant('admit' as const) }),
      fc.record({ name: fc.constant('record' as const), failed: fc.boolean(), durationMs: duration }),
      fc.record({ name: fc.constant('state' as const) }),
    );
    const order = ['closed open', 'open half_open', 'half_open open', 'half_open closed'];
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const { breaker, changes, wait } = createRig({ minimumCalls: 2 });
        for (const taken of steps) {
          if (taken.name === 'wait') wait(taken.ms);
          else if (taken.name === 'record') breaker.record(taken.failed, taken.durationMs);
          else breaker[taken.name]();
        }
        const states = ['closed', ...changes.map(([state]) => state)];
        for (const [at, [state]] of changes.entries()) expect(order).toContain(`${states[at]} ${state}`);
        wait(longestBackoffMs);
        expect(breaker.admit()).toBe(true);
        breaker.record(false, 0);
        expect(breaker.state()).toBe('closed');
      }),
    );
  });
});
