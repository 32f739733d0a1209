import { Bytes } from './bytes';
import { fail } from './failure';
import { Kind, Value } from './json-value';

/** What is absent, where a count or a flag may be null. */
export const NONE: i64 = -1;

/**
 * Takes an object apart strictly: each key that is asked for must be there, and `end` refuses those that nobody asked for.
 * That a key is there twice, the reader has refused before.
 */
export class Fields {
  private cursor: Value | null;
  private taken: i32 = 0;

  constructor(private value: Value) {
    if (value.kind != Kind.object) fail('expected an object');
    this.cursor = value.first;
  }

  /** Finds a key. Keys mostly come in the order in which they are asked for, so the search starts after the last one. */
  optional(name: string): Value | null {
    const start = this.cursor;
    for (let at: Value | null = start; at !== null; at = at!.next) if (at.key.is(name)) return this.take(at);
    for (let at: Value | null = this.value.first; at !== start && at !== null; at = at!.next) {
      if (at.key.is(name)) return this.take(at);
    }
    return null;
  }

  any(name: string): Value {
    const found = this.optional(name);
    if (found !== null) return found;
    fail('a key is missing');
    return new Value(Kind.nothing);
  }

  text(name: string): Bytes {
    return this.any(name).text();
  }

  textOrNull(name: string): Bytes | null {
    const value = this.any(name);
    return value.isNull() ? null : value.text();
  }

  count(name: string): u64 {
    return this.any(name).count();
  }

  countOrNull(name: string): i64 {
    const value = this.any(name);
    return value.isNull() ? NONE : <i64>value.count();
  }

  /** 0, 1 or `NONE`. */
  flagOrNull(name: string): i64 {
    const value = this.any(name);
    return value.isNull() ? NONE : <i64>value.flag();
  }

  /** A number as it is written, which is what goes back; null if it is null. */
  numberOrNull(name: string): Value | null {
    const value = this.any(name);
    if (value.isNull()) return null;
    value.number();
    return value;
  }

  list(name: string): Value | null {
    return this.any(name).elements();
  }

  fields(name: string): Fields {
    return new Fields(this.any(name));
  }

  /** Any JSON, as it stands in the input. */
  json(name: string): Bytes {
    return this.any(name).json;
  }

  /** A JSON object with any members, as it stands in the input. */
  jsonObject(name: string): Bytes {
    const value = this.any(name);
    if (value.kind != Kind.object) fail('expected an object');
    return value.json;
  }

  end(): void {
    if (this.taken != this.value.size) fail('an unknown key');
  }

  private take(value: Value): Value {
    this.taken++;
    this.cursor = value.next;
    return value;
  }
}
