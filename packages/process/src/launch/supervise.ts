import { type HostLogger, LOG_TARGETS, writeLog } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import type { ProcessEnd } from './start-process.ts';

/** The delays before an ended process is restarted. */
export interface RestartOptions {
  /** The delay before the first restart, in milliseconds. It doubles after each start that fails or does not last. */
  readonly firstMs: number;
  /** The longest delay, in milliseconds. */
  readonly longestMs: number;
}

/** The default delays. The first is short, because most processes end by accident. The longest limits the load of processes that always fail. */
export const RESTART_DEFAULTS: RestartOptions = { firstMs: 100, longestMs: 30_000 };
/** A process that ran for this long, in milliseconds, counts as started, and resets the delay. */
const STABLE_MS = 60_000;

/** A process that serves. */
export interface Session {
  readonly pid: number;
  readonly ended: Promise<ProcessEnd>;
  /** Shuts the process down, then kills it if needed. Resolves when nothing is left. Never rejects. */
  stop(): Promise<void>;
}

/** Keeps one process running, and restarts it. */
export interface Supervisor<Kept extends Session> {
  /** The process that currently serves; `undefined` between an end and a restart. */
  current(): Kept | undefined;
  /** Stops the process permanently. Never rejects. */
  close(): Promise<void>;
}

interface SuperviseOptions<Kept extends Session> {
  readonly plugin: string;
  readonly logger: HostLogger | undefined;
  readonly restart: RestartOptions | false;
  /** Starts a process. Rejects if it does not serve, and immediately when the signal aborts. */
  start(signal: AbortSignal): Promise<Kept>;
}

/** Starts a process, and restarts it when it ends. Rejects if the first start fails. */
export const supervise = async <Kept extends Session>({
  plugin,
  logger,
  restart,
  start,
}: SuperviseOptions<Kept>): Promise<Supervisor<Kept>> => {
  let current: Kept | undefined;
  let isClosed = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let starting: Promise<void> | undefined;
  const closing = new AbortController();

  const log = (level: 'info' | 'warn', fields: object, message: string): void =>
    writeLog(logger, level, { target: LOG_TARGETS.process, plugin, ...fields }, message);

  const adopt = (session: Kept): void => {
    current = session;
    const sinceMs = clock.nowMs();
    log('info', { pid: session.pid }, 'plugin process started');
    void follow(session, sinceMs);
  };

  const follow = async (session: Kept, sinceMs: number): Promise<void> => {
    const { code, signal } = await session.ended;
    current = undefined;
    if (isClosed) return;
    if (clock.nowMs() - sinceMs >= STABLE_MS) failures = 0;
    const fields = { pid: session.pid, exit_code: code, signal, restart_ms: again() };
    log('warn', fields, 'plugin process ended');
  };

  /** Schedules the next start, and returns its delay in milliseconds. */
  const again = (): number | undefined => {
    if (restart === false) return undefined;
    const waitMs = Math.min(restart.firstMs * 2 ** failures, restart.longestMs);
    failures += 1;
    timer = clock.setTimeout(() => {
      starting = startAgain();
    }, waitMs);
    return waitMs;
  };

  const startAgain = async (): Promise<void> => {
    try {
      const session = await start(closing.signal);
      if (isClosed) await session.stop();
      else adopt(session);
    } catch (error) {
      if (isClosed) return;
      const { stage, code } = error as { readonly stage?: unknown; readonly code?: unknown };
      log('warn', { stage, code, restart_ms: again() }, 'plugin process not started');
    }
  };

  adopt(await start(closing.signal));
  return {
    current: () => current,
    close: async () => {
      isClosed = true;
      closing.abort();
      if (timer !== undefined) clock.clearTimeout(timer);
      const session = current;
      current = undefined;
      await Promise.all([session?.stop(), starting]);
    },
  };
};
