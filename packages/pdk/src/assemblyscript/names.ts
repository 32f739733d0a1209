import type { Words } from '../plan/kit-plan.ts';

/** Words that AssemblyScript keeps for itself, and names that its types have. */
const KEYWORDS = new Set(
  'abstract any arguments as async auto await bool boolean break case catch class const constructor continue debugger declare default delete do else enum eval export extends false finally for from function get if implements import in infer instanceof interface is isize keyof let module namespace never new null number object of override package private protected public readonly return set static string super switch symbol this throw true try type typeof undefined unknown unmanaged usize v128 var void while with yield'.split(
    ' ',
  ),
);

/** Types of the kit and of AssemblyScript that a type of the contract must not hide. */
const TYPES = new Set(
  'Array ArrayBuffer Builder Bytes DataView Date Entries Error Float32Array Float64Array Function Int16Array Int32Array Int64Array Int8Array JSON Json JsonKind KeySet LogLevel Map Mark Math Null Object Reader RegExp Set Some StaticArray String Symbol Text Uint16Array Uint32Array Uint64Array Uint8Array Uint8ClampedArray Writer'.split(
    ' ',
  ),
);

const capital = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** `cacheScore`: fields, functions, values of enums. */
export const camelCase = (words: Words): string => {
  const name = words.map((word, at) => (at === 0 ? word : capital(word))).join('');
  return KEYWORDS.has(name) ? `${name}_` : name;
};

/** `CacheScore`: types. */
export const pascalCase = (words: Words): string => {
  const name = words.map(capital).join('');
  return TYPES.has(name) ? `${name}_` : name;
};

/**
 * A literal of AssemblyScript whose characters are the bytes of the text in UTF-8, which is how the kit takes literals of its own. ASCII stays
 * as it is.
 */
export const byteLiteral = (text: string): string => {
  const bytes = [...new TextEncoder().encode(text)];
  const escaped = bytes.map((byte) => {
    if (byte === 0x27 || byte === 0x5c) return `\\${String.fromCodePoint(byte)}`;
    return byte >= 0x20 && byte < 0x7f
      ? String.fromCodePoint(byte)
      : `\\u${byte.toString(16).padStart(4, '0')}`;
  });
  return `'${escaped.join('')}'`;
};

/** Several texts as one literal of the kit: each ends in a bullet, which is no byte. */
export const listLiteral = (texts: readonly string[]): string =>
  `'${texts.map((text) => `${byteLiteral(text).slice(1, -1)}•`).join('')}'`;

/** A comment in front of a declaration: no text of the contract can end it. */
export const comment = (text: string | undefined, indent = ''): string => {
  if (text === undefined || text.trim() === '') return '';
  const lines = text.replaceAll('*/', '* /').split(/\r\n|[\n\r\u2028\u2029]/);
  if (lines.length === 1) return `${indent}/** ${lines[0]?.trim()} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
};
