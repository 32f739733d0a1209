import { type ByteReader, readByte, readCount, readU32, skipBytes } from '../metering/byte-reader.ts';
import { KIND, SECTION } from '../metering/module-layout.ts';
import { TYPE } from '../metering/opcodes.ts';
import { Refusal } from '../metering/refusal.ts';
import type { WasmSection } from '../prepare/wasm-sections.ts';
import type { ExternKind, LimitsDescription } from './module-description.ts';
import { type InstructionNotes, skipLeb, walkBody, walkConstant, walkType } from './walk-instructions.ts';

/** One import or export as it is declared. */
export interface Extern {
  readonly namespace: string;
  readonly name: string;
  readonly kind: ExternKind;
  readonly signature: string | undefined;
}

/** What the sections of a module declare. Of a malformed section it holds the part before the error. */
export interface Structure {
  readonly imports: Extern[];
  readonly exports: Omit<Extern, 'namespace'>[];
  readonly memories: LimitsDescription[];
  readonly tables: LimitsDescription[];
  readonly notes: InstructionNotes;
  functions: number;
  hasStart: boolean;
}

/** Function types in text form, by index of the type and by index of the function. */
interface Indices {
  readonly types: string[];
  readonly functionTypes: string[];
}

/**
 * Reads what a module declares, without validating it. Reading of a section stops at the first part that is unknown, such as a type of
 * the proposal `gc`. Never throws.
 */
export const readStructure = (bytes: Uint8Array, sections: readonly WasmSection[]): Structure => {
  const structure: Structure = {
    imports: [],
    exports: [],
    memories: [],
    tables: [],
    notes: { features: new Set(), instructions: 0, localMoves: 0 },
    functions: 0,
    hasStart: false,
  };
  const indices: Indices = { types: [], functionTypes: [] };
  for (const { id, start, end } of sections) {
    try {
      readSection({ bytes, pos: start, end }, id, structure, indices);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return structure;
};

const readSection = (reader: ByteReader, id: number, structure: Structure, indices: Indices): void => {
  const { notes, memories, tables } = structure;
  if (id === SECTION.type) readTypes(reader, notes, indices);
  else if (id === SECTION.import) readImports(reader, structure, indices);
  else if (id === SECTION.function) {
    structure.functions = readCount(reader);
    for (let left = structure.functions; left > 0; left -= 1)
      indices.functionTypes.push(typeAt(reader, indices));
  } else if (id === SECTION.table) {
    for (let left = readCount(reader); left > 0; left -= 1) tables.push(readTable(reader, notes, 'defined'));
    if (tables.length > 1) notes.features.add('reference-types');
  } else if (id === SECTION.memory) {
    for (let left = readCount(reader); left > 0; left -= 1)
      memories.push(readMemory(reader, notes, 'defined'));
    if (memories.length > 1) notes.features.add('multimemory');
  } else if (id === SECTION.global) readGlobals(reader, notes);
  else if (id === SECTION.export) readExports(reader, structure, indices);
  else if (id === SECTION.start) structure.hasStart = true;
  else if (id === SECTION.dataCount) notes.features.add('bulk-memory');
  else if (id === SECTION.tag) notes.features.add('exception-handling');
  else if (id === SECTION.code) readCode(reader, notes);
};

const readTypes = (reader: ByteReader, notes: InstructionNotes, { types }: Indices): void => {
  for (let left = readCount(reader); left > 0; left -= 1) {
    if (readByte(reader) !== TYPE.func) {
      notes.features.add('gc');
      return;
    }
    const parameters = readTypeList(reader, notes);
    const results = readTypeList(reader, notes);
    if (results.length > 1) notes.features.add('multivalue');
    types.push(
      `(${parameters.join(', ')}) -> ${results.length === 1 ? results[0] : `(${results.join(', ')})`}`,
    );
  }
};

const TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(TYPE).map(([name, type]) => [type as number, name]),
);

const readTypeList = (reader: ByteReader, notes: InstructionNotes): string[] => {
  const names: string[] = [];
  for (let left = readCount(reader); left > 0; left -= 1)
    names.push(TYPE_NAMES.get(walkType(reader, notes)) ?? 'ref');
  return names;
};

const typeAt = (reader: ByteReader, { types }: Indices): string => types[readU32(reader)] ?? '';

const readImports = (reader: ByteReader, structure: Structure, indices: Indices): void => {
  const { notes, memories, tables } = structure;
  for (let left = readCount(reader); left > 0; left -= 1) {
    const namespace = readName(reader);
    const name = readName(reader);
    const kind = kindOf(readByte(reader));
    if (kind === undefined) return;
    let signature: string | undefined;
    if (kind === 'function') {
      signature = typeAt(reader, indices);
      indices.functionTypes.push(signature);
    } else if (kind === 'table') tables.push(readTable(reader, notes, 'imported'));
    else if (kind === 'memory') memories.push(readMemory(reader, notes, 'imported'));
    else if (kind === 'global') {
      walkType(reader, notes);
      if (readByte(reader) === 1) notes.features.add('mutable-globals');
    } else {
      notes.features.add('exception-handling');
      skipBytes(reader, 1);
      skipLeb(reader);
    }
    structure.imports.push({ namespace, name, kind, signature });
  }
};

const readExports = (reader: ByteReader, { exports }: Structure, { functionTypes }: Indices): void => {
  for (let left = readCount(reader); left > 0; left -= 1) {
    const name = readName(reader);
    const kind = kindOf(readByte(reader));
    const index = readU32(reader);
    if (kind === undefined) return;
    exports.push({ name, kind, signature: kind === 'function' ? functionTypes[index] : undefined });
  }
};

const KINDS: readonly ExternKind[] = ['function', 'table', 'memory', 'global', 'tag'];
const kindOf = (byte: number): ExternKind | undefined => (byte <= KIND.tag ? KINDS[byte] : undefined);

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Reads a name of the binary format: its length, then UTF-8. */
export const readName = (reader: ByteReader): string => {
  const length = readCount(reader);
  const start = reader.pos;
  skipBytes(reader, length);
  return utf8.decode(reader.bytes.subarray(start, reader.pos));
};

const LIMITS_FLAG = { maximum: 1, shared: 2, memory64: 4 } as const;

const readTable = (
  reader: ByteReader,
  notes: InstructionNotes,
  from: LimitsDescription['from'],
): LimitsDescription => {
  const type = readByte(reader);
  if (type === TYPE.externref) notes.features.add('reference-types');
  else if (type !== TYPE.funcref) notes.features.add('gc');
  return readLimits(reader, notes, from);
};

const readMemory = (
  reader: ByteReader,
  notes: InstructionNotes,
  from: LimitsDescription['from'],
): LimitsDescription => {
  const flags = reader.bytes[reader.pos] ?? 0;
  if ((flags & LIMITS_FLAG.shared) !== 0) notes.features.add('threads');
  return readLimits(reader, notes, from);
};

const readLimits = (
  reader: ByteReader,
  notes: InstructionNotes,
  from: LimitsDescription['from'],
): LimitsDescription => {
  const flags = readByte(reader);
  if ((flags & LIMITS_FLAG.memory64) !== 0) notes.features.add('memory64');
  const minimum = readU32(reader);
  const maximum = (flags & LIMITS_FLAG.maximum) === 0 ? undefined : readU32(reader);
  return { from, minimum, maximum };
};

const readGlobals = (reader: ByteReader, notes: InstructionNotes): void => {
  for (let left = readCount(reader); left > 0; left -= 1) {
    walkType(reader, notes);
    skipBytes(reader, 1);
    if (!walkConstant(reader, notes)) return;
  }
};

const readCode = (reader: ByteReader, notes: InstructionNotes): void => {
  const { end } = reader;
  for (let left = readCount(reader); left > 0; left -= 1) {
    const size = readU32(reader);
    const bodyEnd = reader.pos + size;
    if (bodyEnd > end) return;
    reader.end = bodyEnd;
    walkBody(reader, notes);
    reader.pos = bodyEnd;
    reader.end = end;
  }
};
