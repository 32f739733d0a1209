import { Bytes } from './kit';

const BYTES = 24;

/**
 * The requests that one balancer has let through in its newest second and in the second before. A balancer whose clock is behind
 * still counts the latter. It is stored under one key and overwritten from second to second, so old windows take no space.
 */
export class Window {
  private constructor(
    private second: u64,
    private count: u64,
    private before: u64,
  ) {}

  /** Reads the output of `encode`. Anything else, or nothing, is an empty window. */
  static decode(bytes: Bytes): Window {
    if (bytes.length != BYTES) return new Window(0, 0, 0);
    return new Window(load<u64>(bytes.start), load<u64>(bytes.start, 8), load<u64>(bytes.start, 16));
  }

  countIn(second: u64): u64 {
    if (second == this.second) return this.count;
    return second + 1 == this.second ? this.before : 0;
  }

  /** If the clock was set back by more than a second, counting starts again. Otherwise the window would last until that time returns. */
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
