import { Builder } from './builder';
import { Bytes } from './bytes';
import { countEntries, entryAt } from './entry-list';
import { fail, hasFailed, locateFailure } from './failure';
import { Json, JsonKind } from './json';
import { placeOf } from './place';
import { isPlainWord } from './plain-word';
import { Text } from './text';
import { writeNumber } from './write-number';

/** Space in front of a message, for `{"_v":65535,`. */
const ENVELOPE_ROOM = 16;

/**
 * Writes compact JSON. Brackets, keys and commas are written with `raw` and `next`, values with the other methods. A value out of its
 * bounds fails the call.
 */
export class Writer extends Builder {
  private failedAt: i32 = 0;

  constructor(expected: i32) {
    super(expected + ENVELOPE_ROOM);
    this.length = ENVELOPE_ROOM;
  }

  /** Writes constant JSON from the source. */
  // @ts-ignore: decorator
  @inline
  raw(json: string): void {
    this.literal(json);
  }

  /** Writes a comma, except after an opening bracket. */
  next(): void {
    const last = load<u8>(changetype<usize>(this.buffer) + this.length - 1);
    if (last != 0x7b && last != 0x5b) this.byte(0x2c);
  }

  text(value: Text): void {
    this.byte(0x22);
    if (value.isPlain) this.bytes(value);
    else this.escaped(value);
    this.byte(0x22);
  }

  bool(value: bool): void {
    this.raw(value ? 'true' : 'false');
  }

  unsigned(value: u64, largest: u64 = u64.MAX_VALUE, smallest: u64 = 0): void {
    if (value > largest || value < smallest) this.refuse('the number is out of range');
    this.decimal(value);
  }

  signed(value: i64, smallest: i64 = i64.MIN_VALUE, largest: i64 = i64.MAX_VALUE): void {
    if (value > largest || value < smallest) this.refuse('the number is out of range');
    if (value < 0) this.byte(0x2d);
    this.decimal(value < 0 ? <u64>0 - <u64>value : <u64>value);
  }

  /** Writes a finite number. `isAbove` and `isBelow` make the bounds exclusive. */
  number(
    value: f64,
    smallest: f64 = -Infinity,
    largest: f64 = Infinity,
    isAbove: bool = false,
    isBelow: bool = false,
  ): void {
    const isWithin = value >= smallest && value <= largest;
    if (!isFinite(value)) this.refuse('the number is not finite');
    else if (!isWithin || (isAbove && value == smallest) || (isBelow && value == largest))
      this.refuse('the number is out of range');
    else writeNumber(this, value);
  }

  /** Writes one of several scalars, which are given as JSON. */
  choice(index: i32, values: string): void {
    if (index < 0 || index >= countEntries(values)) this.refuse('the value is not one of the contract');
    else this.entry(values, entryAt(values, index));
  }

  json(value: Json): void {
    this.bytes(value.text);
  }

  jsonObject(value: Json): void {
    if (value.kind != JsonKind.object) this.refuse('expected an object');
    this.json(value);
  }

  /** Records a failure at the next value. */
  refuse(why: string): void {
    if (hasFailed()) return;
    fail(why);
    this.failedAt = this.length;
  }

  /** Returns what was written. The places of failures begin with `name`. */
  finish(name: string): Bytes {
    const start = changetype<usize>(this.buffer);
    if (hasFailed() && this.failedAt > 0) {
      locateFailure(placeOf(name, start + ENVELOPE_ROOM, start + this.failedAt, '', 0));
    }
    return new Bytes(this.buffer, start + ENVELOPE_ROOM, this.length - ENVELOPE_ROOM);
  }

  /** Returns what was written as a JSON value. */
  toJson(): Json {
    return new Json(Text.trust(this.finish('JSON')));
  }

  /** Returns the object that was written, with `_v` as its first key. */
  finishMessage(name: string, version: u32): Bytes {
    const message = this.finish(name);
    const envelope = new Builder(ENVELOPE_ROOM);
    envelope.literal('{"_v":');
    envelope.decimal(version);
    if (message.length > 2) envelope.byte(0x2c);
    // The last byte of the envelope replaces the opening bracket.
    const start = message.start + 1 - envelope.size;
    memory.copy(start, envelope.toBytes().start, envelope.size);
    return new Bytes(this.buffer, start, <i32>(message.start + message.length - start));
  }

  private escaped(value: Text): void {
    let plainFrom = 0;
    for (let at = 0; at < value.length; at++) {
      while (at + 8 <= value.length && isPlainWord(load<u64>(value.start + at))) at += 8;
      if (at == value.length) break;
      const byte = value.at(at);
      if (byte >= 0x20 && byte != 0x22 && byte != 0x5c) continue;
      this.bytes(value.part(plainFrom, at));
      this.escape(byte);
      plainFrom = at + 1;
    }
    this.bytes(value.part(plainFrom, value.length));
  }

  private escape(byte: u32): void {
    this.byte(0x5c);
    if (byte >= 0x20) this.byte(byte);
    else if (byte == 0x08) this.byte(0x62);
    else if (byte == 0x09) this.byte(0x74);
    else if (byte == 0x0a) this.byte(0x6e);
    else if (byte == 0x0c) this.byte(0x66);
    else if (byte == 0x0d) this.byte(0x72);
    else {
      this.literal('u00');
      this.byte(hexDigit(byte >> 4));
      this.byte(hexDigit(byte & 15));
    }
  }
}

function hexDigit(value: u32): u32 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
