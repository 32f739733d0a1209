/** A growing array of bytes. One writer holds the whole rewritten module. */
export interface ByteWriter {
  bytes: Uint8Array<ArrayBuffer>;
  length: number;
}

/** Creates a writer. `expected` is the estimated number of bytes. */
export const createByteWriter = (expected: number): ByteWriter => {
  return { bytes: new Uint8Array(expected), length: 0 };
};

const reserve = (writer: ByteWriter, extra: number): void => {
  const needed = writer.length + extra;
  if (needed <= writer.bytes.length) return;
  const grown = new Uint8Array(Math.max(needed, writer.bytes.length * 2));
  grown.set(writer.bytes.subarray(0, writer.length));
  writer.bytes = grown;
};

/** Writes one byte. */
export const writeByte = (writer: ByteWriter, byte: number): void => {
  reserve(writer, 1);
  writer.bytes[writer.length++] = byte;
};

/** Writes bytes. */
export const writeBytes = (writer: ByteWriter, bytes: readonly number[]): void => {
  reserve(writer, bytes.length);
  for (const byte of bytes) writer.bytes[writer.length++] = byte;
};

/** Below this number of bytes, a loop is faster than `TypedArray.set` with two views. */
const SHORT_COPY = 48;

/** Copies `source[from..to)`. */
export const writeRange = (writer: ByteWriter, source: Uint8Array, from: number, to: number): void => {
  const count = to - from;
  reserve(writer, count);
  const target = writer.bytes;
  const start = writer.length;
  if (count > SHORT_COPY) target.set(source.subarray(from, to), start);
  else for (let i = 0; i < count; i++) target[start + i] = source[from + i]!;
  writer.length = start + count;
};

/** Writes an unsigned LEB128 in its shortest form. */
export const writeU32 = (writer: ByteWriter, value: number): void => {
  reserve(writer, 5);
  let rest = value;
  while (rest >= 0x80) {
    writer.bytes[writer.length++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  writer.bytes[writer.length++] = rest;
};

/** Writes a signed LEB128 of 32 bits in its shortest form. */
export const writeS32 = (writer: ByteWriter, value: number): void => {
  reserve(writer, 5);
  let rest = value | 0;
  // One byte holds −64..63: its bit 6 is the sign.
  while (rest < -64 || rest > 63) {
    writer.bytes[writer.length++] = (rest & 0x7f) | 0x80;
    rest >>= 7;
  }
  writer.bytes[writer.length++] = rest & 0x7f;
};

/** Writes a name: its length, then its UTF-8. Only used for ASCII. */
export const writeName = (writer: ByteWriter, name: string): void => {
  const encoded = new TextEncoder().encode(name);
  writeU32(writer, encoded.length);
  writeRange(writer, encoded, 0, encoded.length);
};

/** Writes the output of `content` after its length in bytes, as in sections and function bodies. */
export const writeSized = (writer: ByteWriter, content: () => void): void => {
  const start = beginSized(writer);
  content();
  endSized(writer, start);
};

/** Reserves space for a length, for content that is written in several steps. Pass the result to {@link endSized}. */
export const beginSized = (writer: ByteWriter): number => {
  reserve(writer, 1);
  const start = writer.length;
  // The size is known afterwards. One byte is usually sufficient for a body. A longer size moves the written bytes.
  writer.length += 1;
  return start;
};

/** Writes the length of everything written since {@link beginSized}. */
export const endSized = (writer: ByteWriter, start: number): void => {
  const size = writer.length - start - 1;
  const width = size < 1 << 7 ? 1 : size < 1 << 14 ? 2 : size < 1 << 21 ? 3 : size < 1 << 28 ? 4 : 5;
  reserve(writer, width - 1);
  writer.bytes.copyWithin(start + width, start + 1, writer.length);
  writer.length = start;
  writeU32(writer, size);
  writer.length = start + width + size;
};
