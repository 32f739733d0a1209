import { Bytes, copyLiteral, room } from './bytes';
import { entryEnd } from './entry-list';
import { Text } from './text';

/** Builds bytes piece by piece. */
export class Builder {
  protected buffer: ArrayBuffer;
  protected length: i32 = 0;
  private capacity: i32;

  constructor(capacity: i32) {
    this.buffer = room(capacity);
    this.capacity = capacity;
  }

  /** The number of bytes so far. */
  get size(): i32 {
    return this.length;
  }

  /** Reserves space for this many bytes and returns its address. */
  reserve(more: i32): usize {
    const needed = this.length + more;
    if (needed > this.capacity) {
      this.capacity = max(needed, this.capacity << 1);
      const larger = room(this.capacity);
      memory.copy(changetype<usize>(larger), changetype<usize>(this.buffer), this.length);
      this.buffer = larger;
    }
    return changetype<usize>(this.buffer) + this.length;
  }

  /** Counts this many of the reserved bytes as written. */
  advance(by: i32): void {
    this.length += by;
  }

  byte(value: u32): void {
    store<u8>(this.reserve(1), value);
    this.length++;
  }

  /** Writes an ASCII literal. */
  literal(literal: string): void {
    copyLiteral(this.reserve(literal.length), literal);
    this.length += literal.length;
  }

  /** Writes the entry at an offset of a list. */
  entry(list: string, offset: i32): void {
    const end = entryEnd(list, offset);
    for (let at = offset; at < end; at++) this.byte(load<u16>(changetype<usize>(list) + (at << 1)));
  }

  bytes(value: Bytes): void {
    this.copy(value.start, value.length);
  }

  /** Writes bytes from memory. */
  copy(start: usize, length: i32): void {
    memory.copy(this.reserve(length), start, length);
    this.length += length;
  }

  decimal(value: u64): void {
    if (value >= 10) this.decimal(value / 10);
    this.byte(0x30 + <u32>(value % 10));
  }

  /** Returns what was written, which must be UTF-8. Do not write more after this. */
  toText(): Text {
    return new Text(this.buffer, changetype<usize>(this.buffer), this.length);
  }

  toBytes(): Bytes {
    return new Bytes(this.buffer, changetype<usize>(this.buffer), this.length);
  }
}
