import { listChoices, PlugwireUsageError, showChoice, showType } from '@plugwire/wire';

import { silenceRejection } from '../base/silence-rejection.ts';

/** The levels of a log, lowest first; their places are Extism's numbers for them. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What Plugwire needs of a logger: a pino logger fits as it is. */
export type HostLogger = Readonly<Record<LogLevel, (fields: object, message: string) => void>> & {
  isLevelEnabled?(level: string): boolean;
};

/** Gives a logger back if it is one, or none: without its levels it would swallow every line without a word. Throws `PlugwireUsageError` `bad_option`. */
export const checkLogger = (logger: HostLogger | undefined): HostLogger | undefined => {
  if (logger === undefined) return undefined;
  const missing = LOG_LEVELS.find((level) => typeof logger?.[level] !== 'function');
  if (missing === undefined) return logger;
  throw new PlugwireUsageError(
    'bad_option',
    `logger is ${showType(logger)} without a function "${missing}": expected a pino logger, or functions of ${LOG_LEVELS.join(', ')}.`,
  );
};

/** Gives a level back if it is one, or none. Throws `PlugwireUsageError` `bad_option`. */
export const checkLogLevel = (level: LogLevel | undefined): LogLevel | undefined => {
  if (level === undefined || LOG_LEVELS.includes(level)) return level;
  throw new PlugwireUsageError(
    'bad_option',
    `logLevel is ${showChoice(level)}: expected ${listChoices(LOG_LEVELS)}.`,
  );
};

/** Where log lines come from, as their field `target` says. */
export const LOG_TARGETS = {
  load: 'cc_lb_plugin.load',
  dispatch: 'cc_lb_plugin.dispatch',
  breaker: 'cc_lb_plugin.breaker',
  /** The store of plugins: away, back, writes that are lost. */
  storage: 'cc_lb_plugin.storage',
  /** Processes of plugins: started, ended, started again. */
  process: 'cc_lb_plugin.process',
  /** What plugins write themselves: their words, not the host's. */
  guest: 'cc_lb_plugin.guest',
} as const;

/** Writes a line and swallows what the logger throws or rejects with: logging must not fail a call, or end the process. */
export const writeLog = (
  logger: HostLogger | undefined,
  level: LogLevel,
  fields: object,
  message: string,
): void => {
  try {
    // One that is async satisfies the type too.
    silenceRejection(logger?.[level](fields, message));
  } catch {
    // Nowhere left to say it.
  }
};
