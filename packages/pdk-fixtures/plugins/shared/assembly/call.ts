import { ascii, Builder, Bytes, room } from './bytes';
import { allocate, blockLength, configGet, errorSet, inputLength, inputLoadU64, inputLoadU8 } from './extism';
import { loadU64, loadU8, outputSet, storeU64, storeU8 } from './extism';
import { failure, forgetFailure, hasFailed } from './failure';
import { forgetValues } from './json-reader';

/**
 * Starts a call and gives its input. The heap is an arena (`--runtime stub`): everything of the call before is forgotten
 * here, so memory grows to the largest call and no further, and nothing is collected. No global may point into the heap.
 */
export function beginCall(): Bytes {
  heap.reset();
  forgetFailure();
  forgetValues();
  const length = <i32>inputLength();
  const start = room(length);
  const words = length & ~7;
  for (let at = 0; at < words; at += 8) store<u64>(start + at, inputLoadU64(at));
  for (let at = words; at < length; at++) store<u8>(start + at, inputLoadU8(at));
  return new Bytes(start, length);
}

/** Ends a call: with an output, or with the failure that was noted and a non-zero status. */
export function endCall(output: Builder): i32 {
  if (hasFailed()) {
    errorSet(toBlock(ascii(failure())));
    return 1;
  }
  const bytes = output.done();
  outputSet(toBlock(bytes), bytes.length);
  return 0;
}

/** Copies bytes into a block of the kernel's, eight at a time; gives its handle. */
export function toBlock(bytes: Bytes): u64 {
  const block = allocate(bytes.length);
  // No room is left for the answer, so there is none for an error either.
  if (block == 0) unreachable();
  const words = bytes.length & ~7;
  for (let at = 0; at < words; at += 8) storeU64(block + at, load<u64>(bytes.start + at));
  for (let at = words; at < bytes.length; at++) storeU8(block + at, load<u8>(bytes.start + at));
  return block;
}

/** Copies a block of the kernel's, eight bytes at a time. */
export function fromBlock(block: u64): Bytes {
  const length = <i32>blockLength(block);
  const start = room(length);
  const words = length & ~7;
  for (let at = 0; at < words; at += 8) store<u64>(start + at, loadU64(block + at));
  for (let at = words; at < length; at++) store<u8>(start + at, loadU8(block + at));
  return new Bytes(start, length);
}

/** What the operator configured under a key, or null. */
export function configured(key: string): Bytes | null {
  const block = configGet(toBlock(ascii(key)));
  return block == 0 ? null : fromBlock(block);
}

/** What AssemblyScript calls where it gives up (`--use abort=…`), without the import that its own `abort` would be. */
export function abort(_message: string | null, _file: string | null, _line: u32, _column: u32): void {
  unreachable();
}
