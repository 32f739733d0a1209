import type { LOG_TARGETS } from '@plugwire/runtime';
import type pino from 'pino';

import { requirePeer } from './require-peer.ts';

/** A line that pino wrote, parsed by `JSON.parse`. */
export interface LogLine {
  /** pino's number: 10 trace, 20 debug, 30 info, 40 warn, 50 error. */
  readonly level: number;
  /** Unix time in milliseconds. */
  readonly time: number;
  readonly msg: string;
  /** One of `LOG_TARGETS` for lines of Plugwire. */
  readonly target?: string;
  readonly plugin?: string;
  readonly function?: string;
  readonly stage?: string;
  readonly code?: string;
  readonly policy?: string;
  readonly [field: string]: unknown;
}

/** Selects lines. A line must have all of the given values. */
export interface LogFilter {
  readonly target?: (typeof LOG_TARGETS)[keyof typeof LOG_TARGETS] | (string & {});
  readonly plugin?: string;
  readonly level?: pino.Level;
}

/** A real pino logger that writes to memory. */
export interface LogSpy {
  /** Pass this to `createPluginHost({ logger })`, and to other code whose logs you want to see. */
  readonly logger: pino.Logger;
  /** Returns the lines so far, oldest first. */
  lines(filter?: LogFilter): readonly LogLine[];
  /** Returns the log as text, with a line feed after each line. */
  text(): string;
  /** Deletes the lines so far. */
  clear(): void;
}

/**
 * Creates a real pino logger that writes to memory. Its default level is `trace`.
 *
 * Throws an `Error` if pino is not installed.
 *
 * @example
 * const logs = createLogSpy();
 * const host = createPluginHost({ functions: [greet], logger: logs.logger });
 * expect(logs.lines({ target: LOG_TARGETS.dispatch })).toEqual([]);
 */
export const createLogSpy = (options: { readonly level?: pino.LevelWithSilent } = {}): LogSpy => {
  const createLogger = requirePeer('pino', 'createLogSpy') as typeof pino;
  const written: string[] = [];
  const logger = createLogger(
    { level: options.level ?? 'trace' },
    { write: (line: string) => void written.push(line) },
  );
  const lines = ({ target, plugin, level }: LogFilter = {}): readonly LogLine[] => {
    const rank = level === undefined ? undefined : logger.levels.values[level];
    return written
      .map((line) => JSON.parse(line) as LogLine)
      .filter(
        (line) =>
          (target === undefined || line.target === target) &&
          (plugin === undefined || line.plugin === plugin) &&
          (rank === undefined || line.level === rank),
      );
  };
  return {
    logger,
    lines,
    text: () => written.join(''),
    clear: () => {
      written.length = 0;
    },
  };
};
