import { Bytes, startsWithLiteral } from './bytes';
import { fail, hasFailed } from './failure';
import { isPlainWord } from './plain-word';
import { readEscapes } from './read-escapes';
import { Text } from './text';
import { continuationBytes } from './utf8';

/** Moves through the bytes of a JSON text: whitespace, strings and words. Records the place of a failure. */
export class Scanner {
  /** Keeps the bytes alive that `at` points into. */
  protected readonly input: Bytes;
  protected at: usize;
  protected readonly end: usize;
  /** The address of the failure, or 0. */
  protected failedAt: usize = 0;

  constructor(input: Bytes) {
    this.input = input;
    this.at = input.start;
    this.end = input.start + input.length;
    this.skipBlanks();
  }

  /** The number of bytes in the text. */
  get size(): i32 {
    return this.input.length;
  }

  text(): Text {
    if (this.peek() != 0x22) {
      this.refuse('expected a string');
      return EMPTY_TEXT;
    }
    const start = ++this.at;
    if (!this.skipPlain()) return new Text(this.input.buffer, start, <i32>(this.at++ - start), true);
    if (hasFailed()) return EMPTY_TEXT;
    const content = readEscapes(start, this.at, this.closingQuote());
    if (hasFailed()) this.failedAt = start - 1;
    return content;
  }

  bool(): bool {
    if (this.word('true')) return true;
    if (!this.word('false')) this.refuse('expected true or false');
    return false;
  }

  nil(): u8 {
    if (!this.word('null')) this.refuse('expected null');
    return 0;
  }

  /** Reads `null`, if it is next. */
  takeNull(): bool {
    return this.peek() == 0x6e && this.word('null');
  }

  /** Records a failure at the next byte. */
  refuse(why: string): void {
    this.refuseFrom(this.at, why);
  }

  protected refuseFrom(start: usize, why: string): void {
    if (hasFailed()) return;
    fail(why);
    this.failedAt = start;
  }

  /** Skips characters without an escape. Returns true at an escape, and false at the closing quote. */
  protected skipPlain(): bool {
    const end = this.end;
    let at = this.at;
    while (at < end) {
      // Check eight bytes at once. Reading across the end is safe, because there are spare bytes after it.
      while (at + 8 <= end && isPlainWord(load<u64>(at))) at += 8;
      if (at >= end) break;
      const byte = <u32>load<u8>(at);
      if (byte == 0x22 || byte == 0x5c) {
        this.at = at;
        return byte == 0x5c;
      }
      if (byte < 0x20) {
        this.refuseFrom(at, 'a control character stands in a string');
        return true;
      }
      if (byte < 0x80) at++;
      else {
        const more = continuationBytes(at, end);
        if (more == 0) {
          this.refuseFrom(at, 'the text is not UTF-8');
          return true;
        }
        at += 1 + more;
      }
    }
    this.refuseFrom(at, 'a string does not end');
    return true;
  }

  /** Moves past the closing quote of a string. */
  protected closingQuote(): usize {
    while (!hasFailed() && this.skipPlain()) this.at += 2;
    return hasFailed() ? this.end : this.at++;
  }

  protected word(word: string): bool {
    if (this.at + word.length > this.end || !startsWithLiteral(this.at, word)) return false;
    this.at += word.length;
    return true;
  }

  // @ts-ignore: decorator
  @inline
  protected skipBlanks(): void {
    // Bytes after the end are harmless: the end is checked again there.
    if (<u32>load<u8>(this.at) <= 0x20) this.skipSomeBlanks();
  }

  protected skipSomeBlanks(): void {
    while (this.at < this.end) {
      const byte = load<u8>(this.at);
      if (byte > 0x20 || (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09)) return;
      this.at++;
    }
  }

  /** Returns the next byte, or 0 at the end. */
  // @ts-ignore: decorator
  @inline
  protected peek(): u32 {
    return this.at < this.end ? load<u8>(this.at) : 0;
  }

  // @ts-ignore: decorator
  @inline
  protected skip(byte: u32): bool {
    if (this.peek() != byte) return false;
    this.at++;
    return true;
  }
}

const EMPTY_TEXT = new Text(new ArrayBuffer(8), 0, 0, true);
