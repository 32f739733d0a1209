import { Builder, Bytes } from '../kit';

const QUOTE: u32 = 0x27;
const DOUBLE_QUOTE: u32 = 0x22;
const DOLLAR: u32 = 0x24;
const BACKSLASH: u32 = 0x5c;
const DASH: u32 = 0x2d;
const SLASH: u32 = 0x2f;
const STAR: u32 = 0x2a;
const QUESTION: u32 = 0x3f;

/** Returns a statement that can be logged: with `?` for each literal, without comments, and with single spaces. */
export function withoutLiterals(statement: Bytes): Bytes {
  const out = new Builder(statement.length);
  let at = 0;
  let isApart = false;
  while (at < statement.length) {
    const gap = endOfGap(statement, at);
    if (gap > at) {
      isApart = true;
      at = gap;
      continue;
    }
    if (isApart && out.size > 0) out.byte(0x20);
    isApart = false;
    at = writeNext(statement, at, out);
  }
  return out.toBytes();
}

/** Writes the token at `at`, and returns its end. */
function writeNext(statement: Bytes, at: i32, out: Builder): i32 {
  const byte = statement.at(at);
  const next = at + 1 < statement.length ? statement.at(at + 1) : 0;
  const before = at > 0 ? statement.at(at - 1) : 0;
  let end = at;
  if (byte == QUOTE) end = endOfString(statement, at, isEscaping(statement, at));
  else if (byte == DOLLAR && !isWord(before) && !isDigit(next)) end = endOfDollars(statement, at);
  else if (isDigit(byte) && !isWord(before) && before != DOLLAR) end = endOfNumber(statement, at);
  if (end > at) {
    out.byte(QUESTION);
    return end;
  }
  end = byte == DOUBLE_QUOTE ? endOfName(statement, at) : at + 1;
  out.bytes(statement.part(at, end));
  return end;
}

/** Returns the end of the space or comment at `at`, or `at` if there is none. */
function endOfGap(statement: Bytes, at: i32): i32 {
  const byte = statement.at(at);
  const next = at + 1 < statement.length ? statement.at(at + 1) : 0;
  if (isBlank(byte)) return at + 1;
  if (byte == SLASH && next == STAR) return endOfComment(statement, at);
  if (byte != DASH || next != DASH) return at;
  const end = statement.indexOf(0x0a, at);
  return end < 0 ? statement.length : end;
}

/** Whether a string is an `E'…'` string, in which a backslash is an escape. */
function isEscaping(statement: Bytes, at: i32): bool {
  if (at == 0 || (statement.at(at - 1) | 0x20) != 0x65) return false;
  return at == 1 || !isWord(statement.at(at - 2));
}

function endOfString(statement: Bytes, from: i32, escapes: bool): i32 {
  let at = from + 1;
  while (at < statement.length) {
    const byte = statement.at(at);
    if (escapes && byte == BACKSLASH) at += 2;
    else if (byte != QUOTE) at++;
    else if (at + 1 < statement.length && statement.at(at + 1) == QUOTE) at += 2;
    else return at + 1;
  }
  return statement.length;
}

function endOfName(statement: Bytes, from: i32): i32 {
  const end = statement.indexOf(DOUBLE_QUOTE, from + 1);
  return end < 0 ? statement.length : end + 1;
}

/** Returns the end of a comment. Comments can be nested. */
function endOfComment(statement: Bytes, from: i32): i32 {
  let depth = 0;
  let at = from;
  while (at + 1 < statement.length) {
    const pair = (statement.at(at) << 8) | statement.at(at + 1);
    if (pair == 0x2f2a) depth++;
    else if (pair == 0x2a2f) depth--;
    at += pair == 0x2f2a || pair == 0x2a2f ? 2 : 1;
    if (depth == 0) return at;
  }
  return statement.length;
}

/** Returns the end of `$tag$…$tag$`, or `from` if there is none. */
function endOfDollars(statement: Bytes, from: i32): i32 {
  let at = from + 1;
  while (at < statement.length && isWord(statement.at(at))) at++;
  if (at >= statement.length || statement.at(at) != DOLLAR) return from;
  const tag = statement.part(from, at + 1);
  for (let end = at + 1; end + tag.length <= statement.length; end++) {
    if (memory.compare(statement.start + end, tag.start, tag.length) == 0) return end + tag.length;
  }
  return statement.length;
}

function endOfNumber(statement: Bytes, from: i32): i32 {
  let at = from;
  while (at < statement.length && (isWord(statement.at(at)) || statement.at(at) == 0x2e)) at++;
  return at;
}

function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}

/** Whether a byte is a letter, a digit, an underscore, or not ASCII. */
function isWord(byte: u32): bool {
  return isDigit(byte) || (byte | 0x20) - 0x61 < 26 || byte == 0x5f || byte >= 0x80;
}

function isBlank(byte: u32): bool {
  return byte == 0x20 || byte - 9 < 5;
}
