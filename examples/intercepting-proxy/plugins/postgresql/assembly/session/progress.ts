import { Builder, Bytes } from '../kit';

/** The position in the bytes of one call, and the output that replaces them. */
export class Progress {
  /** The bytes that were held back, followed by the chunk. */
  readonly data: Bytes;
  /** The position: the bytes before it are handled. */
  at: i32 = 0;
  isChanged: bool = false;
  /** The bytes of `data` before this position are in the output. */
  private copied: i32 = 0;
  private out: Builder | null = null;

  constructor(held: Bytes, chunk: Bytes) {
    if (held.length == 0) this.data = chunk;
    else {
      const all = new Builder(held.length + chunk.length);
      all.bytes(held);
      all.bytes(chunk);
      this.data = all.toBytes();
    }
  }

  /** The number of bytes after the position. */
  get left(): i32 {
    return this.data.length - this.at;
  }

  byte(offset: i32): u32 {
    return this.data.at(this.at + offset);
  }

  /** Reads a big-endian integer of 32 bits. */
  u32(offset: i32): u32 {
    return bswap<u32>(load<u32>(this.data.start + this.at + offset));
  }

  /** Passes bytes unchanged. */
  pass(length: i32): void {
    this.at += length;
  }

  /** Removes bytes. */
  drop(length: i32): void {
    this.put(null, length);
  }

  /** Replaces `length` bytes. */
  put(instead: Bytes | null, length: i32): void {
    const out = this.flush();
    if (instead !== null) out.bytes(instead);
    this.isChanged = true;
    this.at += length;
    this.copied = this.at;
  }

  /** Returns the bytes to forward. */
  output(): Bytes {
    return this.flush().toBytes();
  }

  /** Returns the bytes to hold back, or null if there are none. */
  rest(): Bytes | null {
    return this.left == 0 ? null : this.data.part(this.at, this.data.length);
  }

  private flush(): Builder {
    let out = this.out;
    if (out === null) {
      out = new Builder(this.data.length + 64);
      this.out = out;
    }
    out.copy(this.data.start + this.copied, this.at - this.copied);
    this.copied = this.at;
    return out;
  }
}
