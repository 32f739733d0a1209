import { PlugwireUsageError, showType } from '@plugwire/wire';

import { type BreakerLimits, resolveBreakerLimits } from './breaker-limits.ts';
import { type CallTotals, createCallWindow } from './call-window.ts';

/** `closed`: calls run. `open`: no call runs. `half_open`: one call at a time runs as a probe. */
export type BreakerState = 'closed' | 'open' | 'half_open';

/** When a breaker opens and for how long, and a callback for changes. */
export interface BreakerOptions extends Partial<BreakerLimits> {
  /**
   * Called after each change of state.
   *
   * `backoffMs` is the time that the breaker stays open. When it is half open, it is the time after which another probe is
   * admitted. When it is closed, it is 0.
   */
  readonly onChange?: (state: BreakerState, backoffMs: number) => void;
}

/** The circuit breaker of one plugin. */
export interface Breaker {
  /** Returns whether a call may run now. Report each admitted call to `record` when it has ended. */
  admit(): boolean;
  /**
   * Reports that an admitted call has just ended. `startedMs` is when it began, on the breaker's clock. `tookMs` is the time that counts
   * for the call, in milliseconds. By default it is the time since `startedMs`.
   */
  record(failed: boolean, startedMs: number, tookMs?: number): void;
  /** Reports work since `startedMs` that an earlier failure made necessary. Its time counts as time of failing calls. */
  recordRecovery(startedMs: number): void;
  /** The current state. An open breaker becomes half open when its backoff is over, even without a call. */
  state(): BreakerState;
}

/**
 * Creates a closed breaker. `now` is a monotonic clock in milliseconds. The breaker has no timers: it reads the clock when it is used.
 *
 * With at least `minimumCalls` calls in the window it opens when one of two shares is reached:
 * - `failureShare`: failing calls among all calls. A bare count would let one client send a bad request often and switch the
 *   plugin off for all others.
 * - `timeShare`: time of failing calls in the window's wall time. A few calls that run into their deadline can be a small share of
 *   thousands of quick calls, but each of them blocks the host's thread. Slow calls that succeed do not count.
 *
 * An open breaker admits no call until the backoff is over. Then it admits one probe at a time. A probe that succeeds closes the
 * breaker and resets the window and the backoff. A probe that fails opens it for twice as long. If a probe is never reported,
 * another one is admitted after the same backoff.
 *
 * Calls that began before the breaker last opened are ignored, so that they do not count as the probe.
 *
 * Throws `PlugwireUsageError` `bad_option` for an unknown option and for a value out of its range in `BREAKER_LIMITS`. Options that
 * are `undefined` have their defaults.
 *
 * @example
 * const now = () => clock.nowMs();
 * const breaker = createBreaker({ minimumCalls: 5, onChange: (state) => logger.warn({ state }, 'upstream') }, now);
 *
 * const askUpstream = async (url) => {
 *   if (!breaker.admit()) throw new Error('the upstream fails too often: try again later');
 *   const startedMs = now();
 *   let failed = true;
 *   try {
 *     const answer = await fetch(url);
 *     failed = answer.status >= 500;
 *     return answer;
 *   } finally {
 *     breaker.record(failed, startedMs);
 *   }
 * };
 */
export const createBreaker = (options: BreakerOptions, now: () => number): Breaker => {
  const { onChange, ...given } = checkObject(options);
  const limits = resolveBreakerLimits(given);
  const window = createCallWindow(limits.windowMs);
  let state: BreakerState = 'closed';
  let backoffMs = 0;
  let openedAt = -Infinity;
  let probeAt: number | undefined;

  const change = (to: BreakerState): void => {
    state = to;
    probeAt = undefined;
    onChange?.(to, backoffMs);
  };

  const open = (at: number): void => {
    openedAt = at;
    backoffMs = Math.min(Math.max(2 * backoffMs, limits.firstBackoffMs), limits.longestBackoffMs);
    change('open');
  };

  const close = (): void => {
    window.clear();
    backoffMs = 0;
    change('closed');
  };

  const stateAt = (at: number): BreakerState => {
    if (state === 'open' && at - openedAt >= backoffMs) change('half_open');
    return state;
  };

  const isTooMuch = ({ calls, failures, failedMs }: CallTotals): boolean =>
    calls >= limits.minimumCalls &&
    (failures / calls >= limits.failureShare || failedMs / limits.windowMs >= limits.timeShare);

  return {
    admit: () => {
      if (state === 'closed') return true;
      const at = now();
      if (stateAt(at) === 'open') return false;
      if (probeAt !== undefined && at - probeAt < backoffMs) return false;
      probeAt = at;
      return true;
    },
    record: (failed, startedMs, tookMs) => {
      if (startedMs <= openedAt) return;
      const at = now();
      if (state === 'closed') {
        if (isTooMuch(window.add(at, failed, tookMs ?? at - startedMs))) open(at);
      } else if (probeAt !== undefined) {
        if (failed) open(at);
        else close();
      }
    },
    recordRecovery: (startedMs) => {
      const at = now();
      if (state === 'closed' && isTooMuch(window.addTime(at, at - startedMs))) open(at);
    },
    state: () => stateAt(now()),
  };
};

const checkObject = (options: BreakerOptions): BreakerOptions => {
  if (typeof options === 'object' && options !== null) return options;
  throw new PlugwireUsageError(
    'bad_option',
    `options is ${showType(options)}: expected limits of a breaker.`,
  );
};
