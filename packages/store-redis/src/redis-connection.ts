import { createHash } from 'node:crypto';

import {
  checkOptions,
  createBreaker,
  PlugwireUsageError,
  type BreakerOptions,
  type BreakerState,
} from '@plugwire/runtime';
import { createClient, RESP_TYPES, type RedisClientOptions } from '@redis/client';

import { clock, withRealTimers } from './clock.ts';
import { EXCHANGE_SCRIPT, type ExchangeArgument } from './exchange-script.ts';
import { errorWord, isRefusal, openError, RedisStorageError } from './redis-storage-error.ts';

/** The options of `@redis/client` that you can set. This package sets the others. */
export type RedisConnectionOptions = Pick<
  RedisClientOptions,
  'url' | 'socket' | 'username' | 'password' | 'credentialsProvider' | 'name' | 'database'
>;

/** Settings of {@link createRedisConnection}. */
export interface RedisConnectionSettings {
  readonly client: RedisConnectionOptions;
  /** After this time without an answer, the connection is dropped and made again. */
  readonly timeoutMs: number;
  readonly heartbeatMs: number;
  readonly breaker: BreakerOptions;
  readonly now: () => number;
  /** Called when the connection is made, for the first time or again. Replicas are then out of date. */
  readonly onReady: () => void;
  /** Called once each time the connection is lost or cannot be made. It is then tried again. */
  readonly onAway: (error: unknown) => void;
}

/** One connection to the server for all scopes. The client reconnects, and the breaker limits the load on a failing server. */
export interface RedisConnection {
  /** Resolves when the connection is made. Rejects with `RedisStorageError` `unreachable`, `refused` or `server_error`. */
  connect(): Promise<void>;
  readonly isReady: () => boolean;
  readonly breakerState: () => BreakerState;
  /** Runs the script once. Rejects immediately if there is no connection, or the breaker is open. */
  exchange(keys: readonly string[], args: readonly ExchangeArgument[]): Promise<unknown>;
  subscribe(channel: string, listener: (message: Buffer) => void): Promise<void>;
  unsubscribe(channel: string, listener: (message: Buffer) => void): Promise<void>;
  /** Drops the connection. */
  close(): void;
}

/** The longest pause between two attempts to connect. After `close`, a timer can remain for that long. */
const LONGEST_PAUSE_MS = 1000;

const SCRIPT_SHA1 = createHash('sha1').update(EXCHANGE_SCRIPT).digest('hex');

/** Creates the connection. Throws `PlugwireUsageError` `bad_option` for options that the client refuses, without quoting them. */
export const createRedisConnection = (options: RedisConnectionSettings): RedisConnection => {
  const { timeoutMs, now } = options;
  const breaker = createBreaker(options.breaker, now);
  const client = clientOf(options);
  const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const listeners = new Set<(error?: unknown) => void>();
  let away = false;
  let lastError: unknown;
  let connecting = false;

  const tell = (error?: unknown): void => {
    for (const listener of listeners) listener(error);
  };

  client.on('error', (error: unknown) => {
    lastError = error;
    if (isRefusal(error)) tell(error);
    if (away) return;
    away = true;
    options.onAway(error);
  });
  // Pings keep the socket busy if no scope is open, so that an idle socket means a hanging server. The client's own pings use global timers.
  let isPinging = false;
  const ping = async (): Promise<void> => {
    if (isPinging || !client.isReady) return;
    isPinging = true;
    // A ping without an answer fails when the connection ends, which an event reports.
    await withRealTimers(() => client.ping()).catch(() => undefined);
    isPinging = false;
  };
  let pings: ReturnType<typeof clock.setInterval> | undefined;

  client.on('ready', () => {
    away = false;
    pings ??= clock.setInterval(() => void ping(), options.heartbeatMs);
    tell();
    options.onReady();
  });

  const runScript = async (keys: readonly string[], args: readonly ExchangeArgument[]): Promise<unknown> => {
    const run = async (command: string, script: string): Promise<unknown> =>
      await withRealTimers(() =>
        binary.sendCommand([command, script, String(keys.length), ...keys, ...args]),
      );
    try {
      return await run('EVALSHA', SCRIPT_SHA1);
    } catch (error) {
      if (errorWord(error) !== 'NOSCRIPT') throw error;
      return await run('EVAL', EXCHANGE_SCRIPT);
    }
  };

  const connect = async (): Promise<void> => {
    if (client.isReady) return;
    if (!connecting) {
      connecting = true;
      // This promise stays pending until the first connection is made. The events report more, and earlier.
      client.connect().catch(() => undefined);
    }
    await new Promise<void>((resolve, reject) => {
      const end = (act: () => void): void => {
        clock.clearTimeout(timer);
        listeners.delete(listener);
        act();
      };
      const listener = (error?: unknown): void => {
        end(() => (error === undefined ? resolve() : reject(openError(error))));
      };
      const timer = clock.setTimeout(() => {
        end(() => reject(unreachable(timeoutMs, lastError)));
      }, timeoutMs);
      listeners.add(listener);
    });
  };

  return {
    connect,
    isReady: () => client.isReady,
    breakerState: breaker.state,
    exchange: async (keys, args) => {
      if (!client.isReady || !breaker.admit()) throw new RedisStorageError('unreachable', 'not connected');
      const startedAt = now();
      try {
        const reply = await runScript(keys, args);
        breaker.record(false, startedAt);
        return reply;
      } catch (error) {
        breaker.record(true, startedAt);
        throw error;
      }
    },
    subscribe: (channel, listener) => withRealTimers(() => client.subscribe(channel, listener, true)),
    unsubscribe: (channel, listener) => withRealTimers(() => client.unsubscribe(channel, listener, true)),
    close: () => {
      clock.clearInterval(pings);
      if (client.isOpen) withRealTimers(() => client.destroy());
      tell(new RedisStorageError('unreachable', 'closed'));
    },
  };
};

const unreachable = (timeoutMs: number, error: unknown): RedisStorageError =>
  new RedisStorageError(
    'unreachable',
    `no connection within ${timeoutMs} ms (${error === undefined ? 'no answer' : errorWord(error)}): check that the server runs and that the address is correct.`,
  );

const CLIENT_OPTIONS: Readonly<Record<keyof RedisConnectionOptions, true>> = {
  url: true,
  socket: true,
  username: true,
  password: true,
  credentialsProvider: true,
  name: true,
  database: true,
};

const clientOf = ({ client, timeoutMs }: RedisConnectionSettings) => {
  checkOptions(client, CLIENT_OPTIONS);
  try {
    return createClient({
      ...client,
      RESP: 3,
      // This package resends unanswered commands itself, so the client must not do so.
      disableOfflineQueue: true,
      socket: {
        ...client.socket,
        connectTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        reconnectStrategy: (retries: number) =>
          Math.min(20 * 2 ** Math.min(retries, 10), LONGEST_PAUSE_MS - 100) + Math.random() * 100,
      } as NonNullable<RedisClientOptions['socket']>,
    });
  } catch {
    throw new PlugwireUsageError(
      'bad_option',
      'the Redis client refuses the options: expected url as redis://user:password@host:port/db (rediss: for TLS), or its parts in client. Correct them.',
    );
  }
};
