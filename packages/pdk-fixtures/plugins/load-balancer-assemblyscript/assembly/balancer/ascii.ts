// Header names are compared without regard to case.
import { Text } from '../kit';

/** Compares a text with a literal in lower case. Ignores the case of the text. */
export function isIgnoringCase(text: Text, lowerCase: string): bool {
  if (text.length != lowerCase.length) return false;
  const characters = changetype<usize>(lowerCase);
  for (let at = 0; at < text.length; at++) {
    if (toLower(text.at(at)) != <u32>load<u16>(characters + (at << 1))) return false;
  }
  return true;
}

export function equalsIgnoringCase(one: Text, other: Text): bool {
  if (one.length != other.length) return false;
  for (let at = 0; at < one.length; at++) if (toLower(one.at(at)) != toLower(other.at(at))) return false;
  return true;
}

export function toLower(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}

/** Upper case, as RFC 3986 recommends. */
export function upperHexDigit(value: u32): u32 {
  return value < 10 ? 0x30 + value : 0x37 + value;
}
