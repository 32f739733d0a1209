import { Bytes } from './bytes';
import { hasFailed } from './failure';
import { Scanner } from './json-scanner';
import { isJsonNumber, parseNumber, readExponent } from './read-number';

const NOT_WHOLE = 'expected a whole number';
const TOO_LARGE = 'the number is too large';
const TOO_SMALL = 'the number is too small';

/** Reads numbers and checks their bounds. */
export class NumberReader extends Scanner {
  /** Reads an unsigned integer. */
  unsigned(largest: u64, smallest: u64 = 0): u64 {
    const start = this.at;
    let value: u64 = 0;
    let digit = this.peek() - 0x30;
    // A number with up to 19 digits fits in 64 bits.
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

  /** Reads a signed integer. */
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

  /** Reads a finite number. `isAbove` and `isBelow` make the bounds exclusive. */
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

  protected numberText(): Bytes {
    const start = this.at;
    while (this.at < this.end && isNumberByte(load<u8>(this.at))) this.at++;
    const length = <i32>(this.at - start);
    if (length == 0 || !isJsonNumber(start, length)) this.refuseFrom(start, length == 0 ? 'expected a number' : 'a number is malformed');
    return new Bytes(this.input.buffer, start, length);
  }

  /** Reads an integer in any spelling: negative, with a decimal point or an exponent. */
  protected unusualInteger(): Integer {
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

  /** Returns the magnitude of an integer. With a decimal point or an exponent it must be at most 2^53. */
  protected wholeOf(written: Bytes, isNegative: bool): u64 {
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
}

class Integer {
  constructor(
    readonly isNegative: bool,
    readonly magnitude: u64,
  ) {}
}

/** Whether a byte can be part of a number. */
export function isNumberByte(byte: u32): bool {
  return byte - 0x30 <= 9 || byte == 0x2d || byte == 0x2b || byte == 0x2e || (byte | 0x20) == 0x65;
}
