import { storageEntryOverhead } from '@plugwire/runtime';

import { clock } from './clock.ts';
import type { ExchangeAnswer, ExchangeRequest } from './exchange-script.ts';
import { createLeaseNegotiator, type LeaseRequest } from './lease-negotiator.ts';
import { createMessageSequence } from './message-sequence.ts';
import { openError, RedisStorageError } from './redis-storage-error.ts';
import { createScopeClient, type ScopeClientOptions } from './scope-client.ts';
import type { ChangesMessage } from './scope-message.ts';
import { createScopeReplica, type PendingWrite, type ScopeReplica } from './scope-replica.ts';
import { createWaiters } from './wait-until.ts';

/** Options of {@link createScopeSync}. */
export interface ScopeSyncOptions extends ScopeClientOptions {
  readonly quotaBytes: number;
  readonly timeoutMs: number;
  readonly backlogBytes: number;
  readonly now: () => number;
  /** Called with the number of acknowledged writes that the server refused after it was unreachable. */
  readonly onLost: (writes: number) => void;
  /** Called when the replica becomes out of date, with the error of the last exchange if it failed. */
  readonly onStale: (error: unknown) => void;
  /** Called when the replica is up to date again. */
  readonly onFresh: (staleMs: number) => void;
  /** Called when records of this scope that another program had changed were repaired. */
  readonly onRepaired: () => void;
}

/** Synchronises a replica with the server, one exchange at a time. */
export interface ScopeSync {
  readonly get: ScopeReplica['get'];
  readonly put: ScopeReplica['put'];
  /** Subscribes and loads. Rejects with `RedisStorageError`. */
  open(): Promise<void>;
  /** Call this at each heartbeat. */
  onHeartbeat(): void;
  /** Call this when the connection is made again. */
  reload(): void;
  /**
   * Resolves when the server has confirmed all writes that were acknowledged before this call, or after `timeoutMs`. The result is the number
   * of writes that it has not confirmed.
   */
  flush(timeoutMs: number): Promise<number>;
  /** Gives the lease back. */
  leave(): Promise<void>;
  /** Raises the quota to this value if it is lower. */
  raiseQuota(quotaBytes: number): void;
  readonly state: () => ScopeState;
}

/** The state of one plugin’s store. */
export interface ScopeState {
  /** The number of acknowledged writes that the server has not confirmed. */
  readonly unconfirmedWrites: number;
  /** The number of acknowledged writes that the server refused after it was unreachable for longer than the lease. */
  readonly lostWrites: number;
  /** For how long the replica may have been out of date, in milliseconds. 0 while it receives the server's changes. */
  readonly staleMs: number;
  /** The part of the quota that this process has leased, in bytes. */
  readonly leasedBytes: number;
}

/** A batch that the server has applied, but whose change message has not arrived. */
interface TakenBatch {
  readonly seq: number;
  /** The lease that is left after it. */
  readonly lease: number;
  heartbeats: number;
}

/** A change message that has not arrived after this many heartbeats counts as missed. */
const HEARTBEATS_UNTIL_MISSED = 2;

/** Creates the synchronisation of one scope. Call `open` first. */
export const createScopeSync = (options: ScopeSyncOptions): ScopeSync => {
  const { connection, now, leaseMs } = options;
  const client = createScopeClient(options);
  let clockOffset = 0;
  // The epoch of the last load. The server's data may have started again since.
  let loadedEpoch: string | undefined;
  // How often this process has asked to load, and the number of its last batch. The server ignores older requests.
  let generation = 0;
  let batchNumber = 0;
  let takenBatch: TakenBatch | undefined;
  let lastAnswerAt = -Infinity;
  // If set, other clients may have leased these bytes, so acknowledged writes may be refused.
  let leaseMayHaveLapsed = false;
  let lostWrites = 0;
  let lastError: unknown;
  // Whether the loaded values add up to the server's total, so that later totals can be compared.
  let isSumKnown = false;
  // Whether it was reported that the replica is out of date.
  let isReportedStale = false;
  let isRunning = false;
  let isScheduled = false;
  let isExchangeNeeded = false;
  let isClosed = false;

  const replica = createScopeReplica({
    serverNow: () => now() + clockOffset,
    backlogBytes: options.backlogBytes,
    overhead: storageEntryOverhead(options.scope),
  });
  const leases = createLeaseNegotiator(client.id, replica, options.quotaBytes);
  const waiters = createWaiters();

  const exchange = (
    mode: ExchangeRequest['mode'],
    { target, signal }: LeaseRequest,
    writes: readonly PendingWrite[] = [],
  ): Promise<ExchangeAnswer> =>
    client.exchange({
      mode,
      knownEpoch: messages.position()?.epoch,
      quotaBytes: leases.quota(),
      leaseTarget: target,
      batchNumber,
      signal,
      generation,
      knownSeq: isSumKnown ? (messages.position()?.seq ?? -1) : -1,
      knownUsed: replica.confirmedBytes(),
      writes,
    });

  const renewLease = async (
    mode: 'load' | 'sync',
    request: LeaseRequest,
    writes?: readonly PendingWrite[],
  ): Promise<ExchangeAnswer> => {
    const sentAt = now();
    const reply = await exchange(mode, request, writes);
    if (!('seq' in reply)) {
      // The server ignores a load that it has already handled. Its count may differ from the one that was sent.
      generation = Math.max(generation, reply.loaded);
      return reply;
    }
    if (reply.isRepaired) options.onRepaired();
    if (sentAt - lastAnswerAt >= leaseMs && replica.unconfirmed() > 0) leaseMayHaveLapsed = true;
    lastAnswerAt = sentAt;
    leases.onTotals(reply);
    clockOffset = reply.now - now();
    return reply;
  };

  /** Called when a batch is confirmed or refused, or a lease was set. */
  const onSettled = (): void => {
    if (replica.unconfirmed() === 0) leaseMayHaveLapsed = false;
    waiters.check();
  };

  const endBatch = (lease: number): void => {
    takenBatch = undefined;
    replica.endBatch();
    replica.setLease(lease);
    onSettled();
  };

  const countRefused = (writes: number): void => {
    // While the lease is valid, a write is refused only because of an unknown write to the same key, which counts as the later one.
    if (!leaseMayHaveLapsed || writes === 0) return;
    lostWrites += writes;
    options.onLost(writes);
  };

  const load = async (): Promise<void> => {
    const staleMs = messages.staleMs();
    messages.startLoading();
    generation += 1;
    try {
      const target = replica.reserved() + replica.batchReserved();
      const reply = await renewLease('load', { target, signal: '' });
      if (!('seq' in reply)) return;
      const isNewToServer = loadedEpoch !== reply.epoch || reply.lastBatch < 0;
      if (loadedEpoch !== undefined && isNewToServer) leaseMayHaveLapsed = true;
      loadedEpoch = reply.epoch;
      messages.setPosition({ epoch: reply.epoch, seq: reply.seq });
      takenBatch = undefined;
      replica.reset(reply.values);
      isSumKnown = replica.confirmedBytes() === reply.used;
      if (replica.hasBatch() && reply.lastBatch === batchNumber) {
        countRefused(reply.lastRefused);
        replica.endBatch();
      }
      batchNumber = Math.max(batchNumber, reply.lastBatch);
      replica.putBack();
      replica.setLease(reply.lease);
      lastError = undefined;
      if (isReportedStale) options.onFresh(staleMs);
      isReportedStale = false;
      onSettled();
    } finally {
      messages.endLoading();
    }
  };

  const sync = async (): Promise<void> => {
    const writes = replica.takeBatch();
    if (writes.length > 0) batchNumber += 1;
    const request = leases.nextRequest();
    // Until the reply, only the smallest lease that the server may grant can be used.
    replica.setLease(Math.min(replica.lease(), request.target + replica.batchReserved()));
    const reply = await renewLease('sync', request, writes);
    if (!('seq' in reply)) {
      messages.invalidate();
      isExchangeNeeded = true;
      return;
    }
    if (reply.lastBatch > batchNumber) {
      // Another program changed this number. The server treated the batch as an old one, so it must be sent again.
      batchNumber = reply.lastBatch;
      replica.putBack();
      messages.invalidate();
      isExchangeNeeded = true;
      return;
    }
    countRefused(reply.refused.length);
    const position = messages.position();
    if (position === undefined) return;
    if (position.seq >= reply.seq) endBatch(reply.lease);
    else {
      takenBatch = { seq: reply.seq, lease: reply.lease, heartbeats: 0 };
      replica.setLease(reply.lease + replica.batchReserved());
    }
    leases.onLease(reply.lease);
  };

  const runExchanges = async (): Promise<void> => {
    isScheduled = false;
    if (isRunning || isClosed) return;
    isRunning = true;
    try {
      do {
        isExchangeNeeded = false;
        if (!connection.isReady()) break;
        if (messages.position() === undefined) await load();
        else if (takenBatch === undefined) await sync();
        if (takenBatch === undefined && replica.unconfirmed() > 0) isExchangeNeeded = true;
      } while (isExchangeNeeded && !isClosed);
    } catch (error) {
      // The next heartbeat or connection loads again. Writes wait until then.
      lastError = error;
      messages.invalidate();
      reportStale();
    } finally {
      isRunning = false;
    }
  };

  const reportStale = (): void => {
    if (isReportedStale || isClosed || messages.position() !== undefined) return;
    isReportedStale = true;
    options.onStale(lastError);
  };

  const scheduleExchange = (): void => {
    isExchangeNeeded = true;
    if (isScheduled || isRunning || isClosed) return;
    isScheduled = true;
    // One exchange for all writes of one turn of the event loop.
    clock.setImmediate(() => void runExchanges());
  };

  const onChanges = (message: ChangesMessage): void => {
    leases.onTotals({ used: message.used });
    replica.confirm(message.values);
    if (takenBatch === undefined || message.seq < takenBatch.seq) return;
    endBatch(takenBatch.lease);
    if (replica.unconfirmed() > 0) scheduleExchange();
  };

  const messages = createMessageSequence({
    now,
    onChanges,
    onLeases: (message) => {
      if (leases.onLeasesMessage(message)) scheduleExchange();
    },
    onGap: scheduleExchange,
  });

  const leave = async (): Promise<void> => {
    isClosed = true;
    try {
      if (messages.position() !== undefined) await exchange('leave', { target: 0, signal: '' });
      if (connection.isReady()) await client.unsubscribe();
    } catch {
      // The lease expires by itself.
    }
  };

  return {
    get: replica.get,
    put: (key, value, quotaBytes) => {
      // The lease has expired, so other clients may have leased these bytes.
      if (now() - lastAnswerAt >= leaseMs) return 'unavailable';
      const result = replica.put(key, value, quotaBytes);
      if (result === 'stored' ? replica.unconfirmed() > 0 : replica.wanted() > 0) scheduleExchange();
      return result;
    },
    open: async () => {
      isRunning = true;
      try {
        await client.subscribe(messages.receive);
        await load();
      } catch (error) {
        await leave();
        throw error instanceof RedisStorageError ? error : openError(error);
      } finally {
        isRunning = false;
      }
      // The first client may hold the whole quota. It gives this client's share back now, possibly during the load.
      scheduleExchange();
      await waiters.until(leases.hasFairLease, options.timeoutMs);
    },
    onHeartbeat: () => {
      reportStale();
      if (takenBatch !== undefined) {
        takenBatch.heartbeats += 1;
        if (takenBatch.heartbeats > HEARTBEATS_UNTIL_MISSED) messages.invalidate();
      }
      leases.onHeartbeat();
      scheduleExchange();
    },
    reload: () => {
      messages.invalidate();
      scheduleExchange();
    },
    flush: async (timeoutMs) => {
      const writes = replica.unconfirmedWrites();
      const unconfirmed = (): number => writes.filter(replica.isUnconfirmed).length;
      scheduleExchange();
      await waiters.until(() => unconfirmed() === 0, timeoutMs);
      return unconfirmed();
    },
    leave,
    raiseQuota: (quotaBytes) => {
      leases.raiseQuota(quotaBytes);
      scheduleExchange();
    },
    state: () => ({
      unconfirmedWrites: replica.unconfirmed(),
      lostWrites,
      staleMs: messages.staleMs(),
      leasedBytes: replica.lease(),
    }),
  };
};
