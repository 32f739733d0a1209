import type {
  Dispatch,
  DispatchOptions,
  DispatchSync,
  LoadOptions,
  PingResult,
  PluginHealth,
  PluginSource,
  CarrierSource,
  Recording,
  RecentDispatches,
} from '@plugwire/runtime';

import type { ReplaySettings, ReplayTotals } from './check-replay.ts';

/** What holds for one dispatch through a handle. */
export interface HandleDispatchOptions extends DispatchOptions {
  /**
   * Whose request it is: requests of one key go to the same version while a canary runs. Without a key, requests take turns in the share
   * that the canary has.
   */
  readonly key?: string;
}

/** How a version is loaded under a handle. The name is the handle's. */
export interface SwapOptions extends Omit<LoadOptions, 'name'> {
  /** Takes a plugin that calls itself otherwise than the one that serves. By default that is refused: it is most often a mistake. */
  readonly allowAnotherPlugin?: boolean;
  /**
   * Replays recorded calls to the new version before it gets any traffic, and refuses it if too many end in another way. The calls are those
   * of the version that serves and of its predecessor, so the host, or their loads, must have `recordings`. It holds for this operation alone.
   *
   * @example { calls: 500, differenceShare: 0.01 }
   */
  readonly replay?: ReplaySettings;
}

/** How long a name is disabled. */
export interface DisableOptions {
  /** Also across restarts, until `enable`: the operator needs a registry. By default it ends with the process. */
  readonly persist?: boolean;
}

/** What a version is loaded from: a module, or a source that starts it elsewhere, such as in a process. */
export type VersionSource = PluginSource | CarrierSource;

/** Which version of a plugin it is. */
export interface VersionFacts {
  /** The name in its identity. */
  readonly plugin: string;
  /** The version in its identity. */
  readonly version: string;
  /** The SHA-256 of its file, in hex. */
  readonly sha256: string;
}

/** What an operation changed. */
export interface SwapReport {
  /** The version that served before; `undefined` if there was none. */
  readonly from: VersionFacts | undefined;
  readonly to: VersionFacts;
  readonly how: 'swap' | 'roll_back' | 'canary';
  /** What the replay came to; `undefined` without one. */
  readonly replayed: ReplayTotals | undefined;
  /** When traffic moved, in milliseconds since 1970. */
  readonly atUnixMs: number;
}

/** The last operation on a handle that failed. */
export interface FailureReport {
  /** The stage and code of a `PluginLoadError`, or `operate` and an `OperateError`'s. */
  readonly stage: string;
  readonly code: string;
  readonly message: string;
  readonly atUnixMs: number;
}

/** A version that is loaded and checked, and does not serve yet. */
export interface PreparedSwap {
  readonly to: VersionFacts;
  /** What the replay came to; `undefined` without one. */
  readonly replayed: ReplayTotals | undefined;
  /** Gives it all of the traffic, at this instant. Throws `OperateError` `handle_closed`. */
  commit(): SwapReport;
  /** Closes it. The former version goes on serving. Never rejects. */
  cancel(): Promise<void>;
}

/** How much of the traffic a canary gets, and when it is withdrawn. */
export interface CanaryOptions extends SwapOptions {
  /** The share of requests that the new version gets, above 0 and at most 1. */
  readonly share: number;
  /** Withdraws the new version when more than this share of its dispatches fell back. 0.1 by default. */
  readonly failureShare?: number;
  /** Fewer dispatches than this say nothing. 20 by default. */
  readonly minimumCalls?: number;
}

/** A canary, as `health()` shows it. */
export interface CanaryHealth extends VersionFacts {
  readonly share: number;
  readonly status: 'running' | 'promoted' | 'withdrawn';
  readonly dispatches: number;
  readonly fallbacks: number;
}

/** How a name is: a plain object, fit for a readiness probe. */
export interface HandleHealth {
  readonly name: string;
  /** `serving` if a version gets the traffic. `not_loaded`, `disabled` and `closed`: requests get the contract’s fallback. */
  readonly state: 'serving' | 'not_loaded' | 'disabled' | 'closed';
  /** The version that gets the traffic, or would get it if the name were not disabled. */
  readonly version: VersionFacts | undefined;
  /** The negotiated version of each function. */
  readonly functions: Readonly<Record<string, number>>;
  /** How the version that gets the traffic is: `down` while its process does not run. */
  readonly status: PluginHealth['status'] | undefined;
  readonly breaker: PluginHealth['breaker'] | undefined;
  readonly usage: PluginHealth['usage'] | undefined;
  readonly recent: RecentDispatches;
  /** The version that `rollBack` returns to. */
  readonly previous: VersionFacts | undefined;
  /** The canary that runs, or the last one that did. */
  readonly canary: CanaryHealth | undefined;
  readonly lastSwap: SwapReport | undefined;
  readonly lastFailure: FailureReport | undefined;
}

/** One version, held for requests that must not be answered by another. */
export interface PinnedVersion extends Dispatches, VersionFacts {
  /** The same object in every pin of one loaded version, and in no other: a key for a `WeakMap` of what the version made. */
  readonly facts: VersionFacts;
  /** Lets the version go. A version that has been swapped out is closed once nobody holds it. */
  release(): void;
  [Symbol.dispose](): void;
}

/**
 * The two ways to dispatch. Neither throws, and neither rejects. What runs in another process answers `dispatch` alone: `dispatchSync` gives
 * the fallback with `plugin_call`/`not_synchronous`.
 */
export interface Dispatches {
  readonly dispatchSync: DispatchSync<HandleDispatchOptions>;
  readonly dispatch: Dispatch<HandleDispatchOptions>;
}

/**
 * A name, and whatever serves under it. It lives as long as the name: swaps, crashes, rollbacks and a refused load never change the
 * embedder’s reference. Without a version, a dispatch gives the contract’s fallback with `plugin_call`/`not_loaded`.
 *
 * Operations on one handle run one after another.
 */
export interface PluginHandle extends Dispatches {
  readonly name: string;
  /**
   * Loads a version beside the one that serves, shakes hands, lets it check itself, and moves the traffic at one instant. Without options it
   * is loaded with those of the version that serves. The former version stays loaded for `rollBack`, until the next swap.
   *
   * If anything fails the former version goes on serving. Rejects with `PluginLoadError`, or `OperateError` `another_plugin`,
   * `handle_closed`, `nothing_recorded`, `replay_differs` or `not_replayable`.
   */
  swap(source: VersionSource, options?: SwapOptions): Promise<SwapReport>;
  /**
   * The first half of a swap: loads and checks a version, and moves nothing. For several swaps that are to happen together, or not at all.
   * Rejects like `swap`.
   */
  prepareSwap(source: VersionSource, options?: SwapOptions): Promise<PreparedSwap>;
  /** Moves the traffic back to the former version at once, and loads nothing. Throws `OperateError` `nothing_to_roll_back`, `handle_closed`. */
  rollBack(): SwapReport;
  /** Closes the former version, so that its memory is free. `rollBack` is not possible then. */
  forgetPrevious(): Promise<void>;
  /**
   * Loads a version beside the one that serves and gives it a share of the traffic. It is withdrawn by itself when too many of its dispatches
   * fall back. Rejects like `swap`, and with `OperateError` `canary_running` or `not_loaded`.
   */
  startCanary(source: VersionSource, options: CanaryOptions): Promise<void>;
  /** Gives the canary all of the traffic: a swap that loads nothing. Rejects with `OperateError` `no_canary`. */
  promoteCanary(): Promise<SwapReport>;
  /** Takes the traffic from the canary and closes it. Rejects with `OperateError` `no_canary`. */
  withdrawCanary(): Promise<void>;
  /**
   * Holds the version that serves now. Use it for state that must not cross a swap, such as the signer of one request. While the name is
   * disabled, a pinned version gives the fallback too. Throws `OperateError` `not_loaded` or `handle_closed`.
   *
   * @example
   * using signer = handle.pin();
   * const built = signer.dispatchSync(buildSigner, request);
   * const signed = signer.dispatchSync(sign, { state: built.response.state });
   */
  pin(): PinnedVersion;
  /**
   * Gives every dispatch the contract’s fallback from now on, with `plugin_call`/`disabled`. It is not counted as an error. It holds at once,
   * before the promise settles. With `persist` the operator’s registry keeps it across restarts.
   *
   * Rejects with `OperateError` `not_persisted`: the name is disabled, but will not be after a restart.
   *
   * @example await handle.disable({ persist: true });
   */
  disable(options?: DisableOptions): Promise<void>;
  /**
   * Ends `disable`, at once and across restarts. Rejects with `OperateError` `not_persisted`: the name is enabled, but will be disabled after a
   * restart.
   */
  enable(): Promise<void>;
  /**
   * What has been recorded of the version that serves, by function. Nothing unless the host or its load has `recordings`.
   *
   * @example respond(formatRecordings(handle.recordings())); // for plugwire record
   */
  recordings(): readonly Recording[];
  /** Repeats the self-check of the version that serves. Never rejects. */
  ping(): Promise<PingResult>;
  health(): HandleHealth;
  /** Closes all versions and frees the name. Dispatches give the fallback from then on. Never rejects. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
