import { maxStorageEntries, storageKeyBytes, type PutResult } from '@plugwire/runtime';

import type { ServerValue } from './exchange-script.ts';

/** A write that was acknowledged and that the server has not confirmed. */
export interface PendingWrite {
  readonly key: string;
  /** Empty: removes the key. */
  readonly value: Uint8Array;
  /** What it takes of the quota; 0 for a removal. */
  readonly bytes: number;
  /** What it takes of the lease at most: its growth over the value that it replaces. */
  reserved: number;
}

/**
 * What this process knows of a scope: what the server confirmed, under the batch that is on its way, under what waits.
 * No I/O and no clock of its own.
 */
export interface ScopeReplica {
  get(key: string): Uint8Array | undefined;
  put(key: string, value: Uint8Array, quotaBytes: number): PutResult;
  /** Takes what waits, at most so much of it at once, as the batch that is on its way. */
  takeBatch(): readonly PendingWrite[];
  /** The batch has been decided on; what was taken has to be confirmed first. */
  endBatch(): void;
  /** The batch may or may not have arrived: it waits again, under whatever was written since. */
  putBack(): void;
  /** What the server says that changed. */
  confirm(values: readonly ServerValue[]): void;
  /** What the server says that there is. */
  reset(values: readonly ServerValue[]): void;
  /** What the server leases us from now on, at least. */
  setLease(bytes: number): void;
  readonly lease: () => number;
  /** The bytes of keys and values that the server has confirmed, as the server counts them. */
  readonly confirmedBytes: () => number;
  /** What the writes that wait have reserved of the lease; without the batch that is on its way. */
  readonly reserved: () => number;
  /** What the batch that is on its way has reserved. */
  readonly batchReserved: () => number;
  /** Whether a batch is on its way. */
  readonly hasBatch: () => boolean;
  /** How much more of a lease the last writes would have needed. */
  readonly wanted: () => number;
  forgetWanted(): void;
  /** How many writes the server has not confirmed. */
  readonly unconfirmed: () => number;
  /** These writes, as they stand now. */
  unconfirmedWrites(): readonly PendingWrite[];
  /** Whether one of them still stands: neither confirmed, nor overtaken by another write of its key. */
  isUnconfirmed(write: PendingWrite): boolean;
}

export interface ReplicaOptions {
  /** The clock of the server, in unix milliseconds. */
  readonly serverNow: () => number;
  /** The most that may wait, in bytes of keys and values. */
  readonly backlogBytes: number;
  /** What each value takes of the quota beyond its key and itself, in bytes. */
  readonly overhead: number;
}

/** What one batch may carry: the server does nothing else meanwhile. */
const BATCH_WRITES = 1000;
const BATCH_BYTES = 1 << 20;

interface Confirmed {
  readonly value: Uint8Array;
  readonly bytes: number;
  readonly expiresAt: number;
}

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
  // Of what a reader sees.
  let used = 0;
  let entries = 0;

  const bytesOf = (key: string): number =>
    (waiting.get(key) ?? batch.get(key) ?? confirmed.get(key))?.bytes ?? 0;

  const isLive = ({ expiresAt }: Confirmed): boolean => expiresAt === 0 || expiresAt > serverNow();

  /** What a write to `key` can count on to be replaced. Bytes of an expired value can go any moment. */
  const replacedBytes = (key: string): number => {
    const sent = batch.get(key);
    if (sent !== undefined) return sent.bytes;
    const known = confirmed.get(key);
    return known !== undefined && isLive(known) ? known.bytes : 0;
  };

  /** Every change of a key passes here, so that the sums stay right. */
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
