import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { resolveBreakerLimits } from './breaker-limits.ts';
import { createRig, START } from '../sandbox/testing/breaker-rig.ts';

describe('for random calls, a breaker', () => {
  const { minimumCalls, windowMs, failureShare, timeShare, longestBackoffMs } = resolveBreakerLimits();
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

  it('opens exactly when the calls of the window reach one of the shares', () => {
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

  it('always admits a call after the longest backoff, and changes its state only in order', () => {
    const step = fc.oneof(
      fc.record({ name: fc.constant('wait' as const), ms: fc.nat(3000) }),
      fc.record({ name: fc.constant('admit' as const) }),
      fc.record({ name: fc.constant('record' as const), failed: fc.boolean(), durationMs: duration }),
      fc.record({ name: fc.constant('state' as const) }),
    );
    const order = ['closed open', 'open half_open', 'half_open open', 'half_open closed'];
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const { breaker, report: tell, changes, wait } = createRig({ minimumCalls: 2 });
        for (const taken of steps) {
          if (taken.name === 'wait') wait(taken.ms);
          else if (taken.name === 'record') tell(taken.failed, taken.durationMs);
          else breaker[taken.name]();
        }
        const states = ['closed', ...changes.map(([state]) => state)];
        for (const [at, [state]] of changes.entries()) expect(order).toContain(`${states[at]} ${state}`);
        wait(longestBackoffMs);
        expect(breaker.admit()).toBe(true);
        tell(false, 0);
        expect(breaker.state()).toBe('closed');
      }),
    );
  });
});
