import { room } from './bytes';
import { fail, hasFailed } from './failure';
import { Text } from './text';

let at: usize = 0;

/**
 * Reads a string with escapes. `first` is the first escape, `end` the closing quote. The result is never longer than the JSON.
 */
export function readEscapes(start: usize, first: usize, end: usize): Text {
  const buffer = room(<i32>(end - start));
  const to = changetype<usize>(buffer);
  let length = first - start;
  memory.copy(to, start, length);
  at = first;
  while (at < end && !hasFailed()) {
    if (load<u8>(at) == 0x5c) length += unescape(to + length, end);
    else store<u8>(to + length++, load<u8>(at++));
  }
  return new Text(buffer, to, <i32>length);
}

/** Writes the character of an escape as UTF-8. Returns its length. */
function unescape(to: usize, end: usize): u32 {
  at++;
  const byte = <u32>load<u8>(at++);
  let plain: u32 = 0;
  if (byte == 0x22 || byte == 0x5c || byte == 0x2f) plain = byte;
  else if (byte == 0x62) plain = 0x08;
  else if (byte == 0x66) plain = 0x0c;
  else if (byte == 0x6e) plain = 0x0a;
  else if (byte == 0x72) plain = 0x0d;
  else if (byte == 0x74) plain = 0x09;
  if (plain != 0) {
    store<u8>(to, plain);
    return 1;
  }
  if (byte != 0x75) {
    fail('an escape is unknown');
    return 0;
  }
  let point = readHex(end);
  if (point - 0xd800 < 0x800) {
    // A high surrogate must be followed by a low one. Lone surrogates have no UTF-8 form.
    const isPair = point < 0xdc00 && at + 6 <= end && load<u16>(at) == 0x755c;
    if (isPair) at += 2;
    const low = isPair ? readHex(end) : 0;
    if (low - 0xdc00 >= 0x400) {
      fail('a lone surrogate stands in a string');
      return 0;
    }
    point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
  }
  return writeUtf8(to, point);
}

function readHex(end: usize): u32 {
  let value: u32 = 0;
  for (let digits = 0; digits < 4; digits++) {
    const byte: u32 = at < end ? load<u8>(at) : 0;
    const letter = (byte | 0x20) - 0x61;
    if (byte - 0x30 > 9 && letter > 5) {
      fail('an escape is unknown');
      return 0;
    }
    value = (value << 4) | (byte - 0x30 <= 9 ? byte - 0x30 : letter + 10);
    at++;
  }
  return value;
}

function writeUtf8(to: usize, point: u32): u32 {
  if (point < 0x80) {
    store<u8>(to, point);
    return 1;
  }
  const bytes: u32 = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  let rest = point;
  for (let index = bytes - 1; index > 0; index--) {
    store<u8>(to + index, 0x80 | (rest & 0x3f));
    rest >>= 6;
  }
  store<u8>(to, ((0xf00 >> bytes) & 0xff) | rest);
  return bytes;
}
