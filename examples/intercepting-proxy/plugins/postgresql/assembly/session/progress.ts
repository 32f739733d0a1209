import { Builder, Bytes } from '../kit';

/** How far the bytes of one call are read, and what goes on instead of them. */
export class Progress {
  /** What was held back, and the chunk. */
  readonly data: Bytes;
  /** What is before this is done. */
  at: i32 = 0;
  isChanged: bool = false;
  /** Up to here, `data` is in the output. */
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

  /** How many bytes are not read yet. */
  get left(): i32 {
    return this.data.length - this.at;
  }

  byte(offset: i32): u32 {
    return this.data.at(this.at + offset);
  }

  /** An integer of 32 bits as the protocol has it. */
  u32(offset: i32): u32 {
    return bswap<u32>(load<u32>(this.data.start + this.at + offset));
  }

  /** Passes bytes as they are. */
  pass(length: i32): void {
    this.at += length;
  }

  /** Leaves bytes out. */
  drop(length: i32): void {
    this.put(null, length);
  }

  /** Puts something in the place of so many bytes. */
  put(instead: Bytes | null, length: i32): void {
    const out = this.flush();
    if (instead !== null) out.bytes(instead);
    this.isChanged = true;
    this.at += length;
    this.copied = this.at;
  }

  /** What goes on. */
  output(): Bytes {
    return this.flush().toBytes();
  }

  /** What is held back; null for nothing. */
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
