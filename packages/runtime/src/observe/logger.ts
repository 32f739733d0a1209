import { listChoices, PlugwireUsageError, showChoice, showType } from '@plugwire/wire';

import { silenceRejection } from '../base/silence-rejection.ts';

/** The levels of a log, lowest first. Their indices are Extism's numbers of the levels. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The logger interface that Plugwire uses. A pino logger implements it. */
export type HostLogger = Readonly<Record<LogLevel, (fields: object, message: string) => void>> & {
  isLevelEnabled?(level: string): boolean;
};

/** Returns the logger, or `undefined` for `undefined`. Throws `PlugwireUsageError` `bad_option` if it lacks the function of a level. */
export const checkLogger = (logger: HostLogger | undefined): HostLogger | undefined => {
  if (logger === undefined) return undefined;
  const missing = LOG_LEVELS.find((level) => typeof logger?.[level] !== 'function');
  if (missing === undefined) return logger;
  throw new PlugwireUsageError(
    'bad_option',
    `logger is ${showType(logger)} without a function "${missing}": expected a pino logger, or functions of ${LOG_LEVELS.join(', ')}.`,
  );
};

/** Returns the level, or `undefined` for `undefined`. Throws `PlugwireUsageError` `bad_option` for an unknown level. */
export const checkLogLevel = (level: LogLevel | undefined): LogLevel | undefined => {
  if (level === undefined || LOG_LEVELS.includes(level)) return level;
  throw new PlugwireUsageError(
    'bad_option',
    `logLevel is ${showChoice(level)}: expected ${listChoices(LOG_LEVELS)}.`,
  );
};

/** Values of the field `target`, which says where a log line comes from. */
export const LOG_TARGETS = {
  load: 'cc_lb_plugin.load',
  dispatch: 'cc_lb_plugin.dispatch',
  breaker: 'cc_lb_plugin.breaker',
  /** The store of plugins: connection lost, connection restored, writes lost. */
  storage: 'cc_lb_plugin.storage',
  /** Processes of plugins: started, ended, restarted. */
  process: 'cc_lb_plugin.process',
  /** Lines that plugins write. Their text comes from the plugin, not from the host. */
  guest: 'cc_lb_plugin.guest',
} as const;

/** Writes a line. Errors and rejections of the logger are ignored, so that logging cannot fail a call or end the process. */
export const writeLog = (
  logger: HostLogger | undefined,
  level: LogLevel,
  fields: object,
  message: string,
): void => {
  try {
    // An async function also satisfies the type.
    silenceRejection(logger?.[level](fields, message));
  } catch {
    // There is no other place to report it.
  }
};
