import { PlugwireUsageError, showType } from '@plugwire/wire';

import { type BreakerLimits, resolveBreakerLimits } from './breaker-limits.ts';
import { type CallTotals, createCallWindow } from './call-window.ts';

/** `closed`: calls run. `open`: none does. `half_open`: one at a time does, to see whether the plugin works again. */
export type BreakerState = 'closed' | 'open' | 'half_open';

/** When a breaker opens and for how long, and who hears of it. */
export interface BreakerOptions extends Partial<BreakerLimits> {
  /**
   * Told of every change of state, once it has happened, for the log and the gauge.
   *
   * `backoffMs` is how long it stays open, or how long a probe may take until another is let through; 0 when closed.
   */
  readonly onChange?: (state: BreakerState, backoffMs: number) => void;
}

/** The circuit breaker of one plugin. */
export interface Breaker {
  /** Whether a call may run now. Each one that may is to be reported to `record` when it has ended. */
  admit(): boolean;
  /**
   * Reports that a call which was admitted has just ended, and when it began, on the breaker's own clock. `tookMs` is what it took of the
   * window's time; all the time since it began, if it is left out.
   */
  record(failed: boolean, startedMs: number, tookMs?: number): void;
  /** Reports work since `startedMs` that only an earlier failure made necessary: its time counts as time of failing calls. */
  recordRecovery(startedMs: number): void;
  /** The state by now. An open breaker whose backoff is over is half open, even before a call asks. */
  state(): BreakerState;
}

/**
 * Creates a closed breaker over a monotonic clock of milliseconds. It has no timers: time passes when it is asked.
 *
 * With at least `minimumCalls` calls in the window it opens on either of two shares, never on a bare count:
 * - failing calls among all calls. A crafted request that is sent often, but among more healthy ones, does not
 *   switch the plugin off for these.
 * - time spent in failing calls, of the window's wall time. Among thousands of quick calls a few that run into their
 *   deadline are a small share, but each holds the host's only thread: from here on the plugin costs more than it
 *   gives. Slow calls that succeed do not count.
 *
 * Open, it admits nothing until the backoff is over, then one probe at a time. A probe that succeeds closes it and
 * forgets the window and the backoff; one that fails opens it for twice as long. A probe that is never reported, which
 * only a mistake of the host's can cause, gives way to another after the same backoff.
 *
 * A call that began before the breaker last opened is not counted, whenever it is reported: it says nothing new, and
 * must not pass for the probe.
 *
 * Throws `PlugwireUsageError` `bad_option` for an option that there is not, or that is out of its range in `BREAKER_LIMITS`. One
 * that is `undefined` has its default.
 *
 * @example
 * const now = () => clock.nowMs();
 * const breaker = createBreaker({ minimumCalls: 5, onChange: (state) => logger.warn({ state }, 'upstream') }, now);
 *
 * const askUpstream = async (url) => {
 *   if (!breaker.admit()) throw new Error('the upstream is left alone for a while');
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
