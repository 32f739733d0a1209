import type { Scalar, Words } from '../plan/kit-plan.ts';

/** Names that the prelude of Rust and the kit have already. Only those that words can spell. */
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

/** The name of a type, such as `CacheScore`. */
export const typeName = (words: Words): string => {
  const name = camel(words);
  return TAKEN_TYPES.has(name) ? `${name}_` : name;
};

/** The name of a variant of an enum. */
export const variantName = (words: Words): string => {
  const name = camel(words);
  return name === 'Self' ? 'Self_' : name;
};

const camel = (words: Words): string =>
  // Two words that begin with digits would run together: `a 1 2` and `a 12`.
  words.reduce(
    (before, word) => (isLetter(word) || !/\d$/.test(before) ? before + capital(word) : `${before}_${word}`),
    '',
  );

/** The name of a field or a function, such as `cache_score`. */
export const snakeName = (words: Words): string => {
  const name = words.join('_');
  return KEYWORDS.has(name) ? `${name}_` : name;
};

/** What rustc does not take in a source: controls, separators of lines, and marks that change the direction of text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A literal of a string. */
export const rustString = (text: string): string => {
  const escaped = text
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return `"${escaped}"`;
};

/** A literal of bytes. */
export const rustBytes = (text: string): string => {
  const bytes = [...new TextEncoder().encode(text)].map((byte) => {
    const character = String.fromCodePoint(byte);
    if (character === '"' || character === '\\') return `\\${character}`;
    return byte < 0x20 || byte > 0x7e ? `\\x${byte.toString(16).padStart(2, '0')}` : character;
  });
  return `b"${bytes.join('')}"`;
};

/** A description as comments of documentation, each line with `indent` before it. */
export const docLines = (description: string | undefined, indent: string): string =>
  description === undefined
    ? ''
    : description
        .split(/\r\n|[\n\r\u2028\u2029]/)
        .map((line) => line.replaceAll(UNPRINTABLE, ' ').trimEnd())
        .map((line) => `${indent}///${line === '' ? '' : ` ${line}`}\n`)
        .join('');

/** A value of a literal, as the runtime’s `Scalar`. */
export const scalarLiteral = (value: Scalar): string => {
  if (typeof value === 'string') return `Scalar::Text(${rustString(value)})`;
  const text = rustString(JSON.stringify(value));
  return typeof value === 'number' ? `Scalar::Number(${text})` : `Scalar::Word(${text})`;
};
