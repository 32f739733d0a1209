/** A copy of a memory: its size, and the parts that were not zero. */
export interface MemoryImage {
  /** The size of the memory, in bytes. */
  readonly size: number;
  /** The size of the copied parts, in bytes. */
  readonly heldBytes: number;
  /** Restores the content of a memory, and writes zeros after it. */
  write(memory: Buffer): void;
}

/** A part of a memory that is copied as a whole. */
interface Run {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** The memory is checked for zeros in chunks of this size. */
const CHUNK_BYTES = 4096;
/** If there are fewer zeros between two runs, they are copied as one run, because a second copy would take longer. */
const GAP_BYTES = 16_384;
/** The number of bytes that are compared with zeros at a time. */
const ZERO_BYTES = 65_536;

const ZEROS = Buffer.alloc(ZERO_BYTES);

/**
 * Copies a memory without its zeros. A restore does not write zeros over zeros. Most of a memory is usually zero, and pages that were
 * never written take no memory of the process.
 */
export const captureMemory = (memory: Buffer): MemoryImage => {
  const runs = findRuns(memory);
  return {
    size: memory.length,
    heldBytes: runs.reduce((sum, { bytes }) => sum + bytes.length, 0),
    write: (target) => {
      let end = 0;
      for (const { start, bytes } of runs) {
        clear(target, end, start);
        target.set(bytes, start);
        end = start + bytes.length;
      }
      clear(target, end, target.length);
    },
  };
};

const findRuns = (memory: Buffer): readonly Run[] => {
  const runs: Run[] = [];
  let start = 0;
  /** The end of the current run, or 0 if there is none. */
  let end = 0;
  const close = (): void => {
    if (end > 0) runs.push({ start, bytes: new Uint8Array(memory.subarray(start, end)) });
  };
  for (let at = 0; at < memory.length; at += CHUNK_BYTES) {
    if (isZero(memory, at, at + CHUNK_BYTES)) continue;
    if (end === 0 || at - end >= GAP_BYTES) {
      close();
      start = at;
    }
    end = at + CHUNK_BYTES;
  }
  close();
  return runs;
};

const isZero = (memory: Buffer, from: number, to: number): boolean =>
  memory.compare(ZEROS, 0, to - from, from, to) === 0;

const clear = (memory: Buffer, from: number, to: number): void => {
  for (let at = from; at < to; at += ZERO_BYTES) {
    const end = Math.min(at + ZERO_BYTES, to);
    if (!isZero(memory, at, end)) memory.fill(0, at, end);
  }
};
