import { clock } from '../base/clock.ts';
import { type GuestLog, SILENT_LEVEL } from '../kernel/kernel.ts';
import { escapeLogLine } from './escape-log-line.ts';
import { createLineLimit } from './line-limit.ts';
import type { HostLogger, LogLevel } from './logger.ts';
import { LOG_LEVELS, LOG_TARGETS, writeLog } from './logger.ts';

/** The log of one instance. It adds the name of the running function to each line. */
export interface InstanceLog extends GuestLog {
  /** Reports that a call of this function begins, or with `undefined` that the running call has ended. */
  enter(functionName: string | undefined): void;
}

/** The log of one guest. Every line that the guest writes goes through it. */
export interface GuestWords extends InstanceLog {
  /** Writes a line, with the guest's own fields if it has any. `level` is an index into {@link LOG_LEVELS}. */
  write(level: number, text: string, own?: Readonly<Record<string, unknown>>): void;
  /** Logs how many lines were held back. */
  close(): void;
}

export interface GuestLogOptions {
  /** The operator's name for the plugin. A sandbox has none. */
  readonly plugin?: string | undefined;
  readonly linesPerSecond: number;
  /** The lowest level that is written, in addition to the logger's level. By default all levels. */
  readonly lowest?: LogLevel | undefined;
  /** A monotonic clock in milliseconds. */
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
 * Creates the log of a guest. Its lines have the `target` `cc_lb_plugin.guest` and the `origin` `guest`. Control characters are replaced.
 * Lines above the limit per second are counted, and the count is logged once with the `origin` `host`.
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

/** Limits of a guest's own fields. */
const MOST_FIELDS = 32;
const LONGEST_FIELD = 1024;

/** Returns a guest's fields without control characters. Strings, numbers and booleans stay as they are. All other values become JSON. */
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

/** Returns the lowest level that the logger writes. Never throws: a broken logger must not fail a call. */
const lowestLevel = (logger: HostLogger): number => {
  try {
    const lowest = LOG_LEVELS.findIndex((level) => logger.isLevelEnabled?.(level) ?? true);
    return lowest < 0 ? SILENT_LEVEL : lowest;
  } catch {
    return SILENT_LEVEL;
  }
};
