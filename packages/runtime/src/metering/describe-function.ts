import { type ByteReader, readByte, readU32, skipBytes } from './byte-reader.ts';
import { STRUCTURE } from './metering-limits.ts';
import { SECTION } from './module-layout.ts';
import { Refusal } from './refusal.ts';

/** The name section's part that has the names of functions; part 0, the module's name, may come before it. */
const FUNCTION_NAMES = 1;

/** Names are the plugin author's text. They are shown only if they look like this. */
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

/** Looks a function up in the name section, which comes after the code and so has not been read yet. */
const findName = (bytes: Uint8Array, functionIndex: number): string | undefined => {
  try {
    return findInModule({ bytes, pos: 8, end: bytes.length }, functionIndex);
  } catch (error) {
    // Nobody has checked these bytes: what does not make sense has no names.
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
  // They are in the order of their indices, each once.
  const entries = Math.min(readU32(names), functionIndex + 1);
  for (let i = 0; i < entries; i++) {
    const index = readU32(names);
    if (index === functionIndex) return readText(names);
    skipBytes(names, readU32(names));
  }
  return undefined;
};

const isAtEnd = ({ pos, end }: ByteReader): boolean => pos >= end;

/** Reads a length, and gives a reader of what it covers. */
const readPart = (reader: ByteReader): ByteReader => {
  const length = readU32(reader);
  const pos = reader.pos;
  skipBytes(reader, length);
  return { bytes: reader.bytes, pos, end: reader.pos };
};

/** Reads a length and so many bytes as ASCII; `undefined` if there are too many to show. */
const readText = (reader: ByteReader): string | undefined => {
  const { bytes, pos, end } = readPart(reader);
  return end - pos > MOST_CHARACTERS ? undefined : String.fromCharCode(...bytes.subarray(pos, end));
};
