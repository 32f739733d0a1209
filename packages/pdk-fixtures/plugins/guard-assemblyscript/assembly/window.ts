import { Bytes } from './kit';

const BYTES = 24;

/**
 * What one balancer has let through: in its newest second, and in the one before, which another whose clock is behind still
 * counts. One key holds it, written over from second to second: windows that are over take no room.
 */
export class Window {
  private constructor(
    private second: u64,
    private count: u64,
    private before: u64,
  ) {}

  /** Reads what `encode` wrote; nothing, and anything else, is a window in which nothing was counted. */
  static decode(bytes: Bytes): Window {
    if (bytes.length != BYTES) return new Window(0, 0, 0);
    return new Window(load<u64>(bytes.start), load<u64>(bytes.start, 8), load<u64>(bytes.start, 16));
  }

  countIn(second: u64): u64 {
    if (second == this.second) return this.count;
    return second + 1 == this.second ? this.before : 0;
  }

  /** A clock that was set back by more than a second begins anew: its later window would last until it is reached again. */
  add(second: u64): void {
    if (second == this.second) this.count++;
    else if (second + 1 == this.second) this.before++;
    else {
      this.before = second == this.second + 1 ? this.count : 0;
      this.second = second;
      this.count = 1;
    }
  }

  encode(): Bytes {
    const bytes = new Uint8Array(BYTES);
    store<u64>(bytes.dataStart, this.second);
    store<u64>(bytes.dataStart, this.count, 8);
    store<u64>(bytes.dataStart, this.before, 16);
    return Bytes.of(bytes);
  }
}
