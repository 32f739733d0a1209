/**
 * A run of bytes. Several may share one buffer, so a part of a request is no copy of it. The bytes do not change.
 */
export class Bytes {
  /** Keeps the bytes alive: the collector does not see `start`. */
  protected readonly buffer: ArrayBuffer;
  /** The address of the first byte. At least eight bytes behind the last one may be read. */
  readonly start: usize;
  readonly length: i32;

  constructor(buffer: ArrayBuffer, start: usize, length: i32) {
    this.buffer = buffer;
    this.start = start;
    this.length = length;
  }

  /** The bytes of an array, copied. */
  static of(array: Uint8Array): Bytes {
    const buffer = room(array.length);
    memory.copy(changetype<usize>(buffer), array.dataStart, array.length);
    return new Bytes(buffer, changetype<usize>(buffer), array.length);
  }

  /** The byte at an index, unchecked. */
  at(index: i32): u32 {
    return load<u8>(this.start + index);
  }

  /** The bytes from one index up to another. */
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

  /** The first index of a byte at or after `from`, or -1. */
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

/** Room for so many bytes and eight more, so that words may be read and written across the end. */
export function room(length: i32): ArrayBuffer {
  return new ArrayBuffer(length + 8);
}

/** Compares bytes with a literal whose characters are bytes, four at a time. */
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

/** Copies a literal whose characters are bytes, four at a time. Up to three bytes behind it may change. */
export function copyLiteral(to: usize, literal: string): void {
  const from = changetype<usize>(literal);
  const length = literal.length;
  const words = length & ~3;
  for (let index = 0; index < words; index += 4) {
    store<u32>(to + index, narrow(load<u64>(from + (index << 1))));
  }
  for (let index = words; index < length; index++) store<u8>(to + index, load<u16>(from + (index << 1)));
}

/** Four characters below 256 as four bytes. */
// @ts-ignore: decorator
@inline
export function narrow(characters: u64): u32 {
  const pairs = characters | (characters >> 8);
  return <u32>((pairs & 0xffff) | ((pairs >> 16) & 0xffff_0000));
}
