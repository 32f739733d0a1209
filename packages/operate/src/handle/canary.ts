import { createBreaker, type DispatchOutcome } from '@plugwire/runtime';

import { PlugwireUsageError } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import type { CanaryHealth, CanaryOptions } from './plugin-handle.ts';
import type { Version } from './version.ts';

/** A new version that gets a share of the traffic. */
export interface Canary {
  readonly version: Version;
  /** Returns whether a request with this key goes to the canary. */
  takes(key: string | undefined): boolean;
  /** Counts the outcome of a dispatch to the canary that began at `startedMs`. */
  note(outcome: DispatchOutcome, startedMs: number): void;
  health(status: CanaryHealth['status']): CanaryHealth;
}

/** Failures count for this time, in milliseconds. */
const WINDOW_MS = 60_000;
const DEFAULTS = { failureShare: 0.1, minimumCalls: 20 } as const;

/**
 * Creates a canary. `onFailing` is called once, during the dispatch with which too many have fallen back.
 *
 * Throws `PlugwireUsageError` `bad_option` for a value out of its range.
 */
export const createCanary = (
  version: Version,
  { share, failureShare, minimumCalls }: CanaryOptions,
  onFailing: () => void,
): Canary => {
  let dispatches = 0;
  let fallbacks = 0;
  let turns = 0;
  const breaker = createBreaker(
    {
      windowMs: WINDOW_MS,
      failureShare: failureShare ?? DEFAULTS.failureShare,
      minimumCalls: minimumCalls ?? DEFAULTS.minimumCalls,
      // The plugin's own breaker limits the time in failing calls.
      timeShare: 1,
      onChange: (state) => {
        if (state === 'open') onFailing();
      },
    },
    clock.nowMs,
  );
  return {
    version,
    takes: (key) => {
      if (key !== undefined) return fractionOf(key) < share;
      turns += 1;
      return Math.floor(turns * share) > Math.floor((turns - 1) * share);
    },
    note: (outcome, startedMs) => {
      // A request that does not fit the contract says nothing about the plugin.
      if (outcome.kind === 'fallback' && REFUSALS.has(outcome.error.stage)) return;
      const failed = outcome.kind === 'fallback';
      dispatches += 1;
      if (failed) fallbacks += 1;
      breaker.admit();
      breaker.record(failed, startedMs);
    },
    health: (status) => ({ ...version.facts, share, status, dispatches, fallbacks }),
  };
};

const REFUSALS: ReadonlySet<string> = new Set(['request_envelope', 'serialize_request']);

/** Maps a key to a number from 0 to below 1. Equal keys have equal numbers. Uses FNV-1a over the UTF-16 code units and a final mix. */
const fractionOf = (key: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
};

/** Returns the options if their share is valid. Throws `PlugwireUsageError` `bad_option` otherwise. */
export const checkCanary = (options: CanaryOptions): CanaryOptions => {
  const { share } = options;
  if (typeof share === 'number' && share > 0 && share <= 1) return options;
  throw new PlugwireUsageError(
    'bad_option',
    `share is ${String(share)}: expected a number above 0 and at most 1, such as 0.05 for one request in twenty.`,
  );
};
