import { isUtf8 } from 'node:buffer';

import { walkSections } from './wasm-sections.ts';
import { type ByteReader, readByte, readU32 } from '../metering/byte-reader.ts';
import { KIND, SECTION } from '../metering/module-layout.ts';
import { TYPE } from '../metering/opcodes.ts';

/** Replaces every imported function. */
const refuse = (): never => {
  throw new Error('a stub was called');
};

/**
 * Creates a stub of the right type for each import of a valid module: functions that throw, and new memories, tables and globals. An
 * instance with these imports can reach nothing outside of itself.
 */
export const stubImports = (bytes: Uint8Array): WebAssembly.Imports => {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = Object.create(null);
  const section = importSection(bytes);
  if (section === undefined) return imports;
  const reader: ByteReader = { bytes, pos: section.start, end: section.end };
  for (let left = readU32(reader); left > 0; left -= 1) {
    const namespace = readName(reader);
    const name = readName(reader);
    const own = (imports[namespace] ??= Object.create(null) as Record<string, WebAssembly.ImportValue>);
    own[name] = readStub(reader);
  }
  return imports;
};

const importSection = (bytes: Uint8Array): { readonly start: number; readonly end: number } | undefined => {
  for (const section of walkSections(bytes)) if (section.id === SECTION.import) return section;
  return undefined;
};

const readName = (reader: ByteReader): string => {
  const length = readU32(reader);
  const text = reader.bytes.subarray(reader.pos, reader.pos + length);
  reader.pos += length;
  return isUtf8(text) ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(text) : '';
};

const readStub = (reader: ByteReader): WebAssembly.ImportValue => {
  const kind = readByte(reader);
  if (kind === KIND.function) {
    readU32(reader);
    return refuse;
  }
  if (kind === KIND.memory) return new WebAssembly.Memory(readLimits(reader));
  if (kind === KIND.table) {
    const element = readByte(reader) === TYPE.externref ? 'externref' : 'anyfunc';
    return new WebAssembly.Table({ element, ...readLimits(reader) });
  }
  const type = readByte(reader);
  const mutable = readByte(reader) === 1;
  return new WebAssembly.Global({ value: nameOf(type), mutable });
};

const readLimits = (reader: ByteReader): { initial: number; maximum?: number } => {
  const hasMaximum = (readByte(reader) & 1) === 1;
  const initial = readU32(reader);
  return hasMaximum ? { initial, maximum: readU32(reader) } : { initial };
};

const nameOf = (type: number): WebAssembly.ValueType => {
  if (type === TYPE.funcref) return 'anyfunc';
  const name = Object.entries(TYPE).find(([, value]) => value === type)?.[0];
  return (name ?? 'externref') as WebAssembly.ValueType;
};
