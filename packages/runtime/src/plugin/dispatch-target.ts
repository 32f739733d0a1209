import type { Ladder, WireFunction } from '@plugwire/wire';

import type { CallLimits } from '../base/limits.ts';
import type { DispatchLog } from '../observe/dispatch-log.ts';
import type { SlotCounts } from '../observe/host-metrics.ts';
import type { CallWindow } from '../breaker/call-window.ts';

/** A contract of the host with the version and the limits that apply to one plugin. */
export interface DispatchEntry {
  readonly contract: WireFunction;
  readonly ladder: Ladder;
  /** The negotiated version. `undefined` if the plugin does not serve the function. */
  readonly version: number | undefined;
  readonly limits: CallLimits;
}

/** What a dispatch needs of its plugin, in this thread or elsewhere. */
export interface DispatchTarget {
  /** The operator's name for the plugin. */
  readonly name: string;
  readonly entries: ReadonlyMap<WireFunction, DispatchEntry>;
  readonly counts: Pick<SlotCounts, 'forFunction'>;
  /** The dispatches of the last minute, without requests that do not fit the contract. */
  readonly recent: CallWindow;
  readonly log: DispatchLog;
  readonly revealGuestErrors: boolean;
  /** Set for replays: failures are not published. */
  readonly isReplay?: true;
  isClosed(): boolean;
}

/** Options of one dispatch. */
export interface DispatchOptions {
  /** The time that the caller has left, in milliseconds. It can only shorten the limit. With 0 or less the dispatch fails at once. */
  readonly deadlineMs?: number;
  /** Fields that are added to the log line of a failure, such as a request id. */
  readonly fields?: Readonly<Record<string, unknown>>;
}
