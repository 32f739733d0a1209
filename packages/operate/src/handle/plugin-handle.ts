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

/** Options of one dispatch through a handle. */
export interface HandleDispatchOptions extends DispatchOptions {
  /**
   * A key such as a user id. While a canary runs, requests with the same key go to the same version. Requests without a key are distributed
   * by the canary's share.
   */
  readonly key?: string;
}

/** Options for loading a version under a handle. The name is the handle's. */
export interface SwapOptions extends Omit<LoadOptions, 'name'> {
  /** Allows a plugin whose identity has another name than the one that serves. By default it is refused, because it is usually a mistake. */
  readonly allowAnotherPlugin?: boolean;
  /**
   * Replays recorded calls to the new version before it gets traffic, and refuses it if too many results differ. The calls are those of the
   * serving version and its predecessor, so the host or their loads must have `recordings`. Applies only to this operation.
   *
   * @example { calls: 500, differenceShare: 0.01 }
   */
  readonly replay?: ReplaySettings;
}

/** Options of `disable`. */
export interface DisableOptions {
  /** Keeps the name disabled across restarts until `enable`. The operator needs a registry. By default it ends with the process. */
  readonly persist?: boolean;
}

/** The source of a version: a module, or a carrier source that starts it elsewhere, such as in a process. */
export type VersionSource = PluginSource | CarrierSource;

/** Identifies a version of a plugin. */
export interface VersionFacts {
  /** The name in its identity. */
  readonly plugin: string;
  /** The version in its identity. */
  readonly version: string;
  /** The SHA-256 of its file, in hex. */
  readonly sha256: string;
}

/** The result of an operation that moved traffic. */
export interface SwapReport {
  /** The version that served before. `undefined` if there was none. */
  readonly from: VersionFacts | undefined;
  readonly to: VersionFacts;
  readonly how: 'swap' | 'roll_back' | 'canary';
  /** The result of the replay. `undefined` without a replay. */
  readonly replayed: ReplayTotals | undefined;
  /** When traffic moved, in milliseconds since 1970. */
  readonly atUnixMs: number;
}

/** The last failed operation on a handle. */
export interface FailureReport {
  /** The stage of a `PluginLoadError`, or `operate` for an `OperateError`. */
  readonly stage: string;
  readonly code: string;
  readonly message: string;
  readonly atUnixMs: number;
}

/** A version that is loaded and checked and does not serve yet. */
export interface PreparedSwap {
  readonly to: VersionFacts;
  /** The result of the replay. `undefined` without a replay. */
  readonly replayed: ReplayTotals | undefined;
  /** Moves all traffic to the version at once. Throws `OperateError` `handle_closed`. */
  commit(): SwapReport;
  /** Closes the version. The current version keeps serving. Never rejects. */
  cancel(): Promise<void>;
}

/** The share of a canary, and when it is withdrawn. */
export interface CanaryOptions extends SwapOptions {
  /** The share of requests that the new version gets, above 0 and at most 1. */
  readonly share: number;
  /** The new version is withdrawn if more than this share of its dispatches falls back. By default 0.1. */
  readonly failureShare?: number;
  /** With fewer dispatches the new version is not withdrawn. By default 20. */
  readonly minimumCalls?: number;
}

/** The state of a canary in `health()`. */
export interface CanaryHealth extends VersionFacts {
  readonly share: number;
  readonly status: 'running' | 'promoted' | 'withdrawn';
  readonly dispatches: number;
  readonly fallbacks: number;
}

/** The state of a name, as a plain object for a readiness probe. */
export interface HandleHealth {
  readonly name: string;
  /** `serving`: a version gets the traffic. `not_loaded`, `disabled` and `closed`: requests get the contract’s fallback. */
  readonly state: 'serving' | 'not_loaded' | 'disabled' | 'closed';
  /** The version that gets the traffic, or would get it if the name were not disabled. */
  readonly version: VersionFacts | undefined;
  /** The negotiated version of each function. */
  readonly functions: Readonly<Record<string, number>>;
  /** The status of the version that gets the traffic. `down` while its process does not run. */
  readonly status: PluginHealth['status'] | undefined;
  readonly breaker: PluginHealth['breaker'] | undefined;
  readonly usage: PluginHealth['usage'] | undefined;
  readonly recent: RecentDispatches;
  /** The version that `rollBack` returns to. */
  readonly previous: VersionFacts | undefined;
  /** The running canary, or the last one. */
  readonly canary: CanaryHealth | undefined;
  readonly lastSwap: SwapReport | undefined;
  readonly lastFailure: FailureReport | undefined;
}

/** A version that is kept loaded for requests that no other version may answer. */
export interface PinnedVersion extends Dispatches, VersionFacts {
  /** The same object in every pin of one loaded version. Use it as a key of a `WeakMap` for values that the version created. */
  readonly facts: VersionFacts;
  /** Releases the version. A version that was swapped out is closed when all pins are released. */
  release(): void;
  [Symbol.dispose](): void;
}

/**
 * The two ways to dispatch. They never throw and never reject. A plugin in another process supports only `dispatch`: `dispatchSync` returns
 * the fallback with `plugin_call`/`not_synchronous`.
 */
export interface Dispatches {
  readonly dispatchSync: DispatchSync<HandleDispatchOptions>;
  readonly dispatch: Dispatch<HandleDispatchOptions>;
}

/**
 * A stable reference to a name and the version that serves under it. It stays valid across swaps, crashes, rollbacks and refused loads. Without
 * a version, a dispatch returns the contract’s fallback with `plugin_call`/`not_loaded`.
 *
 * Operations on one handle run one after another.
 */
export interface PluginHandle extends Dispatches {
  readonly name: string;
  /**
   * Loads and checks a version beside the serving one, and then moves all traffic to it at once. Without options it uses those of the serving
   * version. The previous version stays loaded for `rollBack` until the next swap.
   *
   * If anything fails, the previous version keeps serving. Rejects with `PluginLoadError`, or with `OperateError` `another_plugin`,
   * `handle_closed`, `nothing_recorded`, `replay_differs` or `not_replayable`.
   */
  swap(source: VersionSource, options?: SwapOptions): Promise<SwapReport>;
  /**
   * Loads and checks a version without moving traffic. Use it for several swaps that must all happen or none. Rejects like `swap`.
   */
  prepareSwap(source: VersionSource, options?: SwapOptions): Promise<PreparedSwap>;
  /** Moves the traffic back to the previous version at once, without a load. Throws `OperateError` `nothing_to_roll_back` or `handle_closed`. */
  rollBack(): SwapReport;
  /** Closes the previous version to free its memory. Then `rollBack` is not possible. */
  forgetPrevious(): Promise<void>;
  /**
   * Loads a version beside the serving one and gives it a share of the traffic. It is withdrawn automatically if too many of its dispatches
   * fall back. Rejects like `swap`, and with `OperateError` `canary_running` or `not_loaded`.
   */
  startCanary(source: VersionSource, options: CanaryOptions): Promise<void>;
  /** Moves all traffic to the canary, without a load. Rejects with `OperateError` `no_canary`. */
  promoteCanary(): Promise<SwapReport>;
  /** Closes the canary. All traffic goes to the serving version. Rejects with `OperateError` `no_canary`. */
  withdrawCanary(): Promise<void>;
  /**
   * Keeps the current version for several calls. Use it for state that must not cross a swap, such as the signer of one request. While the name
   * is disabled, a pinned version also returns the fallback. Throws `OperateError` `not_loaded` or `handle_closed`.
   *
   * @example
   * using signer = handle.pin();
   * const built = signer.dispatchSync(buildSigner, request);
   * const signed = signer.dispatchSync(sign, { state: built.response.state });
   */
  pin(): PinnedVersion;
  /**
   * Makes every dispatch return the contract’s fallback with `plugin_call`/`disabled`. This is not counted as an error. It takes effect at
   * once, before the promise settles. With `persist` the operator’s registry keeps it across restarts.
   *
   * Rejects with `OperateError` `not_persisted`: the name is disabled, but will not be after a restart.
   *
   * @example await handle.disable({ persist: true });
   */
  disable(options?: DisableOptions): Promise<void>;
  /**
   * Enables the name again, at once and across restarts. Rejects with `OperateError` `not_persisted`: the name is enabled, but will be disabled
   * after a restart.
   */
  enable(): Promise<void>;
  /**
   * Returns the recorded calls of the serving version, by function. Empty unless the host or the load has `recordings`.
   *
   * @example respond(formatRecordings(handle.recordings())); // for plugwire record
   */
  recordings(): readonly Recording[];
  /** Repeats the self-check of the serving version. Never rejects. */
  ping(): Promise<PingResult>;
  health(): HandleHealth;
  /** Closes all versions and frees the name. Later dispatches return the fallback. Never rejects. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
