import {
  checkOptions,
  checkStoreOptions,
  LOG_TARGETS,
  PlugwireUsageError,
  storageClosed,
  type BreakerOptions,
  type BreakerState,
  type HostLogger,
  type PluginStorage,
  type PluginStore,
} from '@plugwire/runtime';

import { clock } from './clock.ts';
import { createRedisConnection, type RedisConnectionOptions } from './redis-connection.ts';
import { errorWord, RedisStorageError } from './redis-storage-error.ts';
import { createScopeSync, type ScopeState, type ScopeSync } from './scope-sync.ts';

/** The default durations of a storage, in milliseconds. */
export const REDIS_STORAGE_DEFAULTS = {
  /** How long writes are acknowledged without an answer from the server, and how long a crashed process keeps its lease. */
  leaseMs: 10_000,
  /** How often each scope asks the server whether it missed a change. */
  heartbeatMs: 1000,
  /** After this time without an answer, the connection is dropped, and `open` rejects. */
  timeoutMs: 2000,
  /** How long `close` waits for the server to confirm all writes. */
  closeTimeoutMs: 5000,
} as const;

/** Options of {@link createRedisStorage}. docs/storage.md explains each. Durations are in milliseconds; see {@link REDIS_STORAGE_DEFAULTS}. */
export interface RedisStorageOptions extends Partial<Record<keyof typeof REDIS_STORAGE_DEFAULTS, number>> {
  /** `redis://user:password@host:port/db`, or `rediss:` for TLS. Default: the address in `client`, or port 6379 of this machine. */
  readonly url?: string;
  /** Options of `@redis/client`: socket and TLS, user and password or a provider of them, database. */
  readonly client?: RedisConnectionOptions;
  /** The beginning of all keys. All processes that share a store must use the same. Default: `plugwire`. */
  readonly prefix?: string;
  /** Keys that are not written for this time are removed, in milliseconds. By default keys do not expire. */
  readonly ttlMs?: number;
  /** The most bytes of keys and values in each scope that may wait for confirmation. Default: 4 MiB. */
  readonly backlogBytes?: number;
  /** When to pause exchanges with a server that answers with errors, and for how long. */
  readonly breaker?: BreakerOptions;
  /** Gets a line when a state of `health()` changes, when acknowledged writes are refused, and when records are repaired. */
  readonly logger?: HostLogger;
}

/** The state of a storage, without keys and values. */
export interface RedisStorageHealth {
  readonly connected: boolean;
  readonly breaker: BreakerState;
  /** The state of each open scope, by its name. */
  readonly scopes: Readonly<Record<string, ScopeState>>;
}

/** A storage on a Redis or Valkey server, shared by all processes with the same server and prefix. */
export interface RedisStorage extends PluginStorage {
  /** Returns the current state, for a readiness probe or a gauge. Never throws. */
  health(): RedisStorageHealth;
}

const STORAGE_OPTIONS: Readonly<Record<keyof RedisStorageOptions, true>> = {
  url: true,
  client: true,
  prefix: true,
  ttlMs: true,
  leaseMs: true,
  heartbeatMs: true,
  timeoutMs: true,
  closeTimeoutMs: true,
  backlogBytes: true,
  breaker: true,
  logger: true,
};

interface Scope {
  readonly sync: ScopeSync;
  stores: number;
}

const MIB = 1 << 20;
const PREFIX = /^[A-Za-z0-9_.:-]{1,64}$/;

/**
 * Creates plugin storage on Redis or Valkey that all processes with the same server and prefix share. A call never waits for the server: each
 * process reads from its own replica of the scope, and sends writes to the server afterwards. docs/storage.md says what this guarantees.
 *
 * The connection is made by the first `open`, which rejects with a `RedisStorageError` if that fails. Throws `PlugwireUsageError` `bad_option`
 * for invalid options. No error and no log line contains credentials, keys or values.
 *
 * @example
 * const storage = createRedisStorage({ url: process.env.REDIS_URL });
 * const host = createPluginHost({ functions, storage });
 * // …
 * await host.close();
 * await storage.close();
 */
export const createRedisStorage = (options: RedisStorageOptions = {}): RedisStorage => {
  const { prefix = 'plugwire', ttlMs, logger } = checkOptions(options, STORAGE_OPTIONS);
  if (!PREFIX.test(prefix)) {
    throw new PlugwireUsageError(
      'bad_option',
      'prefix is invalid: expected 1 to 64 letters, digits and _ . : -. Choose another prefix.',
    );
  }
  const durations = { ...REDIS_STORAGE_DEFAULTS };
  for (const name of Object.keys(durations) as (keyof typeof durations)[]) {
    const given = options[name];
    if (given !== undefined) Object.assign(durations, { [name]: checkPositive(name, given) });
  }
  const backlogBytes = checkPositive('backlogBytes', options.backlogBytes ?? 4 * MIB);
  if (ttlMs !== undefined) checkPositive('ttlMs', ttlMs);

  const scopes = new Map<string, Promise<Scope>>();
  const open = new Map<string, Scope>();
  const now = (): number => clock.nowMs();
  let closing: Promise<void> | undefined;
  let heart: NodeJS.Timeout | undefined;
  let seen = false;

  const log = (level: 'info' | 'warn', fields: object, message: string): void => {
    try {
      logger?.[level]({ target: LOG_TARGETS.storage, ...fields }, message);
    } catch {
      // The logger failed, so the error cannot be logged.
    }
  };

  const connection = createRedisConnection({
    client: { ...options.client, ...(options.url === undefined ? {} : { url: options.url }) },
    timeoutMs: durations.timeoutMs,
    heartbeatMs: durations.heartbeatMs,
    breaker: {
      minimumCalls: 3,
      longestBackoffMs: 5000,
      ...options.breaker,
      onChange: (state, backoffMs) => {
        options.breaker?.onChange?.(state, backoffMs);
        log(state === 'open' ? 'warn' : 'info', { state, backoff_ms: backoffMs }, `store breaker ${state}`);
      },
    },
    now,
    onReady: () => {
      if (seen) log('info', {}, 'the store is back, loading');
      seen = true;
      for (const { sync } of open.values()) sync.reload();
    },
    onAway: (error) => {
      log('warn', { code: errorWord(error) }, 'the store is away, serving what is known');
      for (const { sync } of open.values()) sync.reload();
    },
  });

  const openScope = async (scope: string, quotaBytes: number): Promise<Scope> => {
    await connection.connect();
    const sync = createScopeSync({
      scope,
      quotaBytes,
      prefix,
      ttlMs: ttlMs ?? 0,
      leaseMs: durations.leaseMs,
      timeoutMs: durations.timeoutMs,
      backlogBytes,
      connection,
      now,
      onLost: (writes) =>
        log('warn', { plugin: scope, writes }, 'acknowledged writes were lost: the lease had lapsed'),
      onStale: (error) =>
        log(
          'warn',
          { plugin: scope, ...(error === undefined ? {} : { code: errorWord(error) }) },
          'the plugin store is out of date, serving what is known',
        ),
      onFresh: (staleMs) =>
        log('info', { plugin: scope, stale_ms: Math.round(staleMs) }, 'the plugin store is up to date again'),
      onRepaired: () =>
        log(
          'warn',
          { plugin: scope },
          'the plugin store was repaired: another program had changed its records',
        ),
    });
    await sync.open();
    const opened = { sync, stores: 0 };
    open.set(scope, opened);
    heart ??= clock
      .setInterval(() => {
        for (const each of open.values()) each.sync.onHeartbeat();
      }, durations.heartbeatMs)
      .unref();
    return opened;
  };

  const joinScope = async (scope: string, quotaBytes: number): Promise<Scope> => {
    const known = scopes.get(scope);
    if (known !== undefined) {
      const joined = await known;
      joined.sync.raiseQuota(quotaBytes);
      return joined;
    }
    const opening = openScope(scope, quotaBytes);
    scopes.set(scope, opening);
    opening.catch(() => scopes.delete(scope));
    return opening;
  };

  const closeStore = async (name: string, scope: Scope): Promise<void> => {
    const { sync } = scope;
    const unconfirmed = await sync.flush(durations.closeTimeoutMs);
    const { lostWrites } = sync.state();
    scope.stores -= 1;
    if (scope.stores === 0) {
      scopes.delete(name);
      open.delete(name);
      await sync.leave();
    }
    if (unconfirmed + lostWrites === 0) return;
    throw new RedisStorageError(
      'not_flushed',
      `${unconfirmed} acknowledged writes were not confirmed within ${durations.closeTimeoutMs} ms, and ${lostWrites} were refused after the server was unreachable: find out why the server did not answer.`,
    );
  };

  const stores = new Set<PluginStore>();

  const end = async (): Promise<void> => {
    const results = await Promise.allSettled([...stores].map((store) => store.close()));
    clock.clearInterval(heart);
    connection.close();
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  };

  return {
    open: async (name, storeOptions) => {
      checkStoreOptions(name, storeOptions);
      if (closing !== undefined) throw storageClosed();
      const { quotaBytes } = storeOptions;
      let scope = await joinScope(name, quotaBytes);
      // The last store of the scope may have been closed in the meantime.
      while (open.get(name) !== scope) scope = await joinScope(name, quotaBytes);
      scope.stores += 1;
      let closed: Promise<void> | undefined;
      const store: PluginStore = {
        get: (key) => (closed === undefined ? scope.sync.get(key) : undefined),
        put: (key, value) => (closed === undefined ? scope.sync.put(key, value, quotaBytes) : 'unavailable'),
        close: () => {
          closed ??= closeStore(name, scope).finally(() => stores.delete(store));
          return closed;
        },
      };
      stores.add(store);
      if (closing !== undefined) {
        await store.close();
        throw storageClosed();
      }
      return store;
    },
    close: () => (closing ??= end()),
    health: () => ({
      connected: connection.isReady(),
      breaker: connection.breakerState(),
      scopes: Object.fromEntries([...open].map(([name, { sync }]) => [name, sync.state()])),
    }),
  };
};

const checkPositive = (name: string, value: number): number => {
  if (value > 0 && Number.isFinite(value)) return value;
  throw new PlugwireUsageError(
    'bad_option',
    `${name} is ${String(value)}: expected a finite number above 0. Correct the option.`,
  );
};
