import { ERRNO, type Errno } from './errno.ts';
import type { GuestView } from './guest-view.ts';

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
      guest.data.setUint32(countAddress, offsets.length, true);
      guest.data.setUint32(bytesAddress, encoded.length, true);
      return ERRNO.success;
    },
    write: (pointersAddress, bytesAddress) => {
      const guest = view();
      const pointerBytes = offsets.length * 4;
      if (guest === undefined || !guest.holds(pointersAddress, pointerBytes)) return ERRNO.fault;
      if (!guest.holds(bytesAddress, encoded.length)) return ERRNO.fault;
      charge(pointerBytes + encoded.length);
      // An empty range lies anywhere, also where `set` would throw.
      if (encoded.length > 0) guest.bytes.set(encoded, bytesAddress);
      for (const [at, offset] of offsets.entries())
        guest.data.setUint32(pointersAddress + at * 4, bytesAddress + offset, true);
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
