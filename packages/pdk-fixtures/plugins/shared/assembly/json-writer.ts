import { Builder, Bytes } from './bytes';
import { NONE } from './json-object';
import { Value } from './json-value';
import { isPlainWord } from './plain-word';

/** Writes compact JSON. Commas are its own affair: whoever writes says `key` and `element`, and what follows. */
export class Writer {
  readonly out: Builder;
  private needsComma: bool = false;

  constructor(expected: i32) {
    this.out = new Builder(expected);
  }

  open(bracket: string): void {
    this.out.literal(bracket);
    this.needsComma = false;
  }

  close(bracket: string): void {
    this.out.literal(bracket);
    this.needsComma = true;
  }

  element(): void {
    if (this.needsComma) this.out.byte(0x2c);
    this.needsComma = true;
  }

  key(name: string): void {
    this.element();
    this.out.byte(0x22);
    this.out.literal(name);
    this.out.literal('":');
  }

  /** A literal that needs no escapes. */
  word(text: string): void {
    this.out.byte(0x22);
    this.out.literal(text);
    this.out.byte(0x22);
  }

  raw(json: string): void {
    this.out.literal(json);
  }

  json(json: Bytes): void {
    this.out.bytes(json);
  }

  text(value: Bytes): void {
    this.out.byte(0x22);
    let plainFrom = 0;
    for (let at = 0; at < value.length; at++) {
      while (at + 8 <= value.length && isPlainWord(load<u64>(value.start + at))) at += 8;
      if (at == value.length) break;
      const byte = value.at(at);
      if (byte >= 0x20 && byte != 0x22 && byte != 0x5c) continue;
      this.out.bytes(value.part(plainFrom, at));
      this.escape(byte);
      plainFrom = at + 1;
    }
    this.out.bytes(value.part(plainFrom, value.length));
    this.out.byte(0x22);
  }

  textOrNull(value: Bytes | null): void {
    if (value === null) this.raw('null');
    else this.text(value);
  }

  count(value: u64): void {
    this.out.decimal(value);
  }

  countOrNull(value: i64): void {
    if (value == NONE) this.raw('null');
    else this.out.decimal(value);
  }

  flagOrNull(value: i64): void {
    this.raw(value == NONE ? 'null' : value != 0 ? 'true' : 'false');
  }

  jsonOrNull(value: Value | null): void {
    if (value === null) this.raw('null');
    else this.json(value.json);
  }

  private escape(byte: u32): void {
    this.out.byte(0x5c);
    if (byte >= 0x20) this.out.byte(byte);
    else {
      this.out.literal('u00');
      this.out.byte(hexDigit(byte >> 4));
      this.out.byte(hexDigit(byte & 15));
    }
  }
}

export function hexDigit(value: u32): u32 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
