import { Bytes, empty } from './bytes';
import { fail } from './failure';

export const enum Kind {
  nothing,
  boolean,
  number,
  text,
  list,
  object,
}

/** A JSON value as it was read: checked, not yet understood. The members of lists and objects are chained. */
export class Value {
  key: Bytes = empty();
  /** A text's content, or the JSON of anything else. */
  content: Bytes = empty();
  first: Value | null = null;
  next: Value | null = null;
  size: i32 = 0;
  /** The JSON as it stands in the input, to be passed on unread. */
  json: Bytes = empty();

  constructor(public kind: Kind) {}

  /** An unsigned integer up to 2^53 - 1, beyond which a host in JavaScript would round. */
  count(): u64 {
    if (this.kind != Kind.number) return wrong('expected an unsigned integer');
    const digits = this.content;
    let value: u64 = 0;
    for (let at = 0; at < digits.length; at++) {
      const digit = digits.at(at) - 0x30;
      if (digit > 9) return wrong('expected an unsigned integer');
      value = value * 10 + digit;
      if (value > 0x1f_ffff_ffff_ffff) return wrong('an unsigned integer is above 2^53 - 1');
    }
    return value;
  }

  upTo(largest: u64): u64 {
    const value = this.count();
    return value > largest ? wrong('an unsigned integer is too large') : value;
  }

  /** A number, exact enough to be compared with a threshold; it must be finite. */
  number(): f64 {
    if (this.kind != Kind.number) {
      fail('expected a number');
      return 0;
    }
    const value = toNumber(this.content);
    if (!isFinite(value)) fail('a number is too large');
    return value;
  }

  flag(): bool {
    if (this.kind != Kind.boolean) fail('expected a boolean');
    return this.content.is('true');
  }

  text(): Bytes {
    if (this.kind == Kind.text) return this.content;
    fail('expected a string');
    return empty();
  }

  /** The first of a list's elements; the others follow as `next`. */
  elements(): Value | null {
    if (this.kind != Kind.list) fail('expected a list');
    return this.first;
  }

  isNull(): bool {
    return this.kind == Kind.nothing;
  }
}

function wrong(why: string): u64 {
  fail(why);
  return 0;
}

function toNumber(text: Bytes): f64 {
  let at = 0;
  const isNegative = text.at(0) == 0x2d;
  if (isNegative) at++;
  let value: f64 = 0;
  let exponent: i32 = 0;
  let isFraction = false;
  for (; at < text.length; at++) {
    const byte = text.at(at);
    if (byte == 0x2e) {
      isFraction = true;
    } else if (byte - 0x30 <= 9) {
      value = value * 10 + (byte - 0x30);
      if (isFraction) exponent--;
    } else break;
  }
  if (at < text.length) {
    at++;
    const isSmaller = text.at(at) == 0x2d;
    if (isSmaller || text.at(at) == 0x2b) at++;
    let written: i32 = 0;
    for (; at < text.length; at++) written = min(written * 10 + <i32>(text.at(at) - 0x30), 100_000);
    exponent += isSmaller ? -written : written;
  }
  // Not `value * 10 ** exponent`: 10 ** -1 is no exact number, and 0.95 must equal 0.95.
  for (; exponent > 0 && value != 0 && isFinite(value); exponent--) value *= 10;
  let divisor: f64 = 1;
  for (; exponent < 0 && divisor < 1e22; exponent++) divisor *= 10;
  value /= divisor;
  for (; exponent < 0 && value != 0; exponent++) value /= 10;
  return isNegative ? -value : value;
}
