import type { LOG_TARGETS } from '@plugwire/runtime';
import type pino from 'pino';

import { requirePeer } from './require-peer.ts';

/** A line of a log, as pino wrote it and `JSON.parse` read it. */
export interface LogLine {
  /** pino's number: 10 trace, 20 debug, 30 info, 40 warn, 50 error. */
  readonly level: number;
  /** Unix time in milliseconds. */
  readonly time: number;
  readonly msg: string;
  /** Where it comes from: one of `LOG_TARGETS`, if it is Plugwire's. */
  readonly target?: string;
  readonly plugin?: string;
  readonly function?: string;
  readonly stage?: string;
  readonly code?: string;
  readonly policy?: string;
  readonly [field: string]: unknown;
}

/** Which lines are wanted: those that have all of these. */
export interface LogFilter {
  readonly target?: (typeof LOG_TARGETS)[keyof typeof LOG_TARGETS] | (string & {});
  readonly plugin?: string;
  readonly level?: pino.Level;
}

/** A real pino logger that writes into memory. */
export interface LogSpy {
  /** For `createPluginHost({ logger })`, and for whatever else of the host's is to be seen. */
  readonly logger: pino.Logger;
  /** The lines so far, oldest first. */
  lines(filter?: LogFilter): readonly LogLine[];
  /** The same as it was written, each line with its line feed. */
  text(): string;
  /** Forgets what was written. */
  clear(): void;
}

/**
 * Creates a real pino logger that writes into memory, at level `trace` unless told otherwise.
 *
 * Throws if pino is not installed.
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
