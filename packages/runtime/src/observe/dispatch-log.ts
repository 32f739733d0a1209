import type { DispatchStage, FallbackPolicy } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import type { HostLogger } from './logger.ts';
import { LOG_TARGETS, writeLog } from './logger.ts';

/** A failed dispatch in the form in which it is logged. It contains no payload. */
interface DispatchWarning {
  readonly function: string;
  readonly stage: DispatchStage;
  readonly code: string;
  readonly policy: FallbackPolicy;
  /** What was seen and what was expected. */
  readonly detail: string;
  /** The caller's own fields for this call. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** Logs the failed dispatches of one plugin, with a limit per function and code. */
export interface DispatchLog {
  warn(warning: DispatchWarning): void;
  /** Logs that the contract's default returned no answer. `code` is the code of the default, and `stage` the stage of the dispatch. */
  defaultFailed(warning: DispatchWarning): void;
  /** Logs how many lines were held back, and stops. */
  close(): void;
}

/** Above this number of warnings per second for one plugin, function and code, lines are counted instead of written (protocol §4). */
const WARNINGS_PER_WINDOW = 10;
const WINDOW_MS = 1000;

interface Window {
  readonly first: DispatchWarning;
  written: number;
  heldBack: number;
  readonly timer: NodeJS.Timeout;
}

/** Creates the log of a plugin's failed dispatches. */
export const createDispatchLog = (logger: HostLogger | undefined, plugin: string): DispatchLog => {
  const windows = new Map<string, Window>();

  const endWindow = (key: string): void => {
    const window = windows.get(key);
    if (window === undefined) return;
    clock.clearTimeout(window.timer);
    windows.delete(key);
    if (window.heldBack === 0) return;
    const fields = { ...standardFields(plugin, window.first), held_back: window.heldBack };
    writeLog(logger, 'warn', fields, 'dispatch errors held back');
  };

  /** Writes the line, or counts it if there were too many with the same function and code. */
  const write = (level: 'warn' | 'error', warning: DispatchWarning, message: string): void => {
    if (logger === undefined) return;
    const key = `${warning.function} ${warning.code}`;
    let window = windows.get(key);
    if (window === undefined) {
      window = {
        first: warning,
        written: 0,
        heldBack: 0,
        timer: clock.setTimeout(endWindow, WINDOW_MS, key).unref(),
      };
      windows.set(key, window);
    }
    if (window.written >= WARNINGS_PER_WINDOW) {
      window.heldBack += 1;
      return;
    }
    window.written += 1;
    const fields = { ...warning.fields, ...standardFields(plugin, warning), detail: warning.detail };
    writeLog(logger, level, fields, message);
  };

  return {
    warn: (warning) => write('warn', warning, `dispatch error, applying fallback ${warning.policy}`),
    defaultFailed: (warning) => write('error', warning, 'the default failed, the fallback has no answer'),
    close: () => {
      for (const key of windows.keys()) endWindow(key);
    },
  };
};

const standardFields = (
  plugin: string,
  { function: name, stage, code, policy }: DispatchWarning,
): object => ({
  target: LOG_TARGETS.dispatch,
  plugin,
  function: name,
  stage,
  code,
  policy,
});
