import { type GuestLog, SILENT_LEVEL } from '../sandbox/kernel.ts';
import type { HostLogger } from './logger.ts';
import { LOG_LEVELS, LOG_TARGETS, writeLog } from './logger.ts';

/** A guest's line is cut after this many characters. */
const LINE_CHARACTERS = 4096;

/** A log that writes nothing. */
export const SILENT_LOG: GuestLog = { level: () => SILENT_LEVEL, write: () => undefined };

/** What a guest writes, marked as its words: `target` is `cc_lb_plugin.guest`, `origin` is `guest`. */
export const createGuestLog = (logger: HostLogger | undefined, plugin: string | undefined): GuestLog => {
  if (logger === undefined) return SILENT_LOG;
  const fields = { target: LOG_TARGETS.guest, origin: 'guest', ...(plugin === undefined ? {} : { plugin }) };
  return {
    level: () => lowestLevel(logger),
    write: (level, text) => {
      const name = LOG_LEVELS[level];
      if (name !== undefined) writeLog(logger, name, fields, text.slice(0, LINE_CHARACTERS));
    },
  };
};

/** The lowest level that the logger writes; what a broken logger says about itself must not fail a call either. */
const lowestLevel = (logger: HostLogger): number => {
  try {
    const lowest = LOG_LEVELS.findIndex((level) => logger.isLevelEnabled?.(level) ?? true);
    return lowest < 0 ? SILENT_LEVEL : lowest;
  } catch {
    return SILENT_LEVEL;
  }
};
