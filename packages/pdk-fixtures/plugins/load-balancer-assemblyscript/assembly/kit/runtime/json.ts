import { Bytes } from './bytes';
import { Entries } from './entries';
import { fail, forgetFailure, hasFailed } from './failure';
import { Reader } from './json-reader';
import { ofLiteral, Text } from './text';

/** The kinds of JSON values. */
export enum JsonKind {
  null_,
  boolean,
  number,
  string,
  list,
  object,
}

/**
 * Any JSON value, with its original text. Pass it on to keep every byte, or read it: `member`, `elements` and `entries` return its parts,
 * and `toText`, `toNumber` and `toBool` its value. Reading a value of another kind fails the call.
 */
export class Json {
  /** The text of the value. */
  readonly text: Text;

  constructor(text: Text) {
    this.text = text;
  }

  /** Parses JSON text. Fails the call if it is not JSON; `Json.tryParse` returns null instead. */
  static parse(text: Bytes): Json {
    const reader = new Reader(text);
    const value = reader.json();
    reader.finish('JSON');
    return hasFailed() ? Json.nothing() : value;
  }

  /** Parses JSON text. Returns null if it is not JSON. */
  static tryParse(text: Bytes): Json | null {
    if (hasFailed()) return null;
    const value = Json.parse(text);
    if (!hasFailed()) return value;
    forgetFailure();
    return null;
  }

  /** `null`. */
  static nothing(): Json {
    return new Json(ofLiteral('null'));
  }

  get kind(): JsonKind {
    const byte = this.text.at(0);
    if (byte == 0x7b) return JsonKind.object;
    if (byte == 0x5b) return JsonKind.list;
    if (byte == 0x22) return JsonKind.string;
    if (byte == 0x6e) return JsonKind.null_;
    return byte == 0x74 || byte == 0x66 ? JsonKind.boolean : JsonKind.number;
  }

  get isNull(): bool {
    return this.kind == JsonKind.null_;
  }

  toText(): Text {
    return new Reader(this.text).text();
  }

  toBool(): bool {
    return new Reader(this.text).bool();
  }

  toNumber(): f64 {
    return new Reader(this.text).number();
  }

  toU64(): u64 {
    return new Reader(this.text).unsigned(u64.MAX_VALUE);
  }

  toI64(): i64 {
    return new Reader(this.text).signed(i64.MIN_VALUE, i64.MAX_VALUE);
  }

  /** Returns the elements of a list. */
  elements(): Json[] {
    const elements: Json[] = [];
    const reader = new Reader(this.text);
    for (let more = reader.openList(); more; more = reader.nextElement()) elements.push(reader.json());
    return elements;
  }

  /** Returns the keys and values of an object. */
  entries(): Entries<Json> {
    const entries = new Entries<Json>();
    const reader = new Reader(this.text);
    for (let key = reader.openEntries(); key !== null; key = reader.nextEntry()) entries.set(key, reader.json());
    return entries;
  }

  /** Returns the value of an object's key, or null if the key is missing. */
  member(key: string): Json | null {
    const reader = new Reader(this.text);
    return reader.peekMember(key);
  }

  /** Returns the value of a key, which must exist. */
  need(key: string): Json {
    const found = this.member(key);
    if (found !== null) return found;
    fail('a key of an object is missing');
    return Json.nothing();
  }
}
