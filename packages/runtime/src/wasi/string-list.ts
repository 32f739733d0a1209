import { ERRNO, type Errno } from './errno.ts';
import { type GuestView, writeU32 } from './guest-view.ts';

/** Strings for a guest, each with a zero byte at its end: its arguments, or its environment as `NAME=value`. */
export interface StringList {
  /** Writes the number of strings and their length in bytes. */
  writeSizes(countAddress: number, bytesAddress: number): Errno;
  /** Writes all strings to `bytesAddress`, and the address of each to `pointersAddress`. */
  write(pointersAddress: number, bytesAddress: number): Errno;
}

/** Creates a list. Its functions write nothing and return `fault` if a range is outside of the memory. */
export const createStringList = (
  strings: readonly string[],
  view: () => GuestView | undefined,
  charge: (bytes: number) => void,
): StringList => {
  const encoded = Buffer.from(strings.map((text) => `${text}\0`).join(''));
  const offsets = startsOf(encoded);

  return {
    writeSizes: (countAddress, bytesAddress) => {
      const guest = view();
      if (guest === undefined || !guest.holds(countAddress, 4) || !guest.holds(bytesAddress, 4))
        return ERRNO.fault;
      writeU32(guest, countAddress, offsets.length);
      writeU32(guest, bytesAddress, encoded.length);
      return ERRNO.success;
    },
    write: (pointersAddress, bytesAddress) => {
      const guest = view();
      const pointerBytes = offsets.length * 4;
      if (guest === undefined || !guest.holds(pointersAddress, pointerBytes)) return ERRNO.fault;
      if (!guest.holds(bytesAddress, encoded.length)) return ERRNO.fault;
      charge(pointerBytes + encoded.length);
      // An empty range may have any address, and `set` would throw for some.
      if (encoded.length === 0) return ERRNO.success;
      guest.write(bytesAddress, encoded);
      const pointers = Buffer.alloc(pointerBytes);
      for (const [at, offset] of offsets.entries())
        pointers.writeUInt32LE((bytesAddress + offset) >>> 0, at * 4);
      guest.write(pointersAddress, pointers);
      return ERRNO.success;
    },
  };
};

/** Returns the offsets of the strings: 0, and the offset after each zero byte except the last. */
const startsOf = (encoded: Buffer): readonly number[] => {
  const starts: number[] = [];
  for (let at = 0; at < encoded.length; at = encoded.indexOf(0, at) + 1) starts.push(at);
  return starts;
};
