import { Bytes, startsWithLiteral } from './bytes';
import { fail, hasFailed } from './failure';
import { isPlainWord } from './plain-word';
import { readEscapes } from './read-escapes';
import { Text } from './text';
import { continuationBytes } from './utf8';

/** Goes through the bytes of a JSON text: blanks, strings and words. A failure is noted with where it is. */
export class Scanner {
  /** Keeps the bytes that `at` goes through alive. */
  protected readonly input: Bytes;
  protected at: usize;
  protected readonly end: usize;
  /** Where the failure is; 0 if there is none here. */
  protected failedAt: usize = 0;

  constructor(input: Bytes) {
    this.input = input;
    this.at = input.start;
    this.end = input.start + input.length;
    this.skipBlanks();
  }

  /** How many bytes the text has. */
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

  /** Reads `null`, if that is what comes. */
  takeNull(): bool {
    return this.peek() == 0x6e && this.word('null');
  }

  /** Notes a failure at the next byte. */
  refuse(why: string): void {
    this.refuseFrom(this.at, why);
  }

  protected refuseFrom(start: usize, why: string): void {
    if (hasFailed()) return;
    fail(why);
    this.failedAt = start;
  }

  /** Skips what stands for itself, up to a quote, or to an escape: then it gives true. */
  protected skipPlain(): bool {
    const end = this.end;
    let at = this.at;
    while (at < end) {
      // Eight bytes at once, if each stands for itself. Reading across the end is safe, since there is room behind it.
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

  /** Goes to where a string ends and behind it. */
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
    // What stands behind the end does no harm: there it is looked at once more.
    if (<u32>load<u8>(this.at) <= 0x20) this.skipSomeBlanks();
  }

  protected skipSomeBlanks(): void {
    while (this.at < this.end) {
      const byte = load<u8>(this.at);
      if (byte > 0x20 || (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09)) return;
      this.at++;
    }
  }

  /** The next byte, or 0 at the end, which begins nothing. */
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
