import { randomBytes } from 'node:crypto';

import {
  readMessage,
  readReply,
  WORD_LENGTH,
  type ExchangeReply,
  type ScopeMessage,
} from './exchange-script.ts';
import type { ExchangeArgument, RedisLink } from './redis-link.ts';
import { openError, RedisStorageError } from './redis-storage-error.ts';
import { createScopeReplica, type PendingWrite, type ScopeReplica } from './scope-replica.ts';

export interface ScopeSyncOptions {
  readonly scope: string;
  readonly quotaBytes: number;
  readonly prefix: string;
  readonly ttlMs: number;
  readonly leaseMs: number;
  readonly timeoutMs: number;
  readonly backlogBytes: number;
  readonly link: RedisLink;
  readonly now: () => number;
  /** Told how many acknowledged writes the server refused after an absence. */
  readonly onLost: (writes: number) => void;
}

/** Keeps a replica and the server in step, one exchange at a time. */
export interface ScopeSync {
  readonly get: ScopeReplica['get'];
  readonly put: ScopeReplica['put'];
  /** Subscribes and loads. Rejects with `RedisStorageError`. */
  open(): Promise<void>;
  /** To be called at each heartbeat. */
  beat(): void;
  /** To be called when the connection is up again. */
  reload(): void;
  /**
   * Resolves when the server has confirmed every write that has been acknowledged by now, or after `timeoutMs`, with how many
   * it has not confirmed.
   */
  flush(timeoutMs: number): Promise<number>;
  /** Gives the lease back. */
  leave(): Promise<void>;
  /** Raises the quota that the lease is taken of. */
  raiseQuota(quotaBytes: number): void;
  readonly state: () => ScopeState;
}

/** How one plugin’s store stands. */
export interface ScopeState {
  /** Acknowledged writes that the server has not confirmed. */
  readonly unconfirmedWrites: number;
  /** Acknowledged writes that the server refused after an absence longer than the lease. */
  readonly lostWrites: number;
  /** Since when the replica may be out of date, in milliseconds; 0 while the server sends its changes. */
  readonly staleMs: number;
  /** What of the quota this process has leased, in bytes. */
  readonly leasedBytes: number;
}

/** A lease of more than this many shares is given back in part. */
const GENEROUS = 1.5;
/** A lease of less than this share is asked for again as soon as others give some back. */
const MEAGRE = 0.5;

export const createScopeSync = (options: ScopeSyncOptions): ScopeSync => {
  const { link, now, leaseMs } = options;
  const id = newWord();
  const base = `${options.prefix}:{${options.scope}}`;
  const keys = ['meta', 'values', 'expiry', 'leases'].map((part) => `${base}:${part}`);
  const channel = `${base}:changes`;

  let quota = options.quotaBytes;
  let clockOffset = 0;
  const replica = createScopeReplica({
    serverNow: () => now() + clockOffset,
    backlogBytes: options.backlogBytes,
  });

  // What the replica stands at; undefined while it has to be loaded.
  let known: { readonly epoch: string; seq: number } | undefined;
  let epoch: string | undefined;
  let early: ScopeMessage[] = [];
  let loading = false;
  let used = 0;
  let clients = 1;
  let batchNumber = 0;
  let generation = 0;
  // The batch is confirmed by this change, which has not come yet.
  let confirmedBy: { readonly seq: number; readonly lease: number; beats: number } | undefined;
  let lastAnswerAt = -Infinity;
  let freshAt = -Infinity;
  let late = false;
  let lostWrites = 0;
  let yielding = false;
  let yielded = false;
  let rebalance = false;
  let asked = false;
  let running = false;
  let again = false;
  let scheduled = false;
  let left = false;
  const waiters = new Set<() => void>();

  const forget = (): void => {
    if (known !== undefined) freshAt = now();
    known = undefined;
  };

  const share = (): number => (clients <= 1 ? quota : Math.max(0, Math.floor((quota - used) / clients)));

  const target = (): number => {
    const reserved = replica.reserved();
    if (yielding) return reserved;
    if (replica.wanted() > 0) return reserved + Math.max(replica.wanted(), share());
    const held = replica.lease() - replica.batchReserved();
    if (yielded) return Math.max(reserved, held);
    return Math.max(reserved, rebalance || held > GENEROUS * share() || held < share() ? share() : held);
  };

  const settle = (): void => {
    if (replica.unconfirmed() === 0) late = false;
    for (const waiter of waiters) waiter();
  };

  const endBatch = (lease: number): void => {
    confirmedBy = undefined;
    replica.endBatch();
    replica.setLease(lease);
    settle();
  };

  const countRefused = (writes: number): void => {
    // In time, a write can be refused only for one to the same key that it did not know of: that one came later.
    if (!late || writes === 0) return;
    lostWrites += writes;
    options.onLost(writes);
  };

  const argsOf = (
    mode: string,
    goal: number,
    signal: string,
    writes: readonly PendingWrite[],
  ): ExchangeArgument[] => {
    const args: ExchangeArgument[] = [
      mode,
      known?.epoch ?? '',
      newWord(),
      id,
      String(quota),
      String(leaseMs),
    ];
    args.push(String(options.ttlMs), String(goal), String(batchNumber), signal, channel, String(generation));
    for (const { key, value, reserved } of writes) {
      args.push(key, Buffer.from(value.buffer, value.byteOffset, value.byteLength), String(reserved));
    }
    return args;
  };

  const load = async (): Promise<void> => {
    loading = true;
    early = [];
    generation += 1;
    try {
      const reply = await exchange('load', replica.reserved() + replica.batchReserved(), '', []);
      if (!('seq' in reply)) return;
      // Others may have been leased what was ours.
      if (epoch !== undefined && (epoch !== reply.epoch || reply.lastBatch < 0)) late = true;
      epoch = reply.epoch;
      known = { epoch, seq: reply.seq };
      confirmedBy = undefined;
      replica.reset(reply.values);
      if (replica.hasBatch() && reply.lastBatch >= batchNumber) {
        countRefused(reply.lastRefused);
        replica.endBatch();
      }
      replica.putBack();
      replica.setLease(reply.lease);
      settle();
    } finally {
      loading = false;
    }
    for (const message of early.splice(0)) receive(message);
  };

  const sync = async (): Promise<void> => {
    const writes = replica.takeBatch();
    if (writes.length > 0) batchNumber += 1;
    const goal = target();
    const short = replica.wanted() > 0 && !asked;
    const signal = goal < replica.lease() - replica.batchReserved() ? 'yield' : short ? 'short' : '';
    asked ||= short;
    yielded ||= yielding;
    yielding = false;
    rebalance = false;
    // What the server may leave us is all that may be promised meanwhile.
    replica.setLease(Math.min(replica.lease(), goal + replica.batchReserved()));
    const reply = await exchange('sync', goal, signal, writes);
    if (!('seq' in reply)) {
      forget();
      again = true;
      return;
    }
    countRefused(reply.refused.length);
    const seen = known as { seq: number } | undefined;
    if (seen === undefined) return;
    if (seen.seq >= reply.seq) endBatch(reply.lease);
    else {
      confirmedBy = { seq: reply.seq, lease: reply.lease, beats: 0 };
      replica.setLease(reply.lease + replica.batchReserved());
    }
    if (replica.wanted() > 0 && reply.lease - replica.reserved() >= replica.wanted()) {
      replica.forgetWanted();
      asked = false;
    }
  };

  const exchange = async (
    mode: string,
    goal: number,
    signal: string,
    writes: readonly PendingWrite[],
  ): Promise<ExchangeReply | { readonly epoch: string }> => {
    const sentAt = now();
    const reply = readReply(await link.exchange(keys, argsOf(mode, goal, signal, writes)));
    if (!('seq' in reply)) return reply;
    if (sentAt - lastAnswerAt >= leaseMs && replica.unconfirmed() > 0) late = true;
    lastAnswerAt = sentAt;
    ({ used, clients } = reply);
    clockOffset = reply.now - now();
    return reply;
  };

  const run = async (): Promise<void> => {
    scheduled = false;
    if (running || left) return;
    running = true;
    try {
      do {
        again = false;
        if (!link.isReady()) break;
        if (known === undefined) await load();
        else if (confirmedBy === undefined) await sync();
        if (confirmedBy === undefined && replica.unconfirmed() > 0) again = true;
      } while (again && !left);
    } catch {
      // The next heartbeat, or the next connection, loads anew. What was written waits.
      forget();
    } finally {
      running = false;
    }
  };

  const kick = (): void => {
    again = true;
    if (scheduled || running || left) return;
    scheduled = true;
    // Once for everything that is written in one turn.
    setImmediate(() => void run());
  };

  const receive = (message: ScopeMessage): void => {
    if (known === undefined) {
      if (loading) early.push(message);
      return;
    }
    if (message.epoch !== known.epoch) return;
    if (message.kind === 'leases') {
      rebalance ||= message.clients > clients;
      clients = message.clients;
      if (message.client === id) return;
      if (message.short) yielding = true;
      const meagre = !yielded && replica.lease() < MEAGRE * share();
      if (message.short || rebalance || meagre || replica.wanted() > 0) kick();
      return;
    }
    if (message.seq <= known.seq) return;
    if (message.seq > known.seq + 1) {
      forget();
      kick();
      return;
    }
    known.seq = message.seq;
    ({ used } = message);
    replica.confirm(message.values);
    if (confirmedBy === undefined || known.seq < confirmedBy.seq) return;
    endBatch(confirmedBy.lease);
    if (replica.unconfirmed() > 0) kick();
  };

  const until = (isDone: () => boolean, timeoutMs: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        waiters.delete(check);
        resolve();
      };
      const check = (): void => {
        if (isDone()) end();
      };
      const timer = setTimeout(end, timeoutMs);
      waiters.add(check);
      check();
    });

  const listen = (raw: Buffer): void => {
    const message = readMessage(raw);
    if (message !== undefined) receive(message);
  };

  const leave = async (): Promise<void> => {
    left = true;
    try {
      if (known !== undefined) await link.exchange(keys, argsOf('leave', 0, '', []));
      if (link.isReady()) await link.unsubscribe(channel, listen);
    } catch {
      // The lease ends by itself.
    }
  };

  return {
    get: replica.get,
    put: (key, value, quotaBytes) => {
      // Without an answer for so long, others may have been leased what was ours.
      if (now() - lastAnswerAt >= leaseMs) return 'unavailable';
      const result = replica.put(key, value, quotaBytes);
      if (result === 'stored' ? replica.unconfirmed() > 0 : replica.wanted() > 0) kick();
      return result;
    },
    open: async () => {
      running = true;
      try {
        await link.subscribe(channel, listen);
        await load();
      } catch (error) {
        await leave();
        throw error instanceof RedisStorageError ? error : openError(error);
      } finally {
        running = false;
      }
      // Who came first may hold the whole quota, and gives our share back now; maybe while we loaded.
      kick();
      await until(() => replica.lease() >= MEAGRE * Math.min(share(), quota - used), options.timeoutMs);
    },
    beat: () => {
      yielded = false;
      if (confirmedBy !== undefined) {
        confirmedBy.beats += 1;
        if (confirmedBy.beats > 2) forget();
      }
      if (asked) {
        replica.forgetWanted();
        asked = false;
      }
      kick();
    },
    reload: () => {
      forget();
      kick();
    },
    flush: async (timeoutMs) => {
      const writes = replica.unconfirmedWrites();
      const unconfirmed = (): number => writes.filter(replica.isUnconfirmed).length;
      kick();
      await until(() => unconfirmed() === 0, timeoutMs);
      return unconfirmed();
    },
    leave,
    raiseQuota: (quotaBytes) => {
      quota = Math.max(quota, quotaBytes);
      kick();
    },
    state: () => ({
      unconfirmedWrites: replica.unconfirmed(),
      lostWrites,
      staleMs: known === undefined ? now() - freshAt : 0,
      leasedBytes: replica.lease(),
    }),
  };
};

const newWord = (): string => randomBytes(WORD_LENGTH / 2).toString('hex');
