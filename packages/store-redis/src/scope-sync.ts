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

export interface ScopeSyncOptions extends ScopeClientOptions {
  readonly quotaBytes: number;
  readonly timeoutMs: number;
  readonly backlogBytes: number;
  readonly now: () => number;
  /** Told how many acknowledged writes the server refused after an absence. */
  readonly onLost: (writes: number) => void;
  /** Told when the replica begins to be out of date, with what the last exchange failed with if it did, and when that ends. */
  readonly onStale: (error: unknown) => void;
  readonly onFresh: (staleMs: number) => void;
  /** Told that the server's records of this scope had been changed by somebody else, and are repaired. */
  readonly onRepaired: () => void;
}

/** Keeps a replica and the server in step, one exchange at a time. */
export interface ScopeSync {
  readonly get: ScopeReplica['get'];
  readonly put: ScopeReplica['put'];
  /** Subscribes and loads. Rejects with `RedisStorageError`. */
  open(): Promise<void>;
  /** To be called at each heartbeat. */
  onHeartbeat(): void;
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

/** A batch that the server has taken, of which the change has not come yet. */
interface TakenBatch {
  readonly seq: number;
  /** The lease that is left after it. */
  readonly lease: number;
  heartbeats: number;
}

/** So many heartbeats a change may stay out before it counts as missed. */
const HEARTBEATS_UNTIL_MISSED = 2;

export const createScopeSync = (options: ScopeSyncOptions): ScopeSync => {
  const { connection, now, leaseMs } = options;
  const client = createScopeClient(options);
  let clockOffset = 0;
  // Of the last load, which the server may have begun anew since.
  let loadedEpoch: string | undefined;
  // How often this process has asked to load, and which batch it has sent last: the server leaves older ones alone.
  let generation = 0;
  let batchNumber = 0;
  let takenBatch: TakenBatch | undefined;
  let lastAnswerAt = -Infinity;
  // Others may have been leased what was ours, so writes that had been acknowledged may be refused.
  let leaseMayHaveLapsed = false;
  let lostWrites = 0;
  let lastError: unknown;
  // Whether what was loaded adds up, so that the server's sum can be compared with ours.
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
      // The server leaves a load alone that it has had already. What it says may not be what we sent.
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

  /** What the replica has is confirmed or refused, and a lease stands. */
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
    // In time, a write can be refused only for one to the same key that it did not know of: that one came later.
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
    // What the server may leave us is all that may be promised meanwhile.
    replica.setLease(Math.min(replica.lease(), request.target + replica.batchReserved()));
    const reply = await renewLease('sync', request, writes);
    if (!('seq' in reply)) {
      messages.invalidate();
      isExchangeNeeded = true;
      return;
    }
    if (reply.lastBatch > batchNumber) {
      // Another program wrote this number. The server took the batch for an old one, so it has to be sent again.
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
      // The next heartbeat, or the next connection, loads anew. What was written waits.
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
    // Once for everything that is written in one turn.
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
      // The lease ends by itself.
    }
  };

  return {
    get: replica.get,
    put: (key, value, quotaBytes) => {
      // Without an answer for so long, others may have been leased what was ours.
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
      // Who came first may hold the whole quota, and gives our share back now; maybe while we loaded.
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
