import { Bytes, room } from './bytes';
import { fail } from './failure';
import { Text } from './text';

const BAD: u32 = 0xff;
const PADDING: u32 = 0x3d;

/** The value of each letter, or `BAD`. Filled in at first use. */
// @ts-ignore: decorator
@lazy const sextets = memory.data(256);
let isFilled = false;

/** Decodes base64 with padding. Anything else fails the call, including bits that are set after the last byte. */
export function decodeBase64(text: Text): Bytes {
  const length = text.length;
  if ((length & 3) != 0) return refuse();
  fillSextets();
  const start = text.start;
  const padding = length == 0 || text.at(length - 1) != PADDING ? 0 : text.at(length - 2) != PADDING ? 1 : 2;
  const buffer = room((length >> 2) * 3);
  let to = changetype<usize>(buffer);
  const whole = start + (padding == 0 ? length : length - 4);
  let seen: u32 = 0;
  for (let at = start; at < whole; at += 4) {
    const one = sextet(load<u8>(at));
    const two = sextet(load<u8>(at, 1));
    const three = sextet(load<u8>(at, 2));
    const four = sextet(load<u8>(at, 3));
    seen |= one | two | three | four;
    store<u32>(to, bswap((one << 18) | (two << 12) | (three << 6) | four) >> 8);
    to += 3;
  }
  if (padding != 0) {
    const one = sextet(load<u8>(whole));
    const two = sextet(load<u8>(whole, 1));
    const three = padding == 1 ? sextet(load<u8>(whole, 2)) : 0;
    const group = (one << 18) | (two << 12) | (three << 6);
    const unused: u32 = padding == 1 ? 0xff : 0xffff;
    seen |= one | two | three;
    if ((group & unused) != 0) return refuse();
    store<u32>(to, bswap(group) >> 8);
    to += 3 - padding;
  }
  if (seen > 63) return refuse();
  return new Bytes(buffer, changetype<usize>(buffer), <i32>(to - changetype<usize>(buffer)));
}

/** Encodes bytes as base64 with padding. */
export function encodeBase64(bytes: Bytes): Text {
  const length = <i32>((bytes.length + 2) / 3) * 4;
  const buffer = room(length);
  let to = changetype<usize>(buffer);
  const end = bytes.start + bytes.length;
  for (let at = bytes.start; at < end; at += 3) {
    const left = end - at;
    const second: u32 = left > 1 ? load<u8>(at, 1) : 0;
    const third: u32 = left > 2 ? load<u8>(at, 2) : 0;
    const group = (<u32>load<u8>(at) << 16) | (second << 8) | third;
    store<u8>(to, letter(group >> 18));
    store<u8>(to, letter((group >> 12) & 63), 1);
    store<u8>(to, left > 1 ? letter((group >> 6) & 63) : PADDING, 2);
    store<u8>(to, left > 2 ? letter(group & 63) : PADDING, 3);
    to += 4;
  }
  return new Text(buffer, changetype<usize>(buffer), length, true);
}

// @ts-ignore: decorator
@inline
function sextet(byte: u32): u32 {
  return load<u8>(sextets + byte);
}

// @ts-ignore: decorator
@inline
function letter(value: u32): u32 {
  return load<u16>(changetype<usize>('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') + (value << 1));
}

function fillSextets(): void {
  if (isFilled) return;
  isFilled = true;
  memory.fill(sextets, <u8>BAD, 256);
  for (let value: u32 = 0; value < 64; value++) store<u8>(sextets + letter(value), value);
}

function refuse(): Bytes {
  fail('the text is not base64');
  const buffer = room(0);
  return new Bytes(buffer, changetype<usize>(buffer), 0);
}
