import { createBreaker, type DispatchOutcome } from '@plugwire/runtime';

import { PlugwireUsageError } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import type { CanaryHealth, CanaryOptions } from './plugin-handle.ts';
import type { Version } from './version.ts';

/** A version that gets a share of the traffic. */
export interface Canary {
  readonly version: Version;
  /** Whether the request goes to the canary. */
  takes(key: string | undefined): boolean;
  /** Notes how a dispatch to it ended, and when it began. */
  note(outcome: DispatchOutcome, startedMs: number): void;
  health(status: CanaryHealth['status']): CanaryHealth;
}

/** How far back failures count. */
const WINDOW_MS = 60_000;
const DEFAULTS = { failureShare: 0.1, minimumCalls: 20 } as const;

/**
 * Gives a version its share. `onFailing` is called once, within the dispatch whose fallback was one too many.
 *
 * Throws `PlugwireUsageError` `bad_option` for a share or a number that is out of its range.
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
      // Time in failing calls is the plugin’s own breaker’s affair.
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
      // A request that the contract refuses says nothing about the plugin.
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

/** A number from 0 to below 1 that is the same for the same key: FNV-1a over its UTF-16 code units, mixed once more. */
const fractionOf = (key: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
};

/** Gives options back whose share is one. Throws `PlugwireUsageError` `bad_option`. */
export const checkCanary = (options: CanaryOptions): CanaryOptions => {
  const { share } = options;
  if (typeof share === 'number' && share > 0 && share <= 1) return options;
  throw new PlugwireUsageError(
    'bad_option',
    `share is ${String(share)}: expected a number above 0 and at most 1, such as 0.05 for one request in twenty.`,
  );
};
