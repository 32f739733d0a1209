import { type HostLogger, LOG_TARGETS, type LogLevel, writeLog } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import type { RestartOptions } from '../launch/supervise.ts';
import { type FaultSession, openSession, type SessionOptions } from './open-session.ts';
import type { PluginFacts } from './plugin-facts.ts';

/** A connection to a plugin that is restored after each loss. */
export interface SessionKeeper {
  /** The connection; `undefined` while the plugin is not connected. */
  current(): FaultSession | undefined;
  /** The last facts that the plugin reported; `undefined` if it has never been connected. */
  facts(): PluginFacts | undefined;
  /** Closes the connection and stops reconnecting. Never rejects. */
  close(): Promise<void>;
}

/** The options of {@link keepSession}. */
export interface KeepOptions extends SessionOptions {
  readonly plugin: string;
  readonly logger: HostLogger | undefined;
  /** The interval and the timeout of health checks, in milliseconds. */
  readonly healthIntervalMs: number;
  readonly healthTimeoutMs: number;
  readonly reconnect: RestartOptions;
}

/**
 * Connects to a plugin, checks its health, and reconnects after each loss, with a growing delay between the attempts. Resolves after the first
 * attempt, whether it succeeded or not. Never rejects.
 */
export const keepSession = async (options: KeepOptions): Promise<SessionKeeper> => {
  const { address, plugin, logger, healthIntervalMs, healthTimeoutMs, reconnect } = options;
  const closing = new AbortController();
  const { signal } = closing;
  let current: FaultSession | undefined;
  let facts: PluginFacts | undefined;
  let sinceMs = 0;
  let failures = 0;
  /** Why the plugin is not connected. Each reason is logged once as a warning. */
  let reason: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let attempt: Promise<void> = Promise.resolve();

  const log = (level: LogLevel, fields: object, message: string): void =>
    writeLog(logger, level, { target: LOG_TARGETS.process, plugin, address, ...fields }, message);

  /** Runs a step after a delay, unless the keeper is closed before. Only one step is scheduled at a time. */
  const later = (waitMs: number, step: () => Promise<void>): void => {
    timer = clock.setTimeout(() => {
      attempt = step();
    }, waitMs);
  };

  const planAttempt = (): number => {
    const longestMs = Math.min(reconnect.firstMs * 2 ** failures, reconnect.longestMs);
    failures += 1;
    // The random part of the delay keeps several hosts from reconnecting at the same moment.
    const waitMs = Math.ceil(longestMs * (0.5 + Math.random() / 2));
    later(waitMs, connect);
    return waitMs;
  };

  const connect = async (): Promise<void> => {
    const opened = await openSession(options, signal);
    if (signal.aborted) {
      if (opened.ok) opened.session.close();
      return;
    }
    if (opened.ok) adopt(opened.session);
    else {
      const { code } = opened.error;
      const retryMs = planAttempt();
      log(reason === code ? 'debug' : 'warn', { code, retry_ms: retryMs }, 'plugin not connected');
      reason = code;
    }
  };

  const adopt = (session: FaultSession): void => {
    current = session;
    ({ facts } = session);
    sinceMs = clock.nowMs();
    reason = undefined;
    log('info', { version: facts.version }, 'plugin connected');
    planHealthCheck(session);
    void session.lost.then(() => lose(session, LOST));
  };

  const planHealthCheck = (session: FaultSession): void =>
    later(healthIntervalMs, async () => {
      const health = await session.checkHealth(healthTimeoutMs, signal);
      if (current !== session) return;
      if (health.ok) planHealthCheck(session);
      else lose(session, health.error);
    });

  /** Drops a connection, once. */
  const lose = (session: FaultSession, { code }: { readonly code: string }): void => {
    if (current !== session) return;
    current = undefined;
    clock.clearTimeout(timer);
    session.retire();
    if (clock.nowMs() - sinceMs >= reconnect.longestMs) failures = 0;
    reason = code;
    log('warn', { code, retry_ms: planAttempt() }, 'plugin switched off');
  };

  attempt = connect();
  await attempt;
  return {
    current: () => current,
    facts: () => facts,
    close: async () => {
      const session = current;
      current = undefined;
      clock.clearTimeout(timer);
      closing.abort();
      session?.close();
      await attempt;
    },
  };
};

const LOST = { code: 'not_connected' } as const;
