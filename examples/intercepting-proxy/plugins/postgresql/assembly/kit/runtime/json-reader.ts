import { Bytes, startsWithLiteral } from './bytes';
import { fail, forgetFailure, hasFailed, locateFailure } from './failure';
import { Json } from './json';
import { Writer } from './json-writer';
import { KeySet } from './key-set';
import { placeOf } from './place';
import { isPlainWord } from './plain-word';
import { isJsonNumber, parseNumber, readExponent } from './read-number';
import { readEscapes } from './read-escapes';
import { Text } from './text';
import { continuationBytes } from './utf8';

/** As deep as the protocol lets JSON nest. */
const DEEPEST = 128;

const EXPECTED_COMMA = 'expected a comma or a closing bracket';
const KEY_MISSING = 'the key is missing';
const KEY_TWICE = 'the key is there twice';
const OTHER_VALUE = 'the value is none of those that the contract names';
const NOT_WHOLE = 'expected a whole number';
const TOO_LARGE = 'the number is too large';
const TOO_SMALL = 'the number is too small';

/**
 * Reads one JSON text, strictly, into values of known types. A failure is noted with where it is, and what is read after it is empty.
 */
export class Reader {
  /** Keeps the bytes that `at` goes through alive. */
  private readonly input: Bytes;
  private at: usize;
  private readonly end: usize;
  private depth: i32 = 0;
  /** Where the failure is. */
  private failedAt: usize = 0;
  /** A key of the object there. */
  private innerKey: string = '';
  /** What `_v` must be, in the outermost object; 0 if there is no `_v`. */
  private version: u32 = 0;
  private hasVersion: bool = false;

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

  /** Takes `_v` of the outermost object for the version of the envelope, which must be this one. */
  expectVersion(version: u32): void {
    this.version = version;
  }

  /** Ends the text. `name` is what the places of failures begin with. */
  finish(name: string): void {
    if (!hasFailed()) {
      this.skipBlanks();
      if (this.at != this.end) this.refuse('expected the end of the text');
      else if (this.version != 0 && !this.hasVersion) fail('_v is missing');
    }
    if (hasFailed()) locateFailure(placeOf(name, this.input.start, this.failedAt, this.innerKey));
  }

  // Objects

  /** Opens an object and gives the index of its first key, as `nextKey` does. */
  openObject(keys: StaticArray<string>): i32 {
    if (!this.open(0x7b, 'expected an object')) return -1;
    return this.skip(0x7d) ? this.leave() : this.readKey(keys, 0);
  }

  /** Gives the index of the next key, behind the value of the one before; -1 at the object's end and after a failure. */
  nextKey(keys: StaticArray<string>, before: i32): i32 {
    if (hasFailed()) return -1;
    this.skipBlanks();
    if (this.skip(0x2c)) {
      this.skipBlanks();
      return this.readKey(keys, before + 1);
    }
    if (this.skip(0x7d)) return this.leave();
    this.refuse(EXPECTED_COMMA);
    return -1;
  }

  /** Adds a key to those that were seen. */
  see(seen: u64, key: i32): u64 {
    const bit: u64 = (<u64>1) << key;
    if ((seen & bit) != 0) this.refuse(KEY_TWICE);
    return seen | bit;
  }

  /** Ends an object: all of the required keys must have been seen. */
  closeObject(keys: StaticArray<string>, seen: u64, required: u64, first: i32 = 0): void {
    const missing = required & ~seen;
    if (missing == 0 || hasFailed()) return;
    this.innerKey = keys[first + <i32>ctz(missing)];
    this.refuse(KEY_MISSING);
    // Back into the object, where the key should have been.
    this.failedAt--;
  }

  /** Opens an object with any keys; gives the first, or null. */
  openEntries(): Text | null {
    if (!this.open(0x7b, 'expected an object')) return null;
    if (!this.skip(0x7d)) return this.readAnyKey();
    this.leave();
    return null;
  }

  /** The next key of an object with any keys; null at its end and after a failure. */
  nextEntry(): Text | null {
    if (hasFailed()) return null;
    this.skipBlanks();
    if (this.skip(0x2c)) {
      this.skipBlanks();
      return this.readAnyKey();
    }
    if (this.skip(0x7d)) this.leave();
    else this.refuse(EXPECTED_COMMA);
    return null;
  }

  /** Looks ahead for a key of the object that comes: its value, or null. */
  peekMember(key: string): Json | null {
    const start = this.at;
    const depth = this.depth;
    const hadVersion = this.hasVersion;
    let found: Json | null = null;
    if (this.peek() == 0x7b) {
      for (let name = this.openEntries(); name !== null; name = this.nextEntry()) {
        if (name.is(key)) {
          found = this.json();
          break;
        }
        this.skipValue();
      }
    } else this.refuse('expected an object');
    this.hasVersion = hadVersion;
    if (hasFailed()) return null;
    this.at = start;
    this.depth = depth;
    return found;
  }

  /** Looks ahead for the key that tells the options of a union apart: the index of its value, or -1 after a failure. */
  peekTag(key: string, tags: StaticArray<string>): i32 {
    const tag = this.peekMember(key);
    if (hasFailed()) return -1;
    if (tag !== null) {
      const index = new Reader(tag.text).findChoice(tags);
      if (index >= 0 && !hasFailed()) return index;
      forgetFailure();
    }
    this.innerKey = key;
    this.at++;
    this.refuse(tag === null ? KEY_MISSING : OTHER_VALUE);
    return -1;
  }

  /** Looks ahead for the version of the envelope; 0 after a failure. */
  peekVersion(): u32 {
    const version = this.peekMember('_v');
    if (hasFailed()) return 0;
    if (version === null) {
      this.refuse('_v is missing');
      return 0;
    }
    const number = <u32>new Reader(version.text).unsigned(0xffff_ffff);
    if (!hasFailed()) return number;
    forgetFailure();
    this.refuse('_v is not a version');
    return 0;
  }

  // Lists

  /** Opens a list; false if it is empty. */
  openList(): bool {
    if (!this.open(0x5b, 'expected a list')) return false;
    if (!this.skip(0x5d)) return true;
    this.leave();
    return false;
  }

  /** Whether an element of a tuple is there; it has to be. */
  needElement(isThere: bool): bool {
    if (!isThere) this.refuse('an element is missing');
    return isThere;
  }

  /** Whether there is another element, behind the one before. */
  nextElement(): bool {
    if (hasFailed()) return false;
    this.skipBlanks();
    if (this.skip(0x2c)) {
      this.skipBlanks();
      return true;
    }
    if (this.skip(0x5d)) this.leave();
    else this.refuse(EXPECTED_COMMA);
    return false;
  }

  // Scalars

  text(): Text {
    if (this.peek() != 0x22) {
      this.refuse('expected a string');
      return EMPTY_TEXT;
    }
    const start = ++this.at;
    if (!this.skipPlain()) return new Text(this.input.buffer, start, <i32>(this.at++ - start), true);
    if (hasFailed()) return EMPTY_TEXT;
    const content = readEscapes(start, this.at, this.closingQuote());
    if (hasFailed()) this.note(start - 1);
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

  /** A whole number from 0 on. */
  unsigned(largest: u64, smallest: u64 = 0): u64 {
    const start = this.at;
    let value: u64 = 0;
    let digit = this.peek() - 0x30;
    // A number that 19 digits hold is within 64 bits.
    while (digit <= 9 && this.at - start < 19) {
      value = value * 10 + digit;
      this.at++;
      digit = this.peek() - 0x30;
    }
    const length = this.at - start;
    if (length == 0 || digit <= 9 || (length > 1 && load<u8>(start) == 0x30) || isNumberByte(digit + 0x30)) {
      this.at = start;
      const number = this.unusualInteger();
      if (hasFailed()) return smallest;
      if (number.isNegative && number.magnitude != 0) {
        this.refuseFrom(start, TOO_SMALL);
        return smallest;
      }
      value = number.magnitude;
    }
    if (value > largest) this.refuseFrom(start, TOO_LARGE);
    else if (value < smallest) this.refuseFrom(start, TOO_SMALL);
    return value;
  }

  /** A whole number. */
  signed(smallest: i64, largest: i64): i64 {
    const start = this.at;
    const number = this.unusualInteger();
    if (hasFailed()) return 0;
    const limit: u64 = number.isNegative ? 0x8000_0000_0000_0000 : 0x7fff_ffff_ffff_ffff;
    const value = number.isNegative ? -(<i64>number.magnitude) : <i64>number.magnitude;
    const isBeyond = number.magnitude > limit;
    if (number.isNegative ? isBeyond || value < smallest : value < smallest)
      this.refuseFrom(start, TOO_SMALL);
    else if (isBeyond || value > largest) this.refuseFrom(start, TOO_LARGE);
    return value;
  }

  /** A finite number. `isAbove` and `isBelow` leave out the bounds themselves. */
  number(
    smallest: f64 = -Infinity,
    largest: f64 = Infinity,
    isAbove: bool = false,
    isBelow: bool = false,
  ): f64 {
    const start = this.at;
    const written = this.numberText();
    const value = hasFailed() ? 0 : parseNumber(written.start, written.length);
    if (!isFinite(value) || value > largest || (isBelow && value == largest))
      this.refuseFrom(start, TOO_LARGE);
    if (value < smallest || (isAbove && value == smallest))
      this.refuseFrom(start, TOO_SMALL);
    return value;
  }

  /** One of some scalars, which are given as JSON: its index. */
  choice(values: StaticArray<string>): i32 {
    const start = this.at;
    const index = this.findChoice(values);
    if (index >= 0) return index;
    this.refuseFrom(start, OTHER_VALUE);
    return 0;
  }

  /** The scalar that alone fits, as JSON. */
  constant(json: string): void {
    if (this.word(json) && !isNumberByte(this.peek())) return;
    const start = this.at;
    if (!this.scalar().is(json)) this.refuseFrom(start, OTHER_VALUE);
  }

  /** Any value, checked and kept as it is written. */
  json(): Json {
    const start = this.at;
    this.skipValue();
    return new Json(new Text(this.input.buffer, start, <i32>(this.at - start)));
  }

  /** Any object, checked and kept as it is written. */
  jsonObject(): Json {
    if (this.peek() != 0x7b) this.refuse('expected an object');
    return this.json();
  }

  /** Checks a value and goes behind it. */
  skipValue(): void {
    if (hasFailed()) return;
    const byte = this.peek();
    if (byte == 0x22) this.text();
    else if (byte == 0x7b) this.skipObject();
    else if (byte == 0x5b) {
      for (let more = this.openList(); more; more = this.nextElement()) this.skipValue();
    } else if (byte == 0x74 || byte == 0x66) this.bool();
    else if (byte == 0x6e) this.nil();
    else this.numberText();
  }

  // Unions

  /** Where a union begins, so that another option can be tried. */
  mark(): Mark {
    return new Mark(this.at, this.depth, this.hasVersion);
  }

  /** Whether an option was read; if not, goes back so that the next one can be tried. */
  fits(mark: Mark): bool {
    if (!hasFailed()) return true;
    forgetFailure();
    this.innerKey = '';
    this.at = mark.at;
    this.depth = mark.depth;
    this.hasVersion = mark.hasVersion;
    return false;
  }

  /** Notes a failure at the next byte. */
  refuse(why: string): void {
    this.refuseFrom(this.at, why);
  }

  private refuseFrom(start: usize, why: string): void {
    if (hasFailed()) return;
    fail(why);
    this.note(start);
  }

  /** What comes next is no longer read. */
  private note(start: usize): void {
    this.failedAt = start;
  }

  /** Enters a list or an object. Its own level counts: 128 nested lists pass, 129 do not. */
  private open(bracket: u32, otherwise: string): bool {
    if (hasFailed()) return false;
    if (this.peek() != bracket) {
      this.refuse(otherwise);
      return false;
    }
    if (++this.depth > DEEPEST) {
      this.refuse('JSON nests deeper than 128 levels');
      return false;
    }
    this.at++;
    this.skipBlanks();
    return true;
  }

  private leave(): i32 {
    this.depth--;
    return -1;
  }

  /** Reads a key and the colon; mostly it is the one that is guessed. */
  private readKey(keys: StaticArray<string>, guess: i32): i32 {
    const count = keys.length;
    if (this.peek() == 0x22) {
      let index = guess;
      for (let tried = 0; tried < count; tried++, index++) {
        if (index >= count) index = 0;
        const key = unchecked(keys[index]);
        const end = this.at + 1 + key.length;
        if (end < this.end && load<u8>(end) == 0x22 && startsWithLiteral(this.at + 1, key)) {
          this.at = end + 1;
          return this.colon() ? index : -1;
        }
      }
    }
    // Unknown, or written with escapes, or the envelope's.
    const name = this.readAnyKey();
    if (name === null) return -1;
    for (let index = 0; index < count; index++) if (name.is(keys[index])) return index;
    this.refuse('the key is unknown');
    return -1;
  }

  /** Null after a failure, and at the object's end if the envelope's `_v` was the last key. */
  private readAnyKey(): Text | null {
    if (this.peek() != 0x22) {
      this.refuse('expected a key');
      return null;
    }
    const start = this.at;
    const key = this.text();
    if (hasFailed() || !this.colon()) return null;
    if (this.version == 0 || this.depth != 1 || !key.is('_v')) return key;
    if (this.hasVersion) this.refuseFrom(start, '_v is there twice');
    this.hasVersion = true;
    if (this.unsigned(0xffff_ffff) != this.version) this.refuseFrom(start, '_v is another version');
    if (hasFailed()) return null;
    this.skipBlanks();
    if (this.skip(0x2c)) {
      this.skipBlanks();
      return this.readAnyKey();
    }
    if (this.skip(0x7d)) this.leave();
    else this.refuse(EXPECTED_COMMA);
    return null;
  }

  private colon(): bool {
    this.skipBlanks();
    if (!this.skip(0x3a)) {
      this.refuse('expected a colon');
      return false;
    }
    this.skipBlanks();
    return true;
  }

  private skipObject(): void {
    const keys = new KeySet();
    for (let key = this.openEntries(); key !== null; key = this.nextEntry()) {
      if (keys.add(key)) this.refuse(KEY_TWICE);
      this.skipValue();
    }
  }

  /** Skips what stands for itself, up to a quote, or to an escape: then it gives true. */
  private skipPlain(): bool {
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
  private closingQuote(): usize {
    while (!hasFailed() && this.skipPlain()) this.at += 2;
    return hasFailed() ? this.end : this.at++;
  }

  private findChoice(values: StaticArray<string>): i32 {
    for (let index = 0; index < values.length; index++) {
      const start = this.at;
      if (this.word(values[index])) {
        if (!isNumberByte(this.peek())) return index;
        this.at = start;
      }
    }
    // Written in another way, or wrong.
    const canonical = this.scalar();
    for (let index = 0; index < values.length; index++) if (canonical.is(values[index])) return index;
    return -1;
  }

  /** A scalar as the kit would write it. */
  private scalar(): Bytes {
    const to = new Writer(64);
    const byte = this.peek();
    if (byte == 0x22) to.text(this.text());
    else if (byte == 0x2d || byte - 0x30 <= 9) to.number(this.number());
    else this.skipValue();
    return to.finish('');
  }

  private word(word: string): bool {
    if (this.at + word.length > this.end || !startsWithLiteral(this.at, word)) return false;
    this.at += word.length;
    return true;
  }

  private numberText(): Bytes {
    const start = this.at;
    while (this.at < this.end && isNumberByte(load<u8>(this.at))) this.at++;
    const length = <i32>(this.at - start);
    if (length == 0 || !isJsonNumber(start, length)) this.refuseFrom(start, length == 0 ? 'expected a number' : 'a number is malformed');
    return new Bytes(this.input.buffer, start, length);
  }

  /** A whole number as it may be written at all: negative, with a point or an exponent. */
  private unusualInteger(): Integer {
    const start = this.at;
    const byte = this.peek();
    if (byte - 0x30 > 9 && byte != 0x2d) {
      this.refuse(NOT_WHOLE);
      return new Integer(false, 0);
    }
    const written = this.numberText();
    const isNegative = byte == 0x2d;
    if (hasFailed()) return new Integer(false, 0);
    return new Integer(isNegative, this.wholeOf(written, isNegative));
  }

  /** The size of a number that is whole. With a point or an exponent it is exact up to 2^53 and no further. */
  private wholeOf(written: Bytes, isNegative: bool): u64 {
    let size: u64 = 0;
    let exponent = 0;
    let zeros = 0;
    let isFraction = false;
    let index = <i32>isNegative;
    let isBeyond = false;
    for (; index < written.length; index++) {
      const byte = written.at(index);
      if (byte == 0x2e) isFraction = true;
      else if (byte - 0x30 > 9) break;
      else {
        if (isFraction) exponent--;
        zeros++;
        if (byte == 0x30) continue;
        for (; zeros > 0; zeros--) {
          isBeyond = isBeyond || size > u64.MAX_VALUE / 10;
          size *= 10;
        }
        isBeyond = isBeyond || size > u64.MAX_VALUE - (byte - 0x30);
        size += byte - 0x30;
      }
    }
    const isPlain = !isFraction && index == written.length;
    if (index < written.length) exponent += readExponent(written.start + index + 1, written.start + written.length);
    if (size == 0 && !isBeyond) return 0;
    exponent += zeros;
    for (; exponent > 0 && !isBeyond; exponent--) {
      isBeyond = size > u64.MAX_VALUE / 10;
      size *= 10;
    }
    if (exponent < 0 || (!isPlain && size > 0x20_0000_0000_0000)) this.refuseFrom(written.start, NOT_WHOLE);
    else if (isBeyond) this.refuseFrom(written.start, isNegative ? TOO_SMALL : TOO_LARGE);
    return size;
  }

  private skipBlanks(): void {
    while (this.at < this.end) {
      const byte = load<u8>(this.at);
      if (byte > 0x20 || (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09)) return;
      this.at++;
    }
  }

  /** The next byte, or 0 at the end, which begins nothing. */
  // @ts-ignore: decorator
  @inline
  private peek(): u32 {
    return this.at < this.end ? load<u8>(this.at) : 0;
  }

  // @ts-ignore: decorator
  @inline
  private skip(byte: u32): bool {
    if (this.peek() != byte) return false;
    this.at++;
    return true;
  }
}

/** A place to go back to. */
export class Mark {
  constructor(
    readonly at: usize,
    readonly depth: i32,
    readonly hasVersion: bool,
  ) {}
}

class Integer {
  constructor(
    readonly isNegative: bool,
    readonly magnitude: u64,
  ) {}
}

const EMPTY_TEXT = new Text(new ArrayBuffer(8), 0, 0, true);

function isNumberByte(byte: u32): bool {
  return byte - 0x30 <= 9 || byte == 0x2d || byte == 0x2b || byte == 0x2e || (byte | 0x20) == 0x65;
}
