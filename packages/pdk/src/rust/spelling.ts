import type { Scalar, Words } from '../plan/kit-plan.ts';

/** Names that the prelude of Rust or the kit define, as far as a type name can be equal to them. */
const TAKEN_TYPES: ReadonlySet<string> = new Set(
  'Box Clone Copy Debug Decode Default Drop Encode Eq Err Error From Into Iterator Json JsonKind Key LogLevel Map None Ok Option Ord PartialEq Read Reader Refused Result Scalar Self Send Some String Sync ToOwned ToString Unwritable Vec Writer Written'.split(
    ' ',
  ),
);

const KEYWORDS: ReadonlySet<string> = new Set(
  'abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if impl in let loop macro match mod move mut override priv pub ref return self static struct super trait true try type typeof union unsafe unsized use virtual where while yield'.split(
    ' ',
  ),
);

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const isLetter = (text: string): boolean => /^[a-z]/.test(text);

/** Returns the name of a type, such as `CacheScore`. */
export const typeName = (words: Words): string => {
  const name = camel(words);
  return TAKEN_TYPES.has(name) ? `${name}_` : name;
};

/** Returns the name of an enum's variant. */
export const variantName = (words: Words): string => {
  const name = camel(words);
  return name === 'Self' ? 'Self_' : name;
};

const camel = (words: Words): string =>
  // Without the underscore, `a 1 2` and `a 12` would have the same name.
  words.reduce(
    (before, word) => (isLetter(word) || !/\d$/.test(before) ? before + capital(word) : `${before}_${word}`),
    '',
  );

/** Returns the name of a field or a function, such as `cache_score`. */
export const snakeName = (words: Words): string => {
  const name = words.join('_');
  return KEYWORDS.has(name) ? `${name}_` : name;
};

/** Characters that rustc rejects in a source: control characters, line separators, and marks that change the text direction. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Returns a string literal. */
export const rustString = (text: string): string => {
  const escaped = text
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return `"${escaped}"`;
};

/** Returns a byte string literal of a text in UTF-8. */
export const rustBytes = (text: string): string => {
  const bytes = [...new TextEncoder().encode(text)].map((byte) => {
    const character = String.fromCodePoint(byte);
    if (character === '"' || character === '\\') return `\\${character}`;
    return byte < 0x20 || byte > 0x7e ? `\\x${byte.toString(16).padStart(2, '0')}` : character;
  });
  return `b"${bytes.join('')}"`;
};

/** Returns a description as doc comments, each line with `indent` in front. */
export const docLines = (description: string | undefined, indent: string): string =>
  description === undefined
    ? ''
    : description
        .split(/\r\n|[\n\r\u2028\u2029]/)
        .map((line) => line.replaceAll(UNPRINTABLE, ' ').trimEnd())
        .map((line) => `${indent}///${line === '' ? '' : ` ${line}`}\n`)
        .join('');

/** Returns a value as a literal of the runtime's `Scalar`. */
export const scalarLiteral = (value: Scalar): string => {
  if (typeof value === 'string') return `Scalar::Text(${rustString(value)})`;
  const text = rustString(JSON.stringify(value));
  return typeof value === 'number' ? `Scalar::Number(${text})` : `Scalar::Word(${text})`;
};
