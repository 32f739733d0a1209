/**
 * A run of bytes in linear memory, UTF-8 where it is text. Requests are never turned into AssemblyScript's UTF-16 strings:
 * what is only passed on stays where it lies.
 */
export class Bytes {
  constructor(
    public start: usize,
    public length: i32,
  ) {}

  at(index: i32): u32 {
    return load<u8>(this.start + index);
  }

  part(from: i32, to: i32): Bytes {
    return new Bytes(this.start + from, to - from);
  }

  equals(other: Bytes): bool {
    return this.length == other.length && memory.compare(this.start, other.start, this.length) == 0;
  }

  /** Compares with an ASCII literal. */
  is(literal: string): bool {
    return this.length == literal.length && this.startsWith(literal);
  }

  startsWith(literal: string): bool {
    if (this.length < literal.length) return false;
    const from = changetype<usize>(literal);
    for (let index = 0; index < literal.length; index++) {
      if (<u32>load<u8>(this.start + index) != <u32>load<u16>(from + (index << 1))) return false;
    }
    return true;
  }

  /** Compares with a literal in lower case, whatever the case of these bytes. */
  isIgnoringCase(lowerCase: string): bool {
    if (this.length != lowerCase.length) return false;
    const from = changetype<usize>(lowerCase);
    for (let index = 0; index < this.length; index++) {
      if (toLower(load<u8>(this.start + index)) != <u32>load<u16>(from + (index << 1))) return false;
    }
    return true;
  }

  equalsIgnoringCase(other: Bytes): bool {
    if (this.length != other.length) return false;
    for (let index = 0; index < this.length; index++) {
      if (toLower(this.at(index)) != toLower(other.at(index))) return false;
    }
    return true;
  }

  /** The first place of a byte at or after `from`, or -1. */
  indexOf(byte: u32, from: i32 = 0): i32 {
    for (let index = from; index < this.length; index++) if (this.at(index) == byte) return index;
    return -1;
  }

  /** Without blanks and tabs at both ends. */
  trimmed(): Bytes {
    let from = 0;
    let to = this.length;
    while (from < to && isBlank(this.at(from))) from++;
    while (to > from && isBlank(this.at(to - 1))) to--;
    return this.part(from, to);
  }
}

export function toLower(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}

function isBlank(byte: u32): bool {
  return byte == 0x20 || byte == 0x09;
}

/** Room in the arena, with eight bytes to spare, so that words may be read and written across its end. */
export function room(length: i32): usize {
  return heap.alloc(length + 8);
}

/** An ASCII literal as bytes. */
export function ascii(literal: string): Bytes {
  const start = room(literal.length);
  for (let index = 0; index < literal.length; index++) {
    store<u8>(start + index, load<u16>(changetype<usize>(literal) + (index << 1)));
  }
  return new Bytes(start, literal.length);
}

// In the data segment, where it costs nothing and survives the emptying of the arena; never written to.
const EMPTY = memory.data<u32>([0, 0]);

export function empty(): Bytes {
  return changetype<Bytes>(EMPTY);
}

/** Bytes made piece by piece. */
export class Builder {
  private start: usize;
  private length: i32 = 0;

  constructor(private capacity: i32) {
    this.start = room(capacity);
  }

  /** Makes room for so many more bytes and gives the place where they go. */
  reserve(more: i32): usize {
    const needed = this.length + more;
    if (needed > this.capacity) {
      this.capacity = max(needed, this.capacity << 1);
      this.start = heap.realloc(this.start, this.capacity + 8);
    }
    return this.start + this.length;
  }

  /** Counts so many of the reserved bytes as written. */
  advance(by: i32): void {
    this.length += by;
  }

  byte(value: u32): void {
    store<u8>(this.reserve(1), value);
    this.length++;
  }

  literal(text: string): void {
    const to = this.reserve(text.length);
    for (let index = 0; index < text.length; index++) {
      store<u8>(to + index, load<u16>(changetype<usize>(text) + (index << 1)));
    }
    this.length += text.length;
  }

  bytes(value: Bytes): void {
    memory.copy(this.reserve(value.length), value.start, value.length);
    this.length += value.length;
  }

  decimal(value: u64): void {
    if (value >= 10) this.decimal(value / 10);
    this.byte(0x30 + <u32>(value % 10));
  }

  done(): Bytes {
    return new Bytes(this.start, this.length);
  }
}
