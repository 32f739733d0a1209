import { STRUCTURE } from './metering-limits.ts';
import { SECTION } from './module-layout.ts';

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
  const cursor = createCursor(bytes, 8, bytes.length);
  for (let sections = 0; sections < STRUCTURE.definitions && !cursor.isAtEnd(); sections++) {
    const id = cursor.u32();
    const section = cursor.part();
    if (id !== SECTION.custom || section.text(section.u32()) !== 'name') continue;
    for (let kind = -1; kind < FUNCTION_NAMES && !section.isAtEnd();) {
      kind = section.u32();
      const part = section.part();
      if (kind === FUNCTION_NAMES) return findInMap(part, functionIndex);
    }
    return undefined;
  }
  return undefined;
};

const findInMap = (names: Cursor, functionIndex: number): string | undefined => {
  // They are in the order of their indices, each once.
  const entries = Math.min(names.u32(), functionIndex + 1);
  for (let i = 0; i < entries && !names.isAtEnd(); i++) {
    const index = names.u32();
    const length = names.u32();
    if (index === functionIndex) return names.text(length);
    names.skip(length);
  }
  return undefined;
};

/** Reads bytes that may be anything. What does not make sense ends it. */
interface Cursor {
  isAtEnd(): boolean;
  u32(): number;
  skip(count: number): void;
  /** Reads so many bytes as ASCII; `undefined` if there are fewer, or too many to show. */
  text(length: number): string | undefined;
  /** Reads a length, and gives what it covers. */
  part(): Cursor;
}

const createCursor = (bytes: Uint8Array, start: number, end: number): Cursor => {
  let pos = start;
  const u32 = (): number => {
    let value = 0;
    for (let factor = 1; pos < end; factor *= 128) {
      const byte = bytes[pos++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      if (factor > 2 ** 28) break;
    }
    pos = end;
    return 0;
  };
  const skip = (count: number): void => {
    pos = Math.min(end, pos + count);
  };
  return {
    isAtEnd: () => pos >= end,
    u32,
    skip,
    text: (length) => {
      const from = pos;
      skip(length);
      return length > MOST_CHARACTERS || from + length > end
        ? undefined
        : String.fromCharCode(...bytes.subarray(from, from + length));
    },
    part: () => {
      const length = u32();
      const from = pos;
      skip(length);
      return createCursor(bytes, from, pos);
    },
  };
};
