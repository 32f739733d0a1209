import { Builder } from './builder';
import { Bytes } from './bytes';

/** The number of levels that a place names. */
const MOST_LEVELS = 16;

/**
 * Returns the place of a byte in a JSON text, such as `.candidates[2].name`. The text before it is valid, so one pass is enough and
 * readers and writers do not need to track their place. `innerKeys` and
 * `innerKey` name a key of the object there that was not reached.
 */
export function placeOf(name: string, start: usize, end: usize, innerKeys: string, innerKey: i32): Bytes {
  const levels: Level[] = [];
  let at = start;
  while (at < end) {
    const byte = load<u8>(at);
    if (byte == 0x22) {
      const from = at + 1;
      at++;
      while (at < end && load<u8>(at) != 0x22) at += load<u8>(at) == 0x5c ? 2 : 1;
      const level = levels.length == 0 ? OUTERMOST : levels[levels.length - 1];
      if (level.awaitsKey && at < end) {
        level.keyStart = from;
        level.keyEnd = at;
        level.awaitsKey = false;
      }
    } else if (byte == 0x7b || byte == 0x5b) levels.push(new Level(byte == 0x7b));
    else if (byte == 0x7d || byte == 0x5d) levels.pop();
    else if (byte == 0x2c && levels.length > 0) levels[levels.length - 1].next();
    at++;
  }
  const to = new Builder(64);
  to.literal(name);
  // The inner key belongs to the object, not to its last key.
  if (innerKeys.length > 0 && levels.length > 0) levels[levels.length - 1].next();
  for (let index = 0; index < min(levels.length, MOST_LEVELS); index++) levels[index].writeTo(to);
  if (levels.length > MOST_LEVELS) to.literal(' and deeper');
  if (innerKeys.length > 0) {
    to.byte(0x2e);
    to.entry(innerKeys, innerKey);
  }
  return to.toBytes();
}

/** A list or an object that is still open. */
class Level {
  awaitsKey: bool;
  keyStart: usize = 0;
  keyEnd: usize = 0;
  private index: i32 = 0;

  constructor(private isObject: bool) {
    this.awaitsKey = isObject;
  }

  next(): void {
    this.index++;
    this.awaitsKey = this.isObject;
    this.keyEnd = this.keyStart;
  }

  writeTo(to: Builder): void {
    if (!this.isObject) {
      to.byte(0x5b);
      to.decimal(this.index);
      to.byte(0x5d);
    } else if (this.keyEnd != this.keyStart) {
      to.byte(0x2e);
      to.copy(this.keyStart, <i32>(this.keyEnd - this.keyStart));
    }
  }
}

const OUTERMOST = new Level(false);
