import { PROTOCOL_LIMITS } from '../base/limits.ts';

/**
 * The most digits an integer may have: as many as the largest 128-bit integer. The time to create a BigInt grows faster than its number of
 * digits.
 */
const MOST_DIGITS = 39;
const TOO_LARGE = 10n ** BigInt(MOST_DIGITS);

/** Whether messages can contain this integer: it has at most 39 digits. */
export const isJsonInteger = (value: bigint): boolean => value < TOO_LARGE && value > -TOO_LARGE;

/**
 * Whether a number may differ from its JSON text. This is true for integers beyond 2^53 − 1 (`JSON.parse` rounds them), for infinities
 * (`JSON.parse` returns them for numbers larger than any double), and for NaN (`JSON.stringify` writes it as null).
 */
export const isUnsafeNumber = (value: number): boolean =>
  !(value >= -Number.MAX_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER);

/** Limits the time spent on reading many values. */
export interface Patience {
  /** Counts values before they are read. Returns true if no time is left for them. */
  spend(values: number): boolean;
}

const FOREVER: Patience = { spend: () => false };

/**
 * Whether a result of `JSON.parse` contains an unsafe number (see {@link isUnsafeNumber}). Levels beyond the 128 allowed in a message are
 * not read. Returns false if time runs out.
 */
export const holdsUnsafeNumber = (value: unknown, patience: Patience = FOREVER, level = 1): boolean => {
  if (typeof value === 'number') return isUnsafeNumber(value);
  if (typeof value !== 'object' || value === null || level > PROTOCOL_LIMITS.jsonDepth) return false;
  if (Array.isArray(value)) {
    if (patience.spend(value.length)) return false;
    // By index, because an iterator allocates an object for each item.
    for (let at = 0; at < value.length; at += 1)
      if (holdsUnsafeNumber(value[at], patience, level + 1)) return true;
    return false;
  }
  for (const key in value) {
    if (patience.spend(1)) return false;
    if (holdsUnsafeNumber((value as Record<string, unknown>)[key], patience, level + 1)) return true;
  }
  return false;
};

/**
 * Which integers beyond 2^53 − 1 become BigInts: `all` of them, for any JSON; or only those that `JSON.parse` would round (`rounded`),
 * for places whose type is a double.
 */
export type LargeIntegers = 'all' | 'rounded';

/**
 * Parses JSON like `JSON.parse`, except that integers beyond 2^53 − 1 become BigInts. Returns `undefined` if a number has no exact form (an
 * integer of more than 39 digits, or a number larger than any double), or if `patience` ran out. Throws a `SyntaxError` if the text is not
 * JSON.
 *
 * @example
 * parseExactJson('{"id":12345678901234567890,"share":0.5}', 'all'); // { id: 12345678901234567890n, share: 0.5 }
 */
export const parseExactJson = (text: string, large: LargeIntegers, patience: Patience = FOREVER): unknown => {
  const integers = findLargeIntegers(text, large, patience);
  if (integers === undefined) return undefined;
  if (integers.length === 0) return JSON.parse(text) as unknown;
  const mark = unusedMark(text);
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of integers) {
    parts.push(text.slice(from, start), '"', mark, text.slice(start, end), '"');
    from = end;
  }
  parts.push(text.slice(from));
  return restoreIntegers(JSON.parse(parts.join('')) as unknown, mark, patience, 1);
};

/** Replaces marked strings in a value by BigInts, in place. A reviver would take ten times as long, and could not be interrupted. */
const restoreIntegers = (value: unknown, mark: string, patience: Patience, level: number): unknown => {
  if (typeof value === 'string') return value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value;
  if (typeof value !== 'object' || value === null || level > PROTOCOL_LIMITS.jsonDepth) return value;
  const parts = value as Record<PropertyKey, unknown>;
  const restore = (key: PropertyKey): void => {
    const part = parts[key];
    const restored = restoreIntegers(part, mark, patience, level + 1);
    if (restored !== part) parts[key] = restored;
  };
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && !patience.spend(1); at += 1) restore(at);
    return value;
  }
  for (const key of Object.keys(value)) {
    if (patience.spend(1)) break;
    // Assigning to this key would set the prototype. Messages with this key are refused later.
    if (key !== '__proto__') restore(key);
  }
  return value;
};

/**
 * Writes JSON like `JSON.stringify`, except that BigInts become integers, and numbers beyond 2^53 − 1 are written with an exponent. A
 * reader therefore never mistakes a rounded number for an exact integer. Throws what `JSON.stringify` throws, and a `RangeError` for NaN
 * and infinities.
 *
 * @example
 * stringifyExactJson({ id: 12345678901234567890n, large: 2 ** 70 }); // '{"id":12345678901234567890,"large":1.1805916207174113e+21}'
 */
export const stringifyExactJson = (value: unknown): string => {
  for (;;) {
    const mark = newMark();
    let marked = 0;
    // Reads the value from its object, because the program may have given BigInts a toJSON method.
    const text = JSON.stringify(value, function replace(this: Record<string, unknown>, key, given: unknown) {
      const number = typeof this[key] === 'bigint' ? this[key] : given;
      const exact = exactText(number);
      if (exact === undefined) return given;
      marked += 1;
      return mark + exact;
    }) as string | undefined;
    if (text === undefined || marked === 0) return text ?? 'null';
    // If a string of the message contains the mark, try again with another mark.
    if (text.split(mark).length === marked + 1)
      return text.replaceAll(new RegExp(`"${mark}([^"]*)"`, 'g'), '$1');
  }
};

const exactText = (value: unknown): string | undefined => {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'number' || !isUnsafeNumber(value)) return undefined;
  if (!Number.isFinite(value)) throw new RangeError('JSON has no NaN and no infinities');
  return value.toExponential();
};

/** Random, so that nobody can fill a text with marks to make the search for an unused one slow. */
const newMark = (): string => `~${Math.random().toString(36).slice(2)}~`;

const unusedMark = (text: string): string => {
  for (;;) {
    const mark = newMark();
    if (!text.includes(mark)) return mark;
  }
};

interface Span {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const MINUS = 0x2d;

/** How many characters are read between two checks of the time. A character takes about a sixteenth of the time of a value. */
const BLOCK = 16_384;

/** Finds the integers outside of strings that become BigInts. `undefined` if a number has no exact form, or time runs out. */
const findLargeIntegers = (
  text: string,
  large: LargeIntegers,
  patience: Patience,
): readonly Span[] | undefined => {
  const found: Span[] = [];
  let at = 0;
  let block = BLOCK;
  while (at < text.length) {
    if (at >= block) {
      if (patience.spend(BLOCK / 4)) return undefined;
      block = at + BLOCK;
    }
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === MINUS || isDigit(code)) {
      const end = endOfNumber(text, at + 1);
      const token = text.slice(at, end);
      const value = Number(token);
      if (value === Infinity || value === -Infinity) return undefined;
      // A number with a fraction or an exponent is a double for every reader.
      if (!Number.isSafeInteger(value) && isInteger(token)) {
        if (token.length > MOST_DIGITS + Number(code === MINUS)) return undefined;
        if (large === 'all' || String(value) !== token) found.push({ start: at, end });
      }
      at = end;
    } else at += 1;
  }
  return found;
};

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isInteger = (token: string): boolean => /^-?\d+$/.test(token);

/** The end of a number, which consists of digits, `.`, `e`, `E`, `+` and `-`. */
const endOfNumber = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && (isDigit(text.charCodeAt(at)) || '.eE+-'.includes(text.charAt(at)))) at += 1;
  return at;
};

/** The position after the closing quotation mark of the string that begins at `start`. */
const endOfString = (text: string, start: number): number => {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end + 1;
};

/** Whether an odd number of backslashes precedes this position. */
const isEscaped = (text: string, at: number): boolean => {
  let before = at;
  while (text.charAt(before - 1) === '\\') before -= 1;
  return (at - before) % 2 === 1;
};
