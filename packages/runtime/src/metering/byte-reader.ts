import { refuseMalformed } from './refusal.ts';

/** A cursor over bytes that somebody else wrote: every read is bounded by `end`, which a caller may narrow. */
export interface ByteReader {
  readonly bytes: Uint8Array;
  pos: number;
  end: number;
}

/** Reads one byte; refuses the module at the end. */
export const readByte = (reader: ByteReader): number => {
  const at = reader.pos;
  if (at >= reader.end) refuseMalformed('unexpected end of a section or of a function', at);
  reader.pos = at + 1;
  return reader.bytes[at]!;
};

/** Moves on by `count` bytes; refuses the module when there are not so many. */
export const skipBytes = (reader: ByteReader, count: number): void => {
  if (count > reader.end - reader.pos)
    refuseMalformed('a length that reaches beyond its section', reader.pos);
  reader.pos += count;
};

/** Reads an unsigned LEB128 of 32 bits: at most five bytes, padding allowed, unused bits zero (specification §5.2.2). */
export const readU32 = (reader: ByteReader): number => {
  const first = readByte(reader);
  return first < 0x80 ? first : readLongU32(reader, first & 0x7f);
};

const readLongU32 = (reader: ByteReader, low: number): number => {
  let value = low;
  for (let shift = 7; shift < 28; shift += 7) {
    const byte = readByte(reader);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  const last = readByte(reader);
  if (last > 0x0f) refuseMalformed('a 32-bit integer that is too long', reader.pos);
  return (value | (last << 28)) >>> 0;
};

/** Moves past a signed LEB128 of `bits` bits; padding is allowed within its most bytes, unused bits repeat the sign. */
export const skipSigned = (reader: ByteReader, bits: 32 | 33 | 64): void => {
  if (readByte(reader) >= 0x80) skipLongSigned(reader, bits);
};

const skipLongSigned = (reader: ByteReader, bits: number): void => {
  const mostBytes = Math.ceil(bits / 7);
  for (let read = 1; read < mostBytes - 1; read++) {
    if (readByte(reader) < 0x80) return;
  }
  const last = readByte(reader);
  const usedBits = bits - 7 * (mostBytes - 1);
  const signAndUnused = last >> (usedBits - 1);
  const allOnes = (1 << (8 - usedBits)) - 1;
  if (signAndUnused !== 0 && signAndUnused !== allOnes)
    refuseMalformed('a signed integer that is too long', reader.pos);
};

/** Reads how many entries a vector has; each takes at least a byte, so a count beyond the section's end is a lie. */
export const readCount = (reader: ByteReader): number => {
  const count = readU32(reader);
  if (count > reader.end - reader.pos) refuseMalformed('a count larger than its section', reader.pos);
  return count;
};
