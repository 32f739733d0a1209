/** A section of a module, as offsets into its bytes. */
export interface WasmSection {
  readonly id: number;
  /** The name of a custom section (id 0). */
  readonly name: string | undefined;
  /** The payload, after the name for a custom section. */
  readonly start: number;
  readonly end: number;
}

/** A section before its name is read: `nameStart..start` is the name of a custom section, and empty for another. */
interface RawSection {
  readonly id: number;
  readonly nameStart: number;
  readonly start: number;
  readonly end: number;
}

const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const CUSTOM = 0;

/**
 * Lists the sections of a module without compiling it. Returns `undefined` if the bytes are not a WebAssembly module, or if its sections are
 * malformed. Never throws.
 */
export const listSections = (bytes: Uint8Array): WasmSection[] | undefined => {
  const sections: WasmSection[] = [];
  const walk = walkSections(bytes);
  for (;;) {
    const { done, value } = walk.next();
    if (done === true) return value ? sections : undefined;
    const { id, nameStart, start, end } = value;
    const name = id === CUSTOM ? Buffer.from(bytes.subarray(nameStart, start)).toString('utf8') : undefined;
    sections.push({ id, name, start, end });
  }
};

/** Iterates over the sections of a module, which can be millions. Returns whether all of them are well-formed. */
export const walkSections = function* (bytes: Uint8Array): Generator<RawSection, boolean, undefined> {
  if (MAGIC_AND_VERSION.some((byte, at) => bytes[at] !== byte)) return false;
  let at = MAGIC_AND_VERSION.length;
  while (at < bytes.length) {
    const id = bytes[at] as number;
    const size = readU32(bytes, at + 1);
    if (size === undefined || size.next + size.value > bytes.length) return false;
    const end = size.next + size.value;
    const section =
      id === CUSTOM
        ? customSection(bytes, size.next, end)
        : { id, nameStart: size.next, start: size.next, end };
    if (section === undefined) return false;
    yield section;
    at = end;
  }
  return true;
};

/** Whether a section is the custom section of that name, in UTF-8. */
export const isNamed = (bytes: Uint8Array, { id, nameStart, start }: RawSection, name: Uint8Array): boolean =>
  id === CUSTOM &&
  start - nameStart === name.length &&
  name.every((byte, at) => bytes[nameStart + at] === byte);

const customSection = (bytes: Uint8Array, start: number, end: number): RawSection | undefined => {
  const length = readU32(bytes, start);
  if (length === undefined || length.next + length.value > end) return undefined;
  return { id: CUSTOM, nameStart: length.next, start: length.next + length.value, end };
};

/** The longest LEB128 of a u32, in bytes. */
const MAX_LEB_BYTES = 5;

const readU32 = (bytes: Uint8Array, from: number): { value: number; next: number } | undefined => {
  let value = 0;
  for (let count = 0; count < MAX_LEB_BYTES; count += 1) {
    const byte = bytes[from + count];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * count);
    if (byte < 0x80) return value <= 0xffff_ffff ? { value, next: from + count + 1 } : undefined;
  }
  return undefined;
};
