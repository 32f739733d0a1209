import type { Descriptor, Descriptors } from './descriptors.ts';
import { RIGHT } from './descriptors.ts';
import { ERRNO } from './errno.ts';
import { type GuestView, writeU32 } from './guest-view.ts';
import type { LineStream } from './line-stream.ts';
import type { WasiFunctions } from './wasi-signatures.ts';

/** What the functions of the streams need. */
export interface StreamParts {
  readonly descriptors: Descriptors;
  readonly view: () => GuestView | undefined;
  readonly stdout: LineStream;
  readonly stderr: LineStream;
  readonly charge: (bytes: number) => void;
}

type StreamNames =
  | 'fd_close'
  | 'fd_datasync'
  | 'fd_fdstat_get'
  | 'fd_fdstat_set_flags'
  | 'fd_fdstat_set_rights'
  | 'fd_filestat_get'
  | 'fd_read'
  | 'fd_renumber'
  | 'fd_sync'
  | 'fd_write';

/** The `filetype` of a character device in WASI preview 1. The sizes below are WASI's too. */
const CHARACTER_DEVICE = 2;

const FDSTAT_BYTES = 24;
const FILESTAT_BYTES = 64;
const IOVEC_BYTES = 8;

/** The usual `IOV_MAX` of POSIX. If a vector is longer, the guest has to write the rest with its next call. */
const MAX_IOVECS = 1024;

/** The most bytes of one write: the largest signed 32-bit integer, as in POSIX. */
const MAX_WRITE_BYTES = 0x7fff_ffff;

/** The most bytes of a write that are processed at once. */
const PIECE_BYTES = 16_384;

const NO_VECTOR = Buffer.alloc(0);

/** All flags of `fdflags`: append, dsync, nonblock, rsync, sync. */
const KNOWN_FLAGS = 0x1f;

/** Creates the functions for the standard streams. */
export const streamFunctions = (parts: StreamParts): WasiFunctions<StreamNames> => {
  const { descriptors, view, charge } = parts;

  // Every write goes to the host at once, so there is nothing to synchronise.
  const sync = (fd: number) => (descriptors.get(fd) === undefined ? ERRNO.badf : ERRNO.success);

  return {
    fd_close: descriptors.close,
    fd_renumber: descriptors.renumber,
    fd_sync: sync,
    fd_datasync: sync,
    fd_fdstat_get: (fd, result) => {
      const descriptor = descriptors.get(fd);
      if (descriptor === undefined) return ERRNO.badf;
      const guest = view();
      if (guest === undefined || !guest.holds(result, FDSTAT_BYTES)) return ERRNO.fault;
      const stat = Buffer.alloc(FDSTAT_BYTES);
      stat.writeUInt8(CHARACTER_DEVICE);
      stat.writeUInt16LE(descriptor.flags, 2);
      stat.writeUInt32LE(descriptor.rights, 8);
      guest.write(result, stat);
      return ERRNO.success;
    },
    fd_fdstat_set_flags: (fd, flags) => {
      const descriptor = descriptors.get(fd);
      if (descriptor === undefined) return ERRNO.badf;
      if ((flags & ~KNOWN_FLAGS) !== 0) return ERRNO.inval;
      descriptor.flags = flags;
      return ERRNO.success;
    },
    fd_fdstat_set_rights: (fd, base, inheriting) => {
      const descriptor = descriptors.get(fd);
      if (descriptor === undefined) return ERRNO.badf;
      if ((base & ~BigInt(descriptor.rights)) !== 0n || inheriting !== 0n) return ERRNO.notcapable;
      descriptor.rights = Number(base);
      return ERRNO.success;
    },
    fd_filestat_get: (fd, result) => {
      const descriptor = descriptors.get(fd);
      if (descriptor === undefined) return ERRNO.badf;
      const guest = view();
      if (guest === undefined || !guest.holds(result, FILESTAT_BYTES)) return ERRNO.fault;
      const stat = Buffer.alloc(FILESTAT_BYTES);
      stat.writeUInt8(INODES[descriptor.stream], 8);
      stat.writeUInt8(CHARACTER_DEVICE, 16);
      stat.writeUInt8(1, 24);
      guest.write(result, stat);
      return ERRNO.success;
    },
    fd_read: (fd, iovecs, count, result) => {
      if (descriptors.withRight(fd, RIGHT.fdRead) === undefined) return ERRNO.badf;
      const guest = view();
      if (guest === undefined || !guest.holds(iovecs, count * IOVEC_BYTES) || !guest.holds(result, 4))
        return ERRNO.fault;
      writeU32(guest, result, 0);
      return ERRNO.success;
    },
    fd_write: (fd, iovecs, count, result) => {
      const descriptor = descriptors.withRight(fd, RIGHT.fdWrite);
      if (descriptor === undefined) return ERRNO.badf;
      const guest = view();
      if (guest === undefined || !guest.holds(iovecs, count * IOVEC_BYTES) || !guest.holds(result, 4))
        return ERRNO.fault;
      const walked = Math.min(count, MAX_IOVECS);
      charge(walked * IOVEC_BYTES);
      const vector = walked === 0 ? NO_VECTOR : guest.read(iovecs, walked * IOVEC_BYTES);
      const total = totalLength(guest, vector);
      if (total < 0) return ERRNO.fault;
      if (total > MAX_WRITE_BYTES) return ERRNO.inval;
      charge(total);
      const stream = streamOf(parts, descriptor);
      for (let at = 0; at < vector.length; at += IOVEC_BYTES) {
        const start = vector.readUInt32LE(at);
        const end = start + vector.readUInt32LE(at + 4);
        // Process pieces, because reading a memory can be slow. An empty range may have any address, and has no piece.
        for (let from = start; from < end; from += PIECE_BYTES)
          stream.write(guest.read(from, Math.min(PIECE_BYTES, end - from)));
      }
      writeU32(guest, result, total);
      return ERRNO.success;
    },
  };
};

/** A different number for each stream, for programs that check whether input and output are the same file. */
const INODES = { stdin: 1, stdout: 2, stderr: 3 } as const;

const streamOf = (parts: StreamParts, descriptor: Descriptor): LineStream =>
  descriptor.stream === 'stderr' ? parts.stderr : parts.stdout;

/** Returns the length of all ranges of a vector. Returns -1 if one is outside of the memory, and then nothing is written. */
const totalLength = (guest: GuestView, vector: Buffer): number => {
  let total = 0;
  for (let at = 0; at < vector.length; at += IOVEC_BYTES) {
    const length = vector.readUInt32LE(at + 4);
    if (!guest.holds(vector.readUInt32LE(at), length)) return -1;
    total += length;
  }
  return total;
};
