import type { Words } from '../plan/kit-plan.ts';

/** The keywords of AssemblyScript and the names of its built-in types. */
const KEYWORDS = new Set(
  'abstract any arguments as async auto await bool boolean break case catch class const constructor continue debugger declare default delete do else enum eval export extends false finally for from function get if implements import in infer instanceof interface is isize keyof let module namespace never new null number object of override package private protected public readonly return set static string super switch symbol this throw true try type typeof undefined unknown unmanaged usize v128 var void while with yield'.split(
    ' ',
  ),
);

/** Types of the kit and of AssemblyScript that a type of the contract must not shadow. */
const TYPES = new Set(
  'Array ArrayBuffer Builder Bytes DataView Date Entries Error Float32Array Float64Array Function Int16Array Int32Array Int64Array Int8Array JSON Json JsonKind KeySet LogLevel Map Mark Math Null Object Reader RegExp Set Some StaticArray String Symbol Text Uint16Array Uint32Array Uint64Array Uint8Array Uint8ClampedArray Writer'.split(
    ' ',
  ),
);

const capital = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** `cacheScore`: the case of fields, functions and values of enums. */
export const camelCase = (words: Words): string => {
  const name = words.map((word, at) => (at === 0 ? word : capital(word))).join('');
  return KEYWORDS.has(name) ? `${name}_` : name;
};

/** `CacheScore`: the case of types. */
export const pascalCase = (words: Words): string => {
  const name = words.map(capital).join('');
  return TYPES.has(name) ? `${name}_` : name;
};

/**
 * Returns a string literal of AssemblyScript with one character for each UTF-8 byte of the text. The kit expects its own literals in this
 * form. ASCII stays as it is.
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

/** Returns several texts as one literal of the kit. A bullet ends each text: its code is above 255, so it is never a byte. */
export const listLiteral = (texts: readonly string[]): string =>
  `'${texts.map((text) => `${byteLiteral(text).slice(1, -1)}•`).join('')}'`;

/** Returns the comment above a declaration. Text from the contract cannot end the comment. */
export const comment = (text: string | undefined, indent = ''): string => {
  if (text === undefined || text.trim() === '') return '';
  const lines = text.replaceAll('*/', '* /').split(/\r\n|[\n\r\u2028\u2029]/);
  if (lines.length === 1) return `${indent}/** ${lines[0]?.trim()} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
};
