import { Bytes } from './bytes';

/** Whether these bytes are a JSON number: no leading zero, no plus, digits on both sides of the point. */
export function isJsonNumber(text: Bytes): bool {
  let at = 0;
  if (at < text.length && text.at(at) == 0x2d) at++;
  const whole = digits(text, at);
  if (whole == 0 || (whole > 1 && text.at(at) == 0x30)) return false;
  at += whole;
  if (at < text.length && text.at(at) == 0x2e) {
    const fraction = digits(text, at + 1);
    if (fraction == 0) return false;
    at += 1 + fraction;
  }
  if (at < text.length && (text.at(at) | 0x20) == 0x65) {
    at++;
    if (at < text.length && (text.at(at) == 0x2b || text.at(at) == 0x2d)) at++;
    const exponent = digits(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.length;
}

function digits(text: Bytes, from: i32): i32 {
  let at = from;
  while (at < text.length && text.at(at) - 0x30 <= 9) at++;
  return at - from;
}
