/**
 * Returns a module with its functions repeated, until it has about this many bytes. The copies are never called, but they
 * are read, rewritten and compiled like all other functions.
 */
export const repeatCode = (bytes: Uint8Array, wantedBytes: number): Uint8Array<ArrayBuffer> => {
  const sections = listSections(bytes);
  const code = sections.find(({ id }) => id === CODE);
  if (code === undefined) throw new Error('the module has no code');
  const times = 1 + Math.floor((wantedBytes - bytes.length) / (code.end - code.start));
  const written = sections.map(({ id, start, end }) => {
    const content = Buffer.from(bytes.subarray(start, end));
    if (id !== FUNCTION && id !== CODE) return section(id, content);
    const count = readU32(bytes, start);
    const entries = Buffer.from(bytes.subarray(count.next, end));
    return section(
      id,
      Buffer.from(writeU32(count.value * times)),
      ...Array.from({ length: times }, () => entries),
    );
  });
  return new Uint8Array(Buffer.concat([Buffer.from(bytes.subarray(0, HEADER_BYTES)), ...written]));
};

const HEADER_BYTES = 8;
const FUNCTION = 3;
const CODE = 10;

const listSections = (bytes: Uint8Array) => {
  const sections: { id: number; start: number; end: number }[] = [];
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const size = readU32(bytes, at + 1);
    sections.push({ id: bytes[at] as number, start: size.next, end: size.next + size.value });
    at = size.next + size.value;
  }
  return sections;
};

const section = (id: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([id, ...writeU32(content.length)]), content]);
};

const readU32 = (bytes: Uint8Array, from: number): { value: number; next: number } => {
  let value = 0;
  for (let at = from; ; at += 1) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * 2 ** (7 * (at - from));
    if (byte < 0x80) return { value, next: at + 1 };
  }
};

const writeU32 = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...writeU32(value >>> 7)];
