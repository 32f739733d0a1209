import { maxStorageEntries, storageKeyBytes, type PutResult } from '@plugwire/runtime';

import type { ServerValue } from './exchange-script.ts';

/** A write that was acknowledged but that the server has not confirmed. */
export interface PendingWrite {
  readonly key: string;
  /** An empty value removes the key. */
  readonly value: Uint8Array;
  /** The bytes of the quota that it uses. 0 for a removal. */
  readonly bytes: number;
  /** The most bytes of the lease that it uses: its growth compared to the value that it replaces. */
  reserved: number;
}

/**
 * The state of a scope in this process, in three layers: waiting writes hide those of the batch in flight, which hide values that the server
 * confirmed. It does no I/O and has no clock.
 */
export interface ScopeReplica {
  get(key: string): Uint8Array | undefined;
  put(key: string, value: Uint8Array, quotaBytes: number): PutResult;
  /** Moves waiting writes, up to a limit, to the batch that is sent next. */
  takeBatch(): readonly PendingWrite[];
  /** Ends the batch after the server has applied or refused it. Confirm the applied writes first. */
  endBatch(): void;
  /** Moves the batch back to the waiting writes, if it is unknown whether it arrived. Newer writes win. */
  putBack(): void;
  /** Applies values that changed on the server. */
  confirm(values: readonly ServerValue[]): void;
  /** Replaces all confirmed values with those of the server. */
  reset(values: readonly ServerValue[]): void;
  /** Sets the lease, in bytes. */
  setLease(bytes: number): void;
  readonly lease: () => number;
  /** The bytes of the values that the server has confirmed, as the server counts them. */
  readonly confirmedBytes: () => number;
  /** The bytes of the lease that waiting writes have reserved, without the batch in flight. */
  readonly reserved: () => number;
  /** The bytes of the lease that the batch in flight has reserved. */
  readonly batchReserved: () => number;
  /** Whether a batch is in flight. */
  readonly hasBatch: () => boolean;
  /** How many more bytes of lease the last writes would have needed. */
  readonly wanted: () => number;
  forgetWanted(): void;
  /** How many writes the server has not confirmed. */
  readonly unconfirmed: () => number;
  /** Returns the writes that the server has not confirmed. */
  unconfirmedWrites(): readonly PendingWrite[];
  /** Whether a write is neither confirmed nor replaced by a newer write to its key. */
  isUnconfirmed(write: PendingWrite): boolean;
}

/** Options of {@link createScopeReplica}. */
export interface ReplicaOptions {
  /** The clock of the server, in unix milliseconds. */
  readonly serverNow: () => number;
  /** The most bytes of keys and values that may wait. */
  readonly backlogBytes: number;
  /** The bytes of the quota that each value uses in addition to its key and itself. */
  readonly overhead: number;
}

/** The limits of one batch. The server does nothing else while it applies one. */
const BATCH_WRITES = 1000;
const BATCH_BYTES = 1 << 20;

interface Confirmed {
  readonly value: Uint8Array;
  readonly bytes: number;
  readonly expiresAt: number;
}

/** Creates an empty replica without a lease. */
export const createScopeReplica = ({ serverNow, backlogBytes, overhead }: ReplicaOptions): ScopeReplica => {
  const confirmed = new Map<string, Confirmed>();
  const batch = new Map<string, PendingWrite>();
  // In the order of their last write.
  const waiting = new Map<string, PendingWrite>();
  let lease = 0;
  let reserved = 0;
  let batchReserved = 0;
  let wanted = 0;
  let waitingBytes = 0;
  let confirmedBytes = 0;
  // The totals of what a reader sees.
  let used = 0;
  let entries = 0;

  const bytesOf = (key: string): number =>
    (waiting.get(key) ?? batch.get(key) ?? confirmed.get(key))?.bytes ?? 0;

  const isLive = ({ expiresAt }: Confirmed): boolean => expiresAt === 0 || expiresAt > serverNow();

  /** The bytes that a write to `key` is sure to replace. An expired value can be removed at any moment, so it does not count. */
  const replacedBytes = (key: string): number => {
    const sent = batch.get(key);
    if (sent !== undefined) return sent.bytes;
    const known = confirmed.get(key);
    return known !== undefined && isLive(known) ? known.bytes : 0;
  };

  /** Applies a change of a key, and updates the totals. */
  const change = (key: string, act: () => void): void => {
    const before = bytesOf(key);
    act();
    const after = bytesOf(key);
    used += after - before;
    entries += Number(after > 0) - Number(before > 0);
  };

  const sizeOf = ({ key, value }: PendingWrite): number => Buffer.byteLength(key) + value.byteLength;

  const enqueue = (write: PendingWrite): void => {
    dequeue(write.key);
    waiting.set(write.key, write);
    waitingBytes += sizeOf(write);
    reserved += write.reserved;
  };

  const dequeue = (key: string): void => {
    const write = waiting.get(key);
    if (write === undefined) return;
    waiting.delete(key);
    waitingBytes -= sizeOf(write);
    reserved -= write.reserved;
  };

  const setConfirmed = ({ key, value, expiresAt }: ServerValue): void => {
    confirmedBytes -= confirmed.get(key)?.bytes ?? 0;
    if (value.byteLength === 0) {
      confirmed.delete(key);
      return;
    }
    const bytes = overhead + Buffer.byteLength(key) + value.byteLength;
    confirmed.set(key, { value, bytes, expiresAt });
    confirmedBytes += bytes;
  };

  const endBatch = (): void => {
    for (const key of batch.keys()) change(key, () => batch.delete(key));
    batchReserved = 0;
  };

  return {
    get: (key) => {
      const write = waiting.get(key) ?? batch.get(key);
      if (write !== undefined) return write.bytes === 0 ? undefined : new Uint8Array(write.value);
      const known = confirmed.get(key);
      return known !== undefined && isLive(known) ? new Uint8Array(known.value) : undefined;
    },
    put: (key, value, quotaBytes) => {
      const keyBytes = storageKeyBytes(key);
      if (keyBytes === undefined) return 'bad_key';
      const size = keyBytes + value.byteLength;
      const bytes = value.byteLength === 0 ? 0 : overhead + size;
      const before = bytesOf(key);
      if (bytes === 0 && before === 0) return 'stored';
      if (bytes > before && used + bytes - before > quotaBytes) return 'over_quota';
      if (before === 0 && entries >= maxStorageEntries(quotaBytes)) return 'over_quota';

      const old = waiting.get(key);
      const write = {
        key,
        value: new Uint8Array(value),
        bytes,
        reserved: Math.max(0, bytes - replacedBytes(key)),
      };
      const growth = write.reserved - (old?.reserved ?? 0);
      if (growth > 0 && reserved + growth > lease - batchReserved) {
        wanted = Math.max(wanted, growth);
        return 'unavailable';
      }
      const waits = waitingBytes - (old === undefined ? 0 : sizeOf(old));
      if (waits > 0 && waits + size > backlogBytes) return 'unavailable';
      change(key, () => enqueue(write));
      return 'stored';
    },
    takeBatch: () => {
      let bytes = 0;
      for (const write of waiting.values()) {
        bytes += sizeOf(write);
        if (batch.size > 0 && (batch.size >= BATCH_WRITES || bytes > BATCH_BYTES)) break;
        dequeue(write.key);
        batch.set(write.key, write);
        batchReserved += write.reserved;
      }
      return [...batch.values()];
    },
    endBatch,
    putBack: () => {
      const newer = [...waiting.values()];
      for (const write of [...batch.values(), ...newer]) {
        change(write.key, () => {
          dequeue(write.key);
          batch.delete(write.key);
          write.reserved = Math.max(0, write.bytes - replacedBytes(write.key));
          enqueue(write);
        });
      }
      batchReserved = 0;
    },
    confirm: (values) => {
      for (const value of values) change(value.key, () => setConfirmed(value));
    },
    reset: (values) => {
      for (const key of confirmed.keys()) change(key, () => confirmed.delete(key));
      confirmedBytes = 0;
      for (const value of values) change(value.key, () => setConfirmed(value));
    },
    setLease: (bytes) => {
      lease = bytes;
    },
    lease: () => lease,
    confirmedBytes: () => confirmedBytes,
    reserved: () => reserved,
    batchReserved: () => batchReserved,
    hasBatch: () => batch.size > 0,
    wanted: () => wanted,
    forgetWanted: () => {
      wanted = 0;
    },
    unconfirmed: () => waiting.size + batch.size,
    unconfirmedWrites: () => [...batch.values(), ...waiting.values()],
    isUnconfirmed: (write) => batch.get(write.key) === write || waiting.get(write.key) === write,
  };
};
