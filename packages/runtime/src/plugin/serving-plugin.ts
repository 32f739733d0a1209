import type { PluginIdentity } from '@plugwire/wire';

import type { BreakerState } from '../breaker/breaker.ts';
import { callFailure } from '../outcomes/call-result.ts';
import type { GuestUsage } from '../outcomes/guest-usage.ts';
import type { Dispatch } from './dispatch-function.ts';
import type { RecentDispatches } from './slot-records.ts';

/** The state and usage of a plugin. */
export interface PluginHealth {
  /** `down` while the process of a plugin does not run and waits for its restart. A module is never `down`. */
  readonly status: 'ready' | 'down' | 'closed';
  /** State of the breaker. `open` means that calls are refused because the plugin failed too often or for too long. */
  readonly breaker: BreakerState;
  readonly usage: GuestUsage;
  /** The results of the last minute's dispatches. Requests that do not fit the contract are not counted. */
  readonly recent: RecentDispatches;
}

/** The result of a ping. `stage` and `code` are those of a load that fails in the same way. */
export type PingResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly stage: 'instantiate' | 'self_check';
      readonly code: string;
      readonly message: string;
    };

/** A loaded plugin that runs in this thread or elsewhere. */
export interface ServingPlugin {
  /** The operator's name for the plugin. It is used in metrics and logs. */
  readonly name: string;
  /** Name and version of the plugin. For a process they come from the source that starts it. */
  readonly identity: Pick<PluginIdentity, 'plugin_name' | 'plugin_version'>;
  /** The SHA-256 of its file, in hex: of the main module if it has several, or of the executable if it is a process. */
  readonly sha256: string;
  /** The version of each function that it serves. */
  readonly functions: Readonly<Record<string, number>>;
  /** Calls the plugin and resolves with the outcome. Never rejects. */
  readonly dispatch: Dispatch;
  /** Asks the plugin whether it can serve. Never rejects. For a closed plugin it resolves with the code `closed`. */
  ping(): Promise<PingResult>;
  /** Makes the gauges of the plugin's name show this plugin. Use it if several plugins serve under one name: see `PluginSlot`. */
  promote(): void;
  /** Returns the current state and usage: fuel in units, memory in bytes. Never throws, even after `close`. */
  health(): PluginHealth;
  /** Closes the plugin. Later dispatches fail with `plugin_call`/`closed`. Never rejects. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The result of a ping of a closed plugin. */
export const CLOSED: PingResult = {
  ok: false,
  stage: 'instantiate',
  code: 'closed',
  message: callFailure('closed').message,
};
