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

/** What of the client's options may be given: the rest is this package's to decide. */
export type RedisConnectionOptions = Pick<
  RedisClientOptions,
  'url' | 'socket' | 'username' | 'password' | 'credentialsProvider' | 'name' | 'database'
>;

export interface RedisConnectionSettings {
  readonly client: RedisConnectionOptions;
  /** Without an answer for so long the connection is dropped and made anew. */
  readonly timeoutMs: number;
  readonly heartbeatMs: number;
  readonly breaker: BreakerOptions;
  readonly now: () => number;
  /** The connection is up, for the first time or again: nothing that was known holds. */
  readonly onReady: () => void;
  /** It is gone, or could not be made: a new one is on its way. Once for each time. */
  readonly onAway: (error: unknown) => void;
}

/** One connection to the server, for every scope: the client keeps it alive, the breaker keeps it from hammering. */
export interface RedisConnection {
  /** Resolves when the connection is up; rejects with `RedisStorageError` `unreachable` or `refused`. */
  connect(): Promise<void>;
  readonly isReady: () => boolean;
  readonly breakerState: () => BreakerState;
  /** Runs the script once. Rejects at once where there is no connection, or the breaker is open. */
  exchange(keys: readonly string[], args: readonly ExchangeArgument[]): Promise<unknown>;
  subscribe(channel: string, listener: (message: Buffer) => void): Promise<void>;
  unsubscribe(channel: string, listener: (message: Buffer) => void): Promise<void>;
  /** Drops the connection. */
  close(): void;
}

/** The longest pause between two attempts to connect: what `close` may leave behind for that long is a timer. */
const LONGEST_PAUSE_MS = 1000;

const SCRIPT_SHA1 = createHash('sha1').update(EXCHANGE_SCRIPT).digest('hex');

/** Throws `PlugwireUsageError` `bad_option` for options that the client refuses, without quoting them. */
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
  // Keeps the socket busy where no scope is open, so that only a server that hangs is idle. The client's own pings use global timers.
  let isPinging = false;
  const ping = async (): Promise<void> => {
    if (isPinging || !client.isReady) return;
    isPinging = true;
    // A ping without an answer ends with the connection, whose end is told by an event.
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
      // Pending until the first connection stands; the events say more, and sooner.
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
    `no connection within ${timeoutMs} ms (${error === undefined ? 'no answer' : errorWord(error)}): see that the server runs and that the address is right.`,
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
      // What was sent and not answered is known to us; the client must not send it again.
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
      'the client takes no such options: expected url as redis://user:password@host:port/db (rediss: for TLS), or its parts.',
    );
  }
};
