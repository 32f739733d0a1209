import { getRandomValues } from 'node:crypto';
import { types } from 'node:util';

import { PlugwireUsageError, showType } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import type { CallCode } from '../outcomes/call-result.ts';
import { isStackOverflow } from '../base/is-stack-overflow.ts';
import { findRefusal, refuseCall } from './call-refusal.ts';
import { silenceRejection } from '../base/silence-rejection.ts';

/**
 * Sources of time and randomness for plugins. They serve `cc_lb_now_unix_ms`, `cc_lb_random_bytes`, and WASI's clocks and random numbers.
 * By default the system's sources are used. With your own sources calls are exactly repeatable. Deadlines always use the real clock.
 *
 * Sources must be synchronous. A source that throws or returns an invalid value fails the call with `source_failed`.
 */
export interface HostSources {
  /**
   * Wall clock: whole milliseconds since 1970, up to the year 2554. By default the global `Date.now`, so that a date that a test sets is
   * used.
   */
  readonly nowUnixMs?: () => number;
  /** Monotonic clock: nanoseconds since any moment, from 0 to 2^64 - 1. By default the system's. */
  readonly monotonicNs?: () => bigint;
  /** Fills the whole array with random bytes. It has at most 65,536 bytes. Do not keep it. By default the system's secure randomness. */
  readonly fillRandom?: (bytes: Uint8Array) => void;
}

/** Sources that return valid values or end the call with `source_failed`. */
export type GuardedSources = Required<HostSources>;

/** Wraps sources for callers that do not handle refusals: a refusal ends the call through `stop`. */
export const stopOnRefusal = (
  sources: GuardedSources,
  stop: (code: CallCode, detail: string) => never,
): GuardedSources => {
  const guarded = <Value>(source: () => Value): Value => {
    try {
      return source();
    } catch (error) {
      const refusal = findRefusal(error);
      if (refusal === undefined) throw error;
      return stop(refusal.code, refusal.detail);
    }
  };
  return {
    nowUnixMs: () => guarded(sources.nowUnixMs),
    monotonicNs: () => guarded(sources.monotonicNs),
    fillRandom: (bytes) => guarded(() => sources.fillRandom(bytes)),
  };
};

/** The last millisecond whose nanoseconds fit into 64 bits. WASI's clocks have that type. */
const LAST_UNIX_MS = 18_446_744_073_709;

/** Checks sources and wraps them with checks of their results. Throws `PlugwireUsageError` `bad_option`. */
export const guardSources = (sources: HostSources = {}): GuardedSources => {
  const { nowUnixMs, monotonicNs, fillRandom } = checkSources(sources);
  return {
    nowUnixMs:
      nowUnixMs === undefined
        ? unixMsOf('Date.now', clock.globalUnixMs)
        : unixMsOf('sources.nowUnixMs', nowUnixMs),
    monotonicNs:
      monotonicNs === undefined
        ? clock.monotonicNs
        : () => {
            const ns = ask('sources.monotonicNs', monotonicNs);
            return typeof ns === 'bigint' && BigInt.asUintN(64, ns) === ns
              ? ns
              : refuse('sources.monotonicNs', ns);
          },
    fillRandom:
      fillRandom === undefined
        ? (bytes) => {
            getRandomValues(bytes);
          }
        : (bytes) => {
            // A copy, because `bytes` may be the guest's memory, which a source must not keep.
            const own = new Uint8Array(bytes.length);
            const given = ask('sources.fillRandom', () => fillRandom(own)) as unknown;
            if (given !== undefined && given !== own) refuse('sources.fillRandom', given);
            bytes.set(own);
          },
  };
};

/** A wall clock that is checked at each call, because a test may set any date. */
const unixMsOf = (name: string, source: () => number) => (): number => {
  const ms = ask(name, source);
  return Number.isInteger(ms) && ms >= 0 && ms <= LAST_UNIX_MS ? ms : refuse(name, ms);
};

const NAMES = ['nowUnixMs', 'monotonicNs', 'fillRandom'] as const satisfies (keyof HostSources)[];

const checkSources = (sources: HostSources): HostSources => {
  if (typeof sources !== 'object' || sources === null) badOption(`sources is ${showType(sources)}`);
  for (const [name, source] of Object.entries(sources) as [string, unknown][]) {
    if (!NAMES.some((known) => known === name)) badOption(`sources has no source "${name}"`);
    if (source === undefined) continue;
    if (typeof source !== 'function') badOption(`sources.${name} is ${showType(source)}`);
    if (types.isAsyncFunction(source)) badOption(`sources.${name} is async, but a guest cannot wait`);
  }
  return sources;
};

const badOption = (seen: string): never => {
  throw new PlugwireUsageError(
    'bad_option',
    `${seen}: expected synchronous functions by name, of ${NAMES.join(', ')}.`,
  );
};

const ask = <Value>(name: string, source: () => Value): Value => {
  try {
    return source();
  } catch (error) {
    if (isStackOverflow(error)) throw error; // caused by the guest's recursion
    return refuseCall('source_failed', `${name} threw`);
  }
};

const refuse = (name: string, given: unknown): never => {
  silenceRejection(given);
  return refuseCall('source_failed', `${name} returned an invalid value`);
};
