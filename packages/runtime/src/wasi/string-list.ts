import { ERRNO, type Errno } from './errno.ts';
import { type GuestView, writeU32 } from './guest-view.ts';

/** Strings for a guest, each ended by a zero byte: its arguments, or its environment as `NAME=value`. */
export interface StringList {
  /** Writes how many there are and the bytes that they take. */
  writeSizes(countAddress: number, bytesAddress: number): Errno;
  /** Writes the strings behind one another to `bytesAddress`, and the address of each to `pointersAddress`. */
  write(pointersAddress: number, bytesAddress: number): Errno;
}

/** Creates such a list. Nothing is written when either range is not in the memory. */
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
      // An empty range lies anywhere, also where `set` would throw.
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

/** Where the strings start: at the beginning, and behind each zero byte but the last. */
const startsOf = (encoded: Buffer): readonly number[] => {
  const starts: number[] = [];
  for (let at = 0; at < encoded.length; at = encoded.indexOf(0, at) + 1) starts.push(at);
  return starts;
};
