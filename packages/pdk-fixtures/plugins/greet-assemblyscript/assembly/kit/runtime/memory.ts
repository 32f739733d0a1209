import { allocate, blockLength, inputLength, inputLoadU64, inputLoadU8 } from './extism';
import { loadU64, loadU8, release, storeU64, storeU8 } from './extism';
import { Bytes, room } from './bytes';

/** Copies the input of the call, eight bytes at a time. */
export function readInput(): Bytes {
  const length = <i32>inputLength();
  const buffer = room(length);
  const start = changetype<usize>(buffer);
  const words = length & ~7;
  for (let at = 0; at < words; at += 8) store<u64>(start + at, inputLoadU64(at));
  for (let at = words; at < length; at++) store<u8>(start + at, inputLoadU8(at));
  return new Bytes(buffer, start, length);
}

/** Copies bytes into a block of the kernel, eight bytes at a time. Returns its handle. */
export function toBlock(bytes: Bytes): u64 {
  const block = allocate(bytes.length);
  // There is no memory left, not even for an error message.
  if (block == 0 && bytes.length > 0) unreachable();
  const words = bytes.length & ~7;
  for (let at = 0; at < words; at += 8) storeU64(block + at, load<u64>(bytes.start + at));
  for (let at = words; at < bytes.length; at++) storeU8(block + at, load<u8>(bytes.start + at));
  return block;
}

/** Copies a block of the kernel, eight bytes at a time, and frees it. */
export function fromBlock(block: u64): Bytes {
  const length = <i32>blockLength(block);
  const buffer = room(length);
  const start = changetype<usize>(buffer);
  const words = length & ~7;
  for (let at = 0; at < words; at += 8) store<u64>(start + at, loadU64(block + at));
  for (let at = words; at < length; at++) store<u8>(start + at, loadU8(block + at));
  release(block);
  return new Bytes(buffer, start, length);
}

/** Writes a number into a block of its size. */
export function toNumberBlock<T>(value: T): u64 {
  const buffer = room(8);
  const start = changetype<usize>(buffer);
  store<T>(start, value);
  return toBlock(new Bytes(buffer, start, sizeof<T>()));
}

/** Reads a number from its block, and frees it. */
export function fromNumberBlock<T>(block: u64): T {
  return load<T>(fromBlock(block).start);
}
