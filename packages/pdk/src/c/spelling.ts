import type { Words } from '../plan/kit-plan.ts';

/** Words of the language, and what the headers of the kit define as macros. */
const KEYWORDS = new Set(
  'alignas alignof asm auto bool break case char complex const continue default do double else enum extern false float for goto if imaginary inline int long noreturn offsetof register restrict return short signed sizeof static struct switch thread_local true typedef typeof union unsigned void volatile while'.split(
    ' ',
  ),
);

/** Functions that the compiler or the linker takes for the C library's. */
const LIBRARY = new Set('main memcmp memcpy memmove memset bcmp'.split(' '));

/** `GreetRequest`: a type. No word of the language and nothing of the kit is spelled like this. */
export const typeName = (words: Words): string =>
  words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');

/** `user_name`: a member of a struct. */
export const memberName = (words: Words): string => {
  const name = words.join('_');
  return KEYWORDS.has(name) ? `${name}_` : name;
};

/** `greet_v2`: a function that the author writes. The kit's own begin with `pw_` and `host_`. */
export const handlerName = (words: Words): string => {
  const name = memberName(words);
  return LIBRARY.has(name) || /^(?:pw|host)_/.test(name) ? `${name}_` : name;
};

/** `KIND_CHUNK`: a constant. Those of the headers end in one of these words. */
export const constantName = (words: Words): string => {
  const name = words.join('_').toUpperCase();
  return /^PW_|^(?:U?INT|PTRDIFF|SIZE|WCHAR|WINT|SIG_ATOMIC).*_(?:MIN|MAX|C|WIDTH)$/.test(name)
    ? `${name}_`
    : name;
};

/** Text as a string literal. Bytes beyond ASCII are escaped, and question marks, which could begin a trigraph. */
export const cString = (text: string): string =>
  `"${[...new TextEncoder().encode(text)].map(escapeByte).join('')}"`;

const escapeByte = (byte: number): string => {
  const character = String.fromCharCode(byte);
  if (character === '\n') return String.raw`\n`;
  if (byte < 0x20 || byte > 0x7e) return `\\${byte.toString(8).padStart(3, '0')}`;
  return '"\\?'.includes(character) ? `\\${character}` : character;
};

/** The length of a text in bytes. */
export const byteLength = (text: string): number => new TextEncoder().encode(text).length;

/** A description as lines of comment, each with `indent` in front; no lines without one. */
export const comment = (description: string | undefined, indent = ''): readonly string[] =>
  description === undefined
    ? []
    : description
        .split(/[\n\r\u2028\u2029]+/)
        .map((line) => line.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').trim())
        .filter((line) => line !== '')
        // A backslash at the end would take the next line into the comment.
        .map((line) => `${indent}// ${line.endsWith('\\') ? `${line}.` : line}`);
