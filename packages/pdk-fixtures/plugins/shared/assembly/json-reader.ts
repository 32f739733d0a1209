import { Bytes, room } from './bytes';
import { fail, hasFailed } from './failure';
import { isJsonNumber } from './json-number';
import { hasTwice } from './json-keys';
import { Kind, Value } from './json-value';
import { isPlainWord } from './plain-word';
import { continuationBytes } from './utf8';

/** As deep as the protocol lets JSON nest. */
const DEEPEST = 128;

/** As many values as one call may hold: each takes some hundred bytes, and a memory that cannot grow is a trap. */
const MOST_VALUES = 65_536;

let at: usize = 0;
let end: usize = 0;
let values: i32 = 0;

/** Forgets the values of the last call. */
export function forgetValues(): void {
  values = 0;
}

/** Reads one JSON text, strictly: bytes that are no UTF-8, lone surrogates, keys that stand twice and trailing text fail. */
export function readJson(input: Bytes): Value {
  at = input.start;
  end = input.start + input.length;
  skipBlanks();
  const value = readValue(0);
  skipBlanks();
  if (at != end) fail('text after the JSON');
  return value;
}

function readValue(depth: i32): Value {
  const start = at;
  const value = readKind(depth);
  value.json = new Bytes(start, <i32>(at - start));
  if (value.kind != Kind.text) value.content = value.json;
  return value;
}

function readKind(depth: i32): Value {
  if (++values > MOST_VALUES) return refuse('too many JSON values');
  const byte = peek();
  if (byte == 0x22) {
    const value = new Value(Kind.text);
    value.content = readText();
    return value;
  }
  if (byte == 0x7b || byte == 0x5b) {
    // Its own level counts: 128 nested lists pass, 129 do not.
    if (depth >= DEEPEST) return refuse('JSON nests too deep');
    return byte == 0x7b ? readObject(depth + 1) : readList(depth + 1);
  }
  if (byte == 0x74) return readWord('true', Kind.boolean);
  if (byte == 0x66) return readWord('false', Kind.boolean);
  if (byte == 0x6e) return readWord('null', Kind.nothing);
  const start = at;
  while (at < end && isNumberByte(load<u8>(at))) at++;
  if (!isJsonNumber(new Bytes(start, <i32>(at - start)))) return refuse('not JSON');
  return new Value(Kind.number);
}

function readObject(depth: i32): Value {
  const object = new Value(Kind.object);
  at++;
  skipBlanks();
  if (skip(0x7d)) return object;
  let last: Value | null = null;
  do {
    skipBlanks();
    if (peek() != 0x22) return refuse('not JSON');
    const key = readText();
    skipBlanks();
    if (!skip(0x3a)) return refuse('not JSON');
    skipBlanks();
    const value = readValue(depth);
    if (hasFailed()) return object;
    value.key = key;
    last = append(object, last, value);
    skipBlanks();
  } while (skip(0x2c));
  if (!skip(0x7d)) return refuse('not JSON');
  if (hasTwice(object)) return refuse('a key stands twice');
  return object;
}

function readList(depth: i32): Value {
  const list = new Value(Kind.list);
  at++;
  skipBlanks();
  if (skip(0x5d)) return list;
  let last: Value | null = null;
  do {
    skipBlanks();
    const value = readValue(depth);
    if (hasFailed()) return list;
    last = append(list, last, value);
    skipBlanks();
  } while (skip(0x2c));
  return skip(0x5d) ? list : refuse('not JSON');
}

function append(parent: Value, last: Value | null, value: Value): Value {
  if (last === null) parent.first = value;
  else last.next = value;
  parent.size++;
  return value;
}

/** Reads a string; one without escapes is not copied. */
function readText(): Bytes {
  const start = ++at;
  const escape = skipPlain();
  if (!escape) return new Bytes(start, <i32>(at++ - start));
  // What escapes stand for is never longer than they are, so the rest of the string has room in what is left of it.
  const last = closingQuote();
  const to = room(<i32>(last - start));
  let length = <i32>(at - start);
  memory.copy(to, start, length);
  while (!hasFailed()) {
    const isEscape = peek() == 0x5c;
    if (!isEscape) {
      at++;
      break;
    }
    length += <i32>unescape(to + length);
    const from = at;
    skipPlain();
    memory.copy(to + length, from, at - from);
    length += <i32>(at - from);
  }
  return new Bytes(to, length);
}

/** Skips what stands for itself, up to a quote or an escape; gives whether it is an escape. */
function skipPlain(): bool {
  while (at < end) {
    // Eight bytes at once, if none is a quote, a backslash, a control character or above ASCII. Reading across the end is
    // safe, since the input has eight bytes to spare; what lies there is looked at one by one.
    while (at + 8 <= end && isPlainWord(load<u64>(at))) at += 8;
    if (at >= end) break;
    const byte = <u32>load<u8>(at);
    if (byte == 0x22) return false;
    if (byte == 0x5c) return true;
    if (byte < 0x20) break;
    if (byte < 0x80) at++;
    else {
      const more = continuationBytes(at, end);
      if (more == 0) {
        fail('not UTF-8');
        return false;
      }
      at += 1 + more;
    }
  }
  fail('not JSON');
  return false;
}

/** Where a string ends, looked for ahead of reading it. */
function closingQuote(): usize {
  for (let ahead = at; ahead < end; ahead++) {
    const byte = load<u8>(ahead);
    if (byte == 0x5c) ahead++;
    else if (byte == 0x22) return ahead;
  }
  fail('not JSON');
  return end;
}

/** Writes what an escape stands for, as UTF-8; gives its length. */
function unescape(to: usize): u32 {
  at++;
  const byte = peek();
  at++;
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
    fail('not JSON');
    return 0;
  }
  let point = readHex();
  if (point - 0xd800 < 0x800) {
    // A high surrogate must be followed by a low one, and a low one never stands alone: no UTF-8 can hold it.
    const isPair = point < 0xdc00 && at + 6 <= end && load<u16>(at) == 0x755c;
    if (isPair) at += 2;
    const low = isPair ? readHex() : 0;
    if (low - 0xdc00 >= 0x400) {
      fail('a lone surrogate');
      return 0;
    }
    point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
  }
  return writeUtf8(to, point);
}

function readHex(): u32 {
  let value: u32 = 0;
  for (let digits = 0; digits < 4; digits++) {
    const byte = peek();
    const letter = (byte | 0x20) - 0x61;
    if (byte - 0x30 > 9 && letter > 5) {
      fail('not JSON');
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

function readWord(word: string, kind: Kind): Value {
  const found = new Bytes(at, <i32>(end - at));
  if (!found.startsWith(word)) return refuse('not JSON');
  at += word.length;
  return new Value(kind);
}

function isNumberByte(byte: u32): bool {
  return byte - 0x30 <= 9 || byte == 0x2d || byte == 0x2b || byte == 0x2e || (byte | 0x20) == 0x65;
}

function skipBlanks(): void {
  while (at < end) {
    const byte = load<u8>(at);
    if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return;
    at++;
  }
}

/** The next byte, or 0 at the end, which begins nothing. */
function peek(): u32 {
  return at < end ? load<u8>(at) : 0;
}

function skip(byte: u32): bool {
  if (peek() != byte) return false;
  at++;
  return true;
}

function refuse(why: string): Value {
  fail(why);
  return new Value(Kind.nothing);
}
