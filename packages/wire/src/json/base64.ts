/** The alphabet of RFC 4648 §4, as character codes by value. */
const CODES = Uint8Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  (character) => character.charCodeAt(0),
);
const PADDING = 0x3d;
/** No valid value has this bit. One test of the combined bits therefore finds a bad character among several. */
const BAD = 0x80;
const VALUES = new Uint8Array(256).fill(BAD);
for (const [value, code] of CODES.entries()) VALUES[code] = value;

/** How many character codes are converted to text at once. More would overflow the stack of some engines. */
const CODES_AT_ONCE = 8_192;

/**
 * Encodes bytes as base64 with padding (RFC 4648 §4). Implemented here because this package uses only the language itself, no platform API.
 *
 * @example encodeBase64(new Uint8Array([104, 105])); // 'aGk='
 */
export const encodeBase64 = (bytes: Uint8Array): string => {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  const whole = bytes.length - (bytes.length % 3);
  let to = 0;
  for (let at = 0; at < whole; at += 3) {
    const bits = (byte(bytes, at) << 16) | (byte(bytes, at + 1) << 8) | byte(bytes, at + 2);
    codes[to] = byte(CODES, bits >> 18);
    codes[to + 1] = byte(CODES, (bits >> 12) & 63);
    codes[to + 2] = byte(CODES, (bits >> 6) & 63);
    codes[to + 3] = byte(CODES, bits & 63);
    to += 4;
  }
  if (whole < bytes.length) {
    const isOne = bytes.length - whole === 1;
    const bits = (byte(bytes, whole) << 16) | (isOne ? 0 : byte(bytes, whole + 1) << 8);
    codes[to] = byte(CODES, bits >> 18);
    codes[to + 1] = byte(CODES, (bits >> 12) & 63);
    codes[to + 2] = isOne ? PADDING : byte(CODES, (bits >> 6) & 63);
    codes[to + 3] = PADDING;
  }
  let text = '';
  for (let at = 0; at < codes.length; at += CODES_AT_ONCE)
    text += String.fromCharCode.apply(null, codes.subarray(at, at + CODES_AT_ONCE) as never);
  return text;
};

/**
 * Decodes base64 with padding. Returns `undefined` for any other text. Accepts exactly what {@link encodeBase64} writes, so unused bits
 * must be zero.
 *
 * @example decodeBase64('aGk='); // Uint8Array [104, 105]
 */
export const decodeBase64 = (text: string): Uint8Array | undefined => {
  const { length } = text;
  if (length % 4 !== 0) return undefined;
  if (length === 0) return new Uint8Array();
  const padding =
    text.charCodeAt(length - 1) !== PADDING ? 0 : text.charCodeAt(length - 2) !== PADDING ? 1 : 2;
  const bytes = new Uint8Array((length / 4) * 3 - padding);
  const whole = padding === 0 ? length : length - 4;
  let to = 0;
  for (let at = 0; at < whole; at += 4) {
    const [a, b] = [valueAt(text, at), valueAt(text, at + 1)];
    const [c, d] = [valueAt(text, at + 2), valueAt(text, at + 3)];
    if (((a | b | c | d) & BAD) !== 0) return undefined;
    bytes[to] = (a << 2) | (b >> 4);
    bytes[to + 1] = (b << 4) | (c >> 2);
    bytes[to + 2] = (c << 6) | d;
    to += 3;
  }
  if (padding === 0) return bytes;
  const [a, b] = [valueAt(text, whole), valueAt(text, whole + 1)];
  const c = padding === 2 ? 0 : valueAt(text, whole + 2);
  const unused = padding === 2 ? b & 15 : c & 3;
  if (((a | b | c) & BAD) !== 0 || unused !== 0) return undefined;
  bytes[to] = (a << 2) | (b >> 4);
  if (padding === 1) bytes[to + 1] = (b << 4) | (c >> 2);
  return bytes;
};

const byte = (bytes: Uint8Array, at: number): number => bytes[at] as number;

const valueAt = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  return code < 256 ? (VALUES[code] as number) : BAD;
};
