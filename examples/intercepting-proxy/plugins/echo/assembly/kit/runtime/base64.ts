import { Builder } from './builder';
import { Bytes, room } from './bytes';
import { fail } from './failure';
import { Text } from './text';

const BAD: u32 = 0xff;

/** The bytes that base64 with padding stands for. Anything else fails the call, also bits that are set behind the last byte. */
export function decodeBase64(text: Text): Bytes {
  const length = text.length;
  if ((length & 3) != 0) return refuse();
  const padding = length == 0 || text.at(length - 1) != 0x3d ? 0 : text.at(length - 2) != 0x3d ? 1 : 2;
  const buffer = room((length >> 2) * 3);
  const to = changetype<usize>(buffer);
  let written = 0;
  const whole = padding == 0 ? length : length - 4;
  for (let at = 0; at < whole; at += 4) {
    const one = sextet(text.at(at));
    const two = sextet(text.at(at + 1));
    const three = sextet(text.at(at + 2));
    const four = sextet(text.at(at + 3));
    if ((one | two | three | four) == BAD) return refuse();
    const group = (one << 18) | (two << 12) | (three << 6) | four;
    store<u32>(to + written, bswap(group) >> 8);
    written += 3;
  }
  if (padding != 0) {
    const one = sextet(text.at(whole));
    const two = sextet(text.at(whole + 1));
    const three = padding == 1 ? sextet(text.at(whole + 2)) : 0;
    const group = (one << 18) | (two << 12) | (three << 6);
    const unused: u32 = padding == 1 ? 0xff : 0xffff;
    if ((one | two | three) == BAD || (group & unused) != 0) return refuse();
    store<u32>(to + written, bswap(group) >> 8);
    written += 3 - padding;
  }
  return new Bytes(buffer, to, written);
}

/** Bytes as base64 with padding. */
export function encodeBase64(bytes: Bytes): Text {
  const out = new Builder(<i32>((bytes.length + 2) / 3) * 4);
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group =
      (bytes.at(at) << 16) | (left > 1 ? bytes.at(at + 1) << 8 : 0) | (left > 2 ? bytes.at(at + 2) : 0);
    out.byte(letter(group >> 18));
    out.byte(letter((group >> 12) & 63));
    out.byte(left > 1 ? letter((group >> 6) & 63) : 0x3d);
    out.byte(left > 2 ? letter(group & 63) : 0x3d);
  }
  return out.toText();
}

/** What a letter stands for; 0xff for none, which any combination by `|` keeps visible, since sextets are below 64. */
function sextet(byte: u32): u32 {
  if (byte - 0x41 < 26) return byte - 0x41;
  if (byte - 0x61 < 26) return byte - 0x61 + 26;
  if (byte - 0x30 < 10) return byte - 0x30 + 52;
  if (byte == 0x2b) return 62;
  return byte == 0x2f ? 63 : BAD;
}

function letter(value: u32): u32 {
  if (value < 26) return 0x41 + value;
  if (value < 52) return 0x61 + value - 26;
  if (value < 62) return 0x30 + value - 52;
  return value == 62 ? 0x2b : 0x2f;
}

function refuse(): Bytes {
  fail('the text is not base64');
  const buffer = room(0);
  return new Bytes(buffer, changetype<usize>(buffer), 0);
}
