/**
 * A sequence of bytes. It never changes. Several may share one buffer, so a part of a request is not a copy.
 */
export class Bytes {
  /** Keeps the bytes alive, because the collector does not see `start`. */
  protected readonly buffer: ArrayBuffer;
  /** The address of the first byte. At least eight bytes after the last one can be read. */
  readonly start: usize;
  readonly length: i32;

  constructor(buffer: ArrayBuffer, start: usize, length: i32) {
    this.buffer = buffer;
    this.start = start;
    this.length = length;
  }

  /** Copies the bytes of an array. */
  static of(array: Uint8Array): Bytes {
    const buffer = room(array.length);
    memory.copy(changetype<usize>(buffer), array.dataStart, array.length);
    return new Bytes(buffer, changetype<usize>(buffer), array.length);
  }

  /** Returns the byte at an index. The index is not checked. */
  at(index: i32): u32 {
    return load<u8>(this.start + index);
  }

  /** Returns the bytes from `from` up to, but not including, `to`. */
  part(from: i32, to: i32): Bytes {
    assert(from >= 0 && from <= to && to <= this.length, 'part: from and to are not within the bytes');
    return new Bytes(this.buffer, this.start + from, to - from);
  }

  equals(other: Bytes): bool {
    return this.length == other.length && memory.compare(this.start, other.start, this.length) == 0;
  }

  /** Compares with an ASCII literal. */
  is(literal: string): bool {
    return this.length == literal.length && startsWithLiteral(this.start, literal);
  }

  /** Whether the bytes begin with an ASCII literal. */
  startsWith(literal: string): bool {
    return this.length >= literal.length && startsWithLiteral(this.start, literal);
  }

  /** Returns the first index of a byte at or after `from`, or -1. */
  indexOf(byte: u32, from: i32 = 0): i32 {
    for (let index = from; index < this.length; index++) if (this.at(index) == byte) return index;
    return -1;
  }

  toArray(): Uint8Array {
    const array = new Uint8Array(this.length);
    memory.copy(array.dataStart, this.start, this.length);
    return array;
  }
}

/** Allocates this many bytes and eight more, so that words can be read and written across the end. */
export function room(length: i32): ArrayBuffer {
  return new ArrayBuffer(length + 8);
}

/** Compares bytes with a literal that has one character for each byte, four at a time. */
export function startsWithLiteral(start: usize, literal: string): bool {
  const from = changetype<usize>(literal);
  const length = literal.length;
  const words = length & ~3;
  for (let index = 0; index < words; index += 4) {
    if (load<u32>(start + index) != narrow(load<u64>(from + (index << 1)))) return false;
  }
  for (let index = words; index < length; index++) {
    if (<u32>load<u8>(start + index) != <u32>load<u16>(from + (index << 1))) return false;
  }
  return true;
}

/** Copies a literal that has one character for each byte, four at a time. Up to three bytes after it may change. */
export function copyLiteral(to: usize, literal: string): void {
  const from = changetype<usize>(literal);
  const length = literal.length;
  const words = length & ~3;
  for (let index = 0; index < words; index += 4) {
    store<u32>(to + index, narrow(load<u64>(from + (index << 1))));
  }
  for (let index = words; index < length; index++) store<u8>(to + index, load<u16>(from + (index << 1)));
}

/** Converts four characters below 256 to four bytes. */
// @ts-ignore: decorator
@inline
export function narrow(characters: u64): u32 {
  const pairs = characters | (characters >> 8);
  return <u32>((pairs & 0xffff) | ((pairs >> 16) & 0xffff_0000));
}
