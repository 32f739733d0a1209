import type { Words } from '../plan/kit-plan.ts';

/** The keywords of C, and the macros that the kit's headers define. */
const KEYWORDS = new Set(
  'alignas alignof asm auto bool break case char complex const continue default do double else enum extern false float for goto if imaginary inline int long noreturn offsetof register restrict return short signed sizeof static struct switch thread_local true typedef typeof union unsigned void volatile while'.split(
    ' ',
  ),
);

/** Functions that the compiler or the linker assumes to be those of the C library. */
const LIBRARY = new Set('main memcmp memcpy memmove memset bcmp'.split(' '));

/** `GreetRequest`: the name of a type. Keywords and names of the kit never have this form. */
export const typeName = (words: Words): string =>
  words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');

/** `user_name`: the name of a struct member. */
export const memberName = (words: Words): string => {
  const name = words.join('_');
  return KEYWORDS.has(name) ? `${name}_` : name;
};

/** `greet_v2`: the name of a function that the author writes. Functions of the kit begin with `pw_` and `host_`. */
export const handlerName = (words: Words): string => {
  const name = memberName(words);
  return LIBRARY.has(name) || /^(?:pw|host)_/.test(name) ? `${name}_` : name;
};

/** `KIND_CHUNK`: the name of a constant. Gets an underscore if a header may define it. */
export const constantName = (words: Words): string => {
  const name = words.join('_').toUpperCase();
  return /^PW_|^(?:U?INT|PTRDIFF|SIZE|WCHAR|WINT|SIG_ATOMIC).*_(?:MIN|MAX|C|WIDTH)$/.test(name)
    ? `${name}_`
    : name;
};

/** Returns a text as a string literal. Escapes bytes beyond ASCII, and question marks, because they could begin a trigraph. */
export const cString = (text: string): string =>
  `"${[...new TextEncoder().encode(text)].map(escapeByte).join('')}"`;

const escapeByte = (byte: number): string => {
  const character = String.fromCharCode(byte);
  if (character === '\n') return String.raw`\n`;
  if (byte < 0x20 || byte > 0x7e) return `\\${byte.toString(8).padStart(3, '0')}`;
  return '"\\?'.includes(character) ? `\\${character}` : character;
};

/** Returns the length of a text in UTF-8 bytes. */
export const byteLength = (text: string): number => new TextEncoder().encode(text).length;

/** Returns a description as comment lines with `indent` in front; no lines if there is no description. */
export const comment = (description: string | undefined, indent = ''): readonly string[] =>
  description === undefined
    ? []
    : description
        .split(/[\n\r\u2028\u2029]+/)
        .map((line) => line.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').trim())
        .filter((line) => line !== '')
        // A backslash at the end would continue the comment on the next line.
        .map((line) => `${indent}// ${line.endsWith('\\') ? `${line}.` : line}`);
