import { getLogLevel, logDebug, logError, logInfo, logTrace, logWarn, release } from './extism';
import { toBlock } from './memory';
import { text } from './text';

/** The levels of the log. */
export enum LogLevel {
  trace,
  debug,
  info,
  warn,
  error,
}

/** Writes a line to the host's log, with the plugin's name. Levels that the host does not log cost almost nothing. */
export function log(level: LogLevel, line: string): void {
  if (<i32>level < getLogLevel()) return;
  const block = toBlock(text(line));
  if (level == LogLevel.trace) logTrace(block);
  else if (level == LogLevel.debug) logDebug(block);
  else if (level == LogLevel.info) logInfo(block);
  else if (level == LogLevel.warn) logWarn(block);
  else logError(block);
  release(block);
}
