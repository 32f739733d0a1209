import { getRandomValues } from 'node:crypto';
import { types } from 'node:util';

import { PlugwireUsageError, showType } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import type { CallCode } from '../outcomes/call-result.ts';
import { isStackOverflow } from '../base/is-stack-overflow.ts';
import { findRefusal, refuseCall } from './call-refusal.ts';
import { silenceRejection } from '../base/silence-rejection.ts';

/**
 * Where plugins get time and randomness from: `cc_lb_now_unix_ms`, `cc_lb_random_bytes`, and WASI's clocks and random
 * numbers. A source that is left out is the system's. Sources of your own make a call repeatable, bit for bit. Deadlines always use
 * the real clock. Sources are synchronous. One that throws, or returns a value that it may not, fails the call with `source_failed`.
 */
export interface HostSources {
  /** Wall clock: whole milliseconds since 1970, up to the year 2554. By default the global `Date.now`, so a date that a test sets holds. */
  readonly nowUnixMs?: () => number;
  /** A clock that never goes back: nanoseconds since any moment, as an unsigned number of 64 bits. By default the real one. */
  readonly monotonicNs?: () => bigint;
  /** Fills all of it: at most 65,536 bytes, not to be kept. */
  readonly fillRandom?: (bytes: Uint8Array) => void;
}

/** Sources that give what they may, or end the call with `source_failed`. */
export type GuardedSources = Required<HostSources>;

/** The same sources for whoever does not know refusals: what one refuses ends the call by `stop`. */
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

/** The last millisecond whose nanoseconds fit 64 bits, which WASI has. */
const LAST_UNIX_MS = 18_446_744_073_709;

/** Checks sources and guards them. Throws `PlugwireUsageError` `bad_option`. */
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
            // A copy of our own: what is given may be the guest's memory, which nobody may keep.
            const own = new Uint8Array(bytes.length);
            const given = ask('sources.fillRandom', () => fillRandom(own)) as unknown;
            if (given !== undefined && given !== own) refuse('sources.fillRandom', given);
            bytes.set(own);
          },
  };
};

/** A wall clock, checked at each call: a test may set the date to any. */
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
    if (types.isAsyncFunction(source)) badOption(`sources.${name} is async, and a guest cannot wait`);
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
    if (isStackOverflow(error)) throw error; // the guest's recursion used it up
    return refuseCall('source_failed', `${name} threw`);
  }
};

const refuse = (name: string, given: unknown): never => {
  silenceRejection(given);
  return refuseCall('source_failed', `${name} returned a value that it may not`);
};
