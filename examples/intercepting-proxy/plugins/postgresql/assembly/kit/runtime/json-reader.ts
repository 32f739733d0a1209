import { Bytes } from './bytes';
import { entryAfter, entryAt, indexOfEntry, matchEntry } from './entry-list';
import { fail, forgetFailure, hasFailed, locateFailure } from './failure';
import { Json } from './json';
import { Writer } from './json-writer';
import { KeySet } from './key-set';
import { isNumberByte, NumberReader } from './number-reader';
import { placeOf } from './place';
import { Text } from './text';

/** As deep as the protocol lets JSON nest. */
const DEEPEST = 128;

const EXPECTED_COMMA = 'expected a comma or a bracket';
const KEY_MISSING = 'the key is missing';
const KEY_TWICE = 'the key is there twice';
const OTHER_VALUE = 'the value is not one of the contract';

/**
 * Reads one JSON text, strictly, into values of known types. A failure is noted with where it is, and what is read after it is empty.
 */
export class Reader extends NumberReader {
  private depth: i32 = 0;
  /** Keys of the object where the failure is, and where in the list is the one that is meant. */
  private innerKeys: string = '';
  private innerKey: i32 = 0;
  /** What `_v` must be, in the outermost object; 0 if there is no `_v`. */
  private version: u32 = 0;
  private hasVersion: bool = false;

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
    if (hasFailed()) locateFailure(placeOf(name, this.input.start, this.failedAt, this.innerKeys, this.innerKey));
  }

  // Objects

  /**
   * Opens an object whose keys are those of a list, and gives the first. The index of a key are the low 16 bits; the rest says where in the
   * list the next one is looked for. At the object's end and after a failure it is -1.
   */
  openObject(keys: string): i32 {
    if (!this.open(0x7b, 'expected an object')) return -1;
    return this.skip(0x7d) ? this.leave() : this.readKey(keys, 0);
  }

  /** Gives the next key, behind the value of the one before. */
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

  /** Adds a key to those that were seen. */
  see(seen: u64, key: u16): u64 {
    const bit: u64 = (<u64>1) << key;
    if ((seen & bit) != 0) this.refuse(KEY_TWICE);
    return seen | bit;
  }

  /** Ends an object: all of the required keys must have been seen. */
  closeObject(keys: string, seen: u64, required: u64, first: i32 = 0): void {
    const missing = required & ~seen;
    if (missing == 0 || hasFailed()) return;
    this.innerKeys = keys;
    this.innerKey = entryAt(keys, first + <i32>ctz(missing));
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

  // Values

  /** One of some scalars, which are given as JSON: its index. */
  choice(values: string): i32 {
    const start = this.at;
    const index = this.findChoice(values);
    if (index >= 0) return index;
    this.refuseFrom(start, OTHER_VALUE);
    return 0;
  }

  /** The scalar that alone fits, as JSON. */
  constant(json: string): void {
    const start = this.at;
    if (this.word(json) && !isNumberByte(this.peek())) return;
    this.at = start;
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

  /** Reads a key and the colon; mostly it is the one behind the key before. */
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
    // Unknown, or written with escapes, or the envelope's.
    const name = this.readAnyKey();
    if (name === null) return -1;
    const index = indexOfEntry(keys, name);
    if (index < 0) this.refuse('the key is unknown');
    return index;
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
    // Written in another way, or wrong.
    return indexOfEntry(values, this.scalar());
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
}

/** A place to go back to. */
export class Mark {
  constructor(
    readonly at: usize,
    readonly depth: i32,
    readonly hasVersion: bool,
  ) {}
}
