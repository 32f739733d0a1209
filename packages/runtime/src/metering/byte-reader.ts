import { refuseMalformed } from './refusal.ts';

/** A cursor over untrusted bytes. Every read is limited by `end`, which a caller may lower. */
export interface ByteReader {
  readonly bytes: Uint8Array;
  pos: number;
  end: number;
}

/** Reads one byte. Refuses the module at the end. */
export const readByte = (reader: ByteReader): number => {
  const at = reader.pos;
  if (at >= reader.end) refuseMalformed('unexpected end of a section or of a function', at);
  reader.pos = at + 1;
  return reader.bytes[at]!;
};

/** Skips `count` bytes. Refuses the module if there are fewer. */
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

/** Skips a signed LEB128 of `bits` bits. Padding is allowed within its largest size. Unused bits repeat the sign. */
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

/** Reads the number of entries of a vector. Each entry takes at least one byte, so a larger count than the remaining bytes is refused. */
export const readCount = (reader: ByteReader): number => {
  const count = readU32(reader);
  if (count > reader.end - reader.pos) refuseMalformed('a count larger than its section', reader.pos);
  return count;
};
