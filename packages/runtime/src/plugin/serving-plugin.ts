import type { PluginIdentity } from '@plugwire/wire';

import type { BreakerState } from '../breaker/breaker.ts';
import { callFailure } from '../outcomes/call-result.ts';
import type { GuestUsage } from '../outcomes/guest-usage.ts';
import type { Dispatch } from './dispatch-function.ts';
import type { RecentDispatches } from './slot-records.ts';

/** How a plugin is. */
export interface PluginHealth {
  /** `down` while a plugin that runs elsewhere does not run: it is started again, or waits for that. A module is never `down`. */
  readonly status: 'ready' | 'down' | 'closed';
  /** `open` while the plugin is left alone because it failed too often or for too long. */
  readonly breaker: BreakerState;
  readonly usage: GuestUsage;
  /** What the last minute's dispatches ended as. Requests that the contract refuses are not counted. */
  readonly recent: RecentDispatches;
}

/** How a plugin answered a ping. `stage` and `code` are those of a load that fails in the same way. */
export type PingResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly stage: 'instantiate' | 'self_check';
      readonly code: string;
      readonly message: string;
    };

/** A loaded plugin, wherever it runs: what a chain or a handle needs of it. */
export interface ServingPlugin {
  /** The operator's name for it: the key of its metrics and logs. */
  readonly name: string;
  /** Who it is. A process does not say: its starter does. */
  readonly identity: Pick<PluginIdentity, 'plugin_name' | 'plugin_version'>;
  /** The SHA-256 of its file, in hex; of its main module if it has several, of the executable if it is a process. */
  readonly sha256: string;
  /** The version of each function that it serves. */
  readonly functions: Readonly<Record<string, number>>;
  /** Calls the plugin and gives the outcome. Never rejects. */
  readonly dispatch: Dispatch;
  /** Asks the plugin whether it can serve. Never rejects: a closed plugin answers `closed`. */
  ping(): Promise<PingResult>;
  /** Lets the gauges of the plugin's name show this plugin. It matters where several serve under one name: see `PluginSlot`. */
  promote(): void;
  /** How it is now, with what it has used: fuel in units, memory in bytes. Never throws, also after `close`. */
  health(): PluginHealth;
  /** Ends it. A later dispatch is `plugin_call`/`closed`. Never rejects. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How a closed plugin answers a ping. */
export const CLOSED: PingResult = {
  ok: false,
  stage: 'instantiate',
  code: 'closed',
  message: callFailure('closed').message,
};
