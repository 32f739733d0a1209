import { clock } from '../base/clock.ts';
import type { HostMetrics, SlotCounts } from '../observe/host-metrics.ts';
import { createDispatchLog, type DispatchLog } from '../observe/dispatch-log.ts';
import type { HostLogger } from '../observe/logger.ts';
import { type CallWindow, createCallWindow } from '../breaker/call-window.ts';

/** The time that `health().recent` covers. */
const RECENT_MS = 60_000;

/** The number of dispatches in the last minute, and how many of them fell back. */
export interface RecentDispatches {
  readonly dispatches: number;
  readonly fallbacks: number;
  /** `fallbacks` divided by `dispatches`, from 0 to 1. It is 0 if there were no dispatches. */
  readonly fallbackShare: number;
}

/** Counters and log that the plugins of one name share. */
export interface SlotRecords {
  readonly name: string;
  readonly counts: SlotCounts;
  readonly log: DispatchLog;
  readonly recent: CallWindow;
  /** Removes the counts from the registry, and logs how many lines were held back. */
  close(): void;
}

/** Opens the records of a name. */
export const openSlotRecords = (
  name: string,
  metrics: HostMetrics,
  logger: HostLogger | undefined,
): SlotRecords => {
  const counts = metrics.openSlot(name);
  const log = createDispatchLog(logger, name);
  return {
    name,
    counts,
    log,
    recent: createCallWindow(RECENT_MS),
    close: () => {
      log.close();
      counts.close();
    },
  };
};

/** Returns the dispatches of the last minute. */
export const readRecent = ({ recent }: Pick<SlotRecords, 'recent'>): RecentDispatches => {
  const { calls, failures } = recent.totals(clock.nowMs());
  return { dispatches: calls, fallbacks: failures, fallbackShare: calls === 0 ? 0 : failures / calls };
};
