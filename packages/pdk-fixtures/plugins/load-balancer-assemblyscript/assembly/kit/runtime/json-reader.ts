import { Bytes } from './bytes';
import { entryAfter, entryAt, indexOfEntry, matchEntry } from './entry-list';
import { fail, forgetFailure, hasFailed, locateFailure } from './failure';
import { Json } from './json';
import { Writer } from './json-writer';
import { KeySet } from './key-set';
import { isNumberByte, NumberReader } from './number-reader';
import { placeOf } from './place';
import { Text } from './text';

/** The protocol's limit for the nesting of JSON. */
const DEEPEST = 128;

const EXPECTED_COMMA = 'expected a comma or a bracket';
const KEY_MISSING = 'the key is missing';
const KEY_TWICE = 'the key is there twice';
const OTHER_VALUE = 'the value is not one of the contract';

/**
 * Reads one JSON text, strictly, into values of known types. Records the place of a failure. What is read after a failure is empty.
 */
export class Reader extends NumberReader {
  private depth: i32 = 0;
  /** The keys of the object that failed, and the index of the key in question. */
  private innerKeys: string = '';
  private innerKey: i32 = 0;
  /** The value that `_v` of the outermost object must have. 0 if the text has no `_v`. */
  private version: u32 = 0;
  private hasVersion: bool = false;

  /** Expects `_v` in the outermost object, with this version. */
  expectVersion(version: u32): void {
    this.version = version;
  }

  /** Ends the text. The places of failures begin with `name`. */
  finish(name: string): void {
    if (!hasFailed()) {
      this.skipBlanks();
      if (this.at != this.end) this.refuse('expected the end of the text');
      else if (this.version != 0 && !this.hasVersion) fail('_v is missing');
    }
    if (hasFailed()) locateFailure(placeOf(name, this.input.start, this.failedAt, this.innerKeys, this.innerKey));
  }

  // Objects

  /**
   * Opens an object with the keys of a list and returns the first key. The low 16 bits are its index. The other bits say where in the list to
   * look for the next one. Returns -1 at the end of the object and after a failure.
   */
  openObject(keys: string): i32 {
    if (!this.open(0x7b, 'expected an object')) return -1;
    return this.skip(0x7d) ? this.leave() : this.readKey(keys, 0);
  }

  /** Returns the next key, after the value of the one before. */
  nextKey(keys: string, before: i32): i32 {
    if (hasFailed()) return -1;
    this.skipBlanks();
    if (this.skip(0x2c)) {
      this.skipBlanks();
      return this.readKey(keys, before);
    }
    if (this.skip(0x7d)) return this.leave();
    this.refuse(EXPECTED_COMMA);
    return -1;
  }

  /** Adds a key to the seen keys. */
  see(seen: u64, key: u16): u64 {
    const bit: u64 = (<u64>1) << key;
    if ((seen & bit) != 0) this.refuse(KEY_TWICE);
    return seen | bit;
  }

  /** Ends an object. All required keys must have been seen. */
  closeObject(keys: string, seen: u64, required: u64, first: i32 = 0): void {
    const missing = required & ~seen;
    if (missing == 0 || hasFailed()) return;
    this.innerKeys = keys;
    this.innerKey = entryAt(keys, first + <i32>ctz(missing));
    this.refuse(KEY_MISSING);
    // Go back into the object, where the key is missing.
    this.failedAt--;
  }

  /** Opens an object with any keys. Returns the first key, or null. */
  openEntries(): Text | null {
    if (!this.open(0x7b, 'expected an object')) return null;
    if (!this.skip(0x7d)) return this.readAnyKey();
    this.leave();
    return null;
  }

  /** Returns the next key of an object with any keys. Returns null at its end and after a failure. */
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

  /** Looks ahead for a key of the next object. Returns its value, or null. */
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

  /** Looks ahead for the discriminator of a union. Returns the index of its value, or -1 after a failure. */
  peekTag(key: string, tags: string): i32 {
    const tag = this.peekMember(key);
    if (hasFailed()) return -1;
    if (tag !== null) {
      const index = new Reader(tag.text).findChoice(tags);
      if (index >= 0 && !hasFailed()) return index;
      forgetFailure();
    }
    this.innerKeys = key;
    this.innerKey = 0;
    this.at++;
    this.refuse(tag === null ? KEY_MISSING : OTHER_VALUE);
    return -1;
  }

  /** Looks ahead for the version of the envelope. Returns 0 after a failure. */
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

  /** Opens a list. Returns false if it is empty. */
  openList(): bool {
    if (!this.open(0x5b, 'expected a list')) return false;
    if (!this.skip(0x5d)) return true;
    this.leave();
    return false;
  }

  /** Requires another element of a tuple. Returns whether it exists. */
  needElement(isThere: bool): bool {
    if (!isThere) this.refuse('an element is missing');
    return isThere;
  }

  /** Returns whether another element follows. */
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

  // Values

  /** Reads one of several scalars, which are given as JSON. Returns its index. */
  choice(values: string): i32 {
    const start = this.at;
    const index = this.findChoice(values);
    if (index >= 0) return index;
    this.refuseFrom(start, OTHER_VALUE);
    return 0;
  }

  /** Reads the only scalar that is allowed, given as JSON. */
  constant(json: string): void {
    const start = this.at;
    if (this.word(json) && !isNumberByte(this.peek())) return;
    this.at = start;
    if (!this.scalar().is(json)) this.refuseFrom(start, OTHER_VALUE);
  }

  /** Reads any value. It is checked, and its text is kept. */
  json(): Json {
    const start = this.at;
    this.skipValue();
    return new Json(new Text(this.input.buffer, start, <i32>(this.at - start)));
  }

  /** Reads any object. It is checked, and its text is kept. */
  jsonObject(): Json {
    if (this.peek() != 0x7b) this.refuse('expected an object');
    return this.json();
  }

  /** Checks a value and skips it. */
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

  /** Marks the beginning of a union, so that its options can be tried one after another. */
  mark(): Mark {
    return new Mark(this.at, this.depth, this.hasVersion);
  }

  /** Returns whether an option was read. If not, goes back to the mark, so that the next option can be tried. */
  fits(mark: Mark): bool {
    // A failure from before this text stays.
    if (!hasFailed() || this.failedAt == 0) return true;
    forgetFailure();
    this.failedAt = 0;
    this.innerKeys = '';
    this.at = mark.at;
    this.depth = mark.depth;
    this.hasVersion = mark.hasVersion;
    return false;
  }

  /** Enters a list or an object and counts its level: 128 nested lists pass, 129 do not. */
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

  /** Reads a key and the colon. The key is usually the one that follows the last key in the list. */
  private readKey(keys: string, before: i32): i32 {
    if (this.peek() == 0x22 && keys.length > 0) {
      const start = this.at + 1;
      const guess = before >> 16;
      let index = guess == 0 ? 0 : (before & 0xffff) + 1;
      let offset = guess;
      do {
        const end = matchEntry(keys, offset, start);
        const after = start + (end - offset);
        if (end >= 0 && after < this.end && load<u8>(after) == 0x22) {
          this.at = after + 1;
          const next = end + 1 < min(keys.length, 0x8000) ? end + 1 : 0;
          return this.colon() ? (next << 16) | index : -1;
        }
        offset = entryAfter(keys, offset);
        index = offset == 0 ? 0 : index + 1;
      } while (offset != guess);
    }
    // The key is unknown, has escapes, or is that of the envelope.
    const name = this.readAnyKey();
    if (name === null) return -1;
    const index = indexOfEntry(keys, name);
    if (index < 0) this.refuse('the key is unknown');
    return index;
  }

  /** Returns null after a failure, and at the end of the object if the envelope's `_v` was the last key. */
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

  private findChoice(values: string): i32 {
    let index = 0;
    let offset = 0;
    do {
      const end = matchEntry(values, offset, this.at);
      const after = this.at + (end - offset);
      if (end >= 0 && after <= this.end && (after == this.end || !isNumberByte(load<u8>(after)))) {
        this.at = after;
        return index;
      }
      offset = entryAfter(values, offset);
      index++;
    } while (offset != 0);
    // The scalar has another spelling, or is wrong.
    return indexOfEntry(values, this.scalar());
  }

  /** Reads a scalar and returns it as the kit would write it. */
  private scalar(): Bytes {
    const to = new Writer(64);
    const byte = this.peek();
    if (byte == 0x22) to.text(this.text());
    else if (byte == 0x2d || byte - 0x30 <= 9) to.number(this.number());
    else this.skipValue();
    return to.finish('');
  }
}

/** A position to return to. */
export class Mark {
  constructor(
    readonly at: usize,
    readonly depth: i32,
    readonly hasVersion: bool,
  ) {}
}
