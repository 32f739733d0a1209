/** What a memory held: its size, and what was not zero. */
export interface MemoryImage {
  /** The size of the memory, in bytes. */
  readonly size: number;
  /** How much of it is held. */
  readonly heldBytes: number;
  /** Makes a memory hold this again, and zeros after it. */
  write(memory: Buffer): void;
}

/** A part of a memory that is copied as a whole. */
interface Run {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** How closely zeros are looked for. */
const CHUNK_BYTES = 4096;
/** Fewer zeros between two runs are copied with them: a second copy would cost more. */
const GAP_BYTES = 16_384;
/** Zeros are compared so many bytes at a time. */
const ZERO_BYTES = 65_536;

const ZEROS = Buffer.alloc(ZERO_BYTES);

/**
 * Copies what a memory holds. Zeros are not held, and not written where they are there already: most memories are mostly zero, and
 * pages that nobody has touched take no memory of the process.
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
  /** Where the run ends so far; none is open while it is 0. */
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
