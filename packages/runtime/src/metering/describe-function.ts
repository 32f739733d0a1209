import { type ByteReader, readByte, readU32, skipBytes } from './byte-reader.ts';
import { STRUCTURE } from './metering-limits.ts';
import { SECTION } from './module-layout.ts';
import { Refusal } from './refusal.ts';

/** The subsection of function names in the name section. Subsection 0, the module's name, may come before it. */
const FUNCTION_NAMES = 1;

/** Names are text of the plugin's author. A name is shown only if it matches this pattern. */
const IDENTIFIER = /^[A-Za-z_$][\w$]*(?:(?:\.|::)[\w$]+)*$/;
const MOST_CHARACTERS = 100;

/** Names a function for a message: `function "parse_json" (index 12)`, or only by its index. Never throws. */
export const describeFunction = (bytes: Uint8Array, functionIndex: number): string => {
  const name = findName(bytes, functionIndex);
  const isHarmless = name !== undefined && name.length <= MOST_CHARACTERS && IDENTIFIER.test(name);
  return isHarmless
    ? `function "${name}" (index ${functionIndex})`
    : `the function with index ${functionIndex}`;
};

/** Finds the name of a function in the name section. The section comes after the code, so it has not been read yet. */
const findName = (bytes: Uint8Array, functionIndex: number): string | undefined => {
  try {
    return findInModule({ bytes, pos: 8, end: bytes.length }, functionIndex);
  } catch (error) {
    // These bytes are not validated. A malformed section has no names.
    if (error instanceof Refusal) return undefined;
    throw error;
  }
};

const findInModule = (module: ByteReader, functionIndex: number): string | undefined => {
  for (let sections = 0; sections < STRUCTURE.definitions && !isAtEnd(module); sections++) {
    const id = readByte(module);
    const section = readPart(module);
    if (id !== SECTION.custom || readText(section) !== 'name') continue;
    for (let kind = -1; kind < FUNCTION_NAMES && !isAtEnd(section);) {
      kind = readByte(section);
      const part = readPart(section);
      if (kind === FUNCTION_NAMES) return findInMap(part, functionIndex);
    }
    return undefined;
  }
  return undefined;
};

const findInMap = (names: ByteReader, functionIndex: number): string | undefined => {
  // Names are ordered by index. Each index appears once.
  const entries = Math.min(readU32(names), functionIndex + 1);
  for (let i = 0; i < entries; i++) {
    const index = readU32(names);
    if (index === functionIndex) return readText(names);
    skipBytes(names, readU32(names));
  }
  return undefined;
};

const isAtEnd = ({ pos, end }: ByteReader): boolean => pos >= end;

/** Reads a length, and returns a reader of that many bytes. */
const readPart = (reader: ByteReader): ByteReader => {
  const length = readU32(reader);
  const pos = reader.pos;
  skipBytes(reader, length);
  return { bytes: reader.bytes, pos, end: reader.pos };
};

/** Reads a length and that many bytes as ASCII. Returns `undefined` if there are too many to show. */
const readText = (reader: ByteReader): string | undefined => {
  const { bytes, pos, end } = readPart(reader);
  return end - pos > MOST_CHARACTERS ? undefined : String.fromCharCode(...bytes.subarray(pos, end));
};
