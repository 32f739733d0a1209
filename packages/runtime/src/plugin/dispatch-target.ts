import type { Ladder, WireFunction } from '@plugwire/wire';

import type { CallLimits } from '../base/limits.ts';
import type { DispatchLog } from '../observe/dispatch-log.ts';
import type { SlotCounts } from '../observe/host-metrics.ts';
import type { CallWindow } from '../breaker/call-window.ts';

/** A contract of the host, as one plugin serves it. */
export interface DispatchEntry {
  readonly contract: WireFunction;
  readonly ladder: Ladder;
  /** The negotiated version; `undefined` if the plugin does not serve the function. */
  readonly version: number | undefined;
  readonly limits: CallLimits;
}

/** What a dispatch needs of its plugin, however the plugin is reached. */
export interface DispatchTarget {
  /** The operator's name for the plugin. */
  readonly name: string;
  readonly entries: ReadonlyMap<WireFunction, DispatchEntry>;
  readonly counts: Pick<SlotCounts, 'forFunction'>;
  /** The dispatches of the last while; a request that the contract refuses is not one of them. */
  readonly recent: CallWindow;
  readonly log: DispatchLog;
  readonly revealGuestErrors: boolean;
  /** Nobody waits for its answers: failures are not published. */
  readonly isReplay?: true;
  isClosed(): boolean;
}

/** What holds for one dispatch alone. */
export interface DispatchOptions {
  /** What is left of the caller's own time, in milliseconds. It only shortens the limit; 0 or less fails at once. */
  readonly deadlineMs?: number;
  /** The caller's own fields for the log line of a failure, such as a request id. */
  readonly fields?: Readonly<Record<string, unknown>>;
}
