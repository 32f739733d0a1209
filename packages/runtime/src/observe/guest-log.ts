import { clock } from '../base/clock.ts';
import { type GuestLog, SILENT_LEVEL } from '../kernel/kernel.ts';
import { escapeLogLine } from './escape-log-line.ts';
import { createLineLimit } from './line-limit.ts';
import type { HostLogger, LogLevel } from './logger.ts';
import { LOG_LEVELS, LOG_TARGETS, writeLog } from './logger.ts';

/** Where a guest's log lines go, told which call they belong to. */
export interface InstanceLog extends GuestLog {
  /** A call of this function begins, or, with `undefined`, the running one has ended. */
  enter(functionName: string | undefined): void;
}

/** The log of one guest: every line of its own goes through here, by whatever way it comes. */
export interface GuestWords extends InstanceLog {
  /** Writes a line, with fields of its own where it has some. */
  write(level: number, text: string, own?: Readonly<Record<string, unknown>>): void;
  /** Reports what was held back. */
  close(): void;
}

export interface GuestLogOptions {
  /** The operator's name for the plugin; a sandbox has none. */
  readonly plugin?: string | undefined;
  readonly linesPerSecond: number;
  /** The lowest level that is written, over the logger's own; by default all are. */
  readonly lowest?: LogLevel | undefined;
  /** A clock of milliseconds that never goes back. */
  readonly now?: () => number;
}

const nothing = (): void => undefined;

/** A log that writes nothing. */
export const SILENT_LOG: GuestWords = {
  level: () => SILENT_LEVEL,
  write: nothing,
  enter: nothing,
  close: nothing,
};

/**
 * What a guest writes, marked as its words: `target` is `cc_lb_plugin.guest`, `origin` is `guest`. Lines are made harmless, and
 * beyond a number a second they are counted and reported once, with `origin` `host`.
 */
export const createGuestLog = (logger: HostLogger | undefined, options: GuestLogOptions): GuestWords => {
  if (logger === undefined) return SILENT_LOG;
  const { plugin, linesPerSecond, lowest = 'trace', now = () => clock.nowMs() } = options;
  const limit = createLineLimit(linesPerSecond, now);
  const named = plugin === undefined ? {} : { plugin };
  const floor = LOG_LEVELS.indexOf(lowest);
  let running: string | undefined;

  const report = (heldBack: number): void => {
    if (heldBack === 0) return;
    const fields = { target: LOG_TARGETS.guest, origin: 'host', ...named, held_back: heldBack };
    writeLog(logger, 'warn', fields, 'plugin log lines held back');
  };

  return {
    level: () => Math.max(floor, lowestLevel(logger)),
    write: (level, text, own) => {
      const name = LOG_LEVELS[level];
      if (name === undefined || level < floor) return;
      report(limit.takeHeldBack());
      if (!limit.admit()) return;
      const fields = {
        target: LOG_TARGETS.guest,
        origin: 'guest',
        ...named,
        ...(running === undefined ? {} : { function: running }),
        ...(own === undefined ? {} : { fields: showFields(own) }),
      };
      writeLog(logger, name, fields, escapeLogLine(text));
    },
    enter: (functionName) => {
      running = functionName;
    },
    close: () => report(limit.end()),
  };
};

/** More fields, or longer ones, are no log line. */
const MOST_FIELDS = 32;
const LONGEST_FIELD = 1024;

/** A guest's fields, made harmless: texts, numbers and booleans as they are, anything else as JSON. */
const showFields = (own: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(own)
      .slice(0, MOST_FIELDS)
      .map(([key, value]) => [showText(key), showField(value)]),
  );

const showField = (value: unknown): unknown => {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  return showText(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
};

const showText = (text: string): string => escapeLogLine(text.slice(0, LONGEST_FIELD));

/** The lowest level that the logger writes; what a broken logger says about itself must not fail a call either. */
const lowestLevel = (logger: HostLogger): number => {
  try {
    const lowest = LOG_LEVELS.findIndex((level) => logger.isLevelEnabled?.(level) ?? true);
    return lowest < 0 ? SILENT_LEVEL : lowest;
  } catch {
    return SILENT_LEVEL;
  }
};
