import { Builder } from './builder';
import { Bytes, copyLiteral, room } from './bytes';
import { entryEnd } from './entry-list';
import { isUtf8 } from './utf8';

/**
 * Text in UTF-8, as in the JSON. `text('…')` converts a string, `+` joins two texts, and `toString()` returns a string. Lengths and
 * indexes count bytes.
 */
export class Text extends Bytes {
  /** True if nothing in the text needs an escape in JSON. False means "unknown". */
  readonly isPlain: bool;

  constructor(buffer: ArrayBuffer, start: usize, length: i32, isPlain: bool = false) {
    super(buffer, start, length);
    this.isPlain = isPlain;
  }

  /** Returns these bytes as text, or null if they are not UTF-8. */
  static from(bytes: Bytes): Text | null {
    return isUtf8(bytes.start, bytes.length) ? Text.trust(bytes) : null;
  }

  /** Returns these bytes as text. They must be UTF-8. */
  static trust(bytes: Bytes): Text {
    return new Text(bytes.buffer, bytes.start, bytes.length);
  }

  /** Returns the text from one index up to another. Do not cut a character that is longer than a byte. */
  part(from: i32, to: i32): Text {
    assert(from >= 0 && from <= to && to <= this.length, 'part: from and to are not within the text');
    return new Text(this.buffer, this.start + from, to - from, this.isPlain);
  }

  toString(): string {
    return String.UTF8.decodeUnsafe(this.start, this.length);
  }

  // @ts-ignore: decorator
  @operator('+')
  join(other: Text): Text {
    const to = new Builder(this.length + other.length);
    to.bytes(this);
    to.bytes(other);
    return to.toText();
  }
}

/** Converts a string to text. A lone surrogate becomes U+FFFD. */
export function text(from: string): Text {
  const length = String.UTF8.byteLength(from);
  const buffer = room(length);
  const start = changetype<usize>(buffer);
  if (length == from.length) copyLiteral(start, from);
  else String.UTF8.encodeUnsafe(changetype<usize>(from), from.length, start, false, String.UTF8.ErrorMode.REPLACE);
  return new Text(buffer, start, length);
}

/** Converts a literal that has one character for each byte, as generated code does. */
export function ofLiteral(literal: string): Text {
  const buffer = room(literal.length);
  copyLiteral(changetype<usize>(buffer), literal);
  return new Text(buffer, changetype<usize>(buffer), literal.length);
}

/** Returns the entry at an offset of a list, as text. */
export function ofEntry(list: string, offset: i32): Text {
  const to = new Builder(32);
  to.entry(list, offset);
  return to.toText();
}

/** Returns all entries of a list. */
export function ofEntries(list: string): Text[] {
  const texts: Text[] = [];
  for (let offset = 0; offset < list.length; offset = entryEnd(list, offset) + 1) texts.push(ofEntry(list, offset));
  return texts;
}
