import { Bytes, narrow } from './bytes';

// Several texts in one literal: 'name•value•'. A bullet ends each entry; its code is above 255, so it is never a byte. The collector would
// visit every string of a global list before each call. A literal costs nothing.

const BULLET: u32 = 0x2022;

/** Compares the entry at an offset with the bytes at an address. Returns the offset of its end if they are equal, or -1. */
export function matchEntry(list: string, offset: i32, address: usize): i32 {
  const start = changetype<usize>(list);
  const end = start + (list.length << 1);
  let from = start + (offset << 1);
  let at = address;
  // Compare four characters at once, as long as none of them is a bullet.
  while (from + 8 <= end) {
    const characters = load<u64>(from);
    if ((characters & 0xff00_ff00_ff00_ff00) != 0) break;
    if (load<u32>(at) != narrow(characters)) return -1;
    from += 8;
    at += 4;
  }
  while (<u32>load<u16>(from) != BULLET) {
    if (<u32>load<u8>(at) != <u32>load<u16>(from)) return -1;
    from += 2;
    at++;
  }
  return <i32>((from - start) >> 1);
}

/** Returns the offset of the next entry, or 0 after the last one. */
export function entryAfter(list: string, offset: i32): i32 {
  const end = entryEnd(list, offset) + 1;
  return end < list.length ? end : 0;
}

/** Returns the offset of the bullet, or of the end of a literal without one. */
export function entryEnd(list: string, offset: i32): i32 {
  let at = offset;
  while (at < list.length && <u32>load<u16>(changetype<usize>(list) + (at << 1)) != BULLET) at++;
  return at;
}

/** Returns the offset of an entry, by its index. */
export function entryAt(list: string, index: i32): i32 {
  let offset = 0;
  for (let left = index; left > 0; left--) offset = entryAfter(list, offset);
  return offset;
}

/** Returns the number of entries. */
export function countEntries(list: string): i32 {
  let count = 0;
  for (let offset = 0; offset < list.length; offset = entryEnd(list, offset) + 1) count++;
  return count;
}

/** Returns the index of the entry with these bytes, or -1. */
export function indexOfEntry(list: string, bytes: Bytes): i32 {
  let index = 0;
  for (let offset = 0; offset < list.length; offset = entryEnd(list, offset) + 1) {
    if (matchEntry(list, offset, bytes.start) == offset + bytes.length) return index;
    index++;
  }
  return -1;
}
