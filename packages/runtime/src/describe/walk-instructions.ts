import { type ByteReader, readByte, readCount, readU32, skipBytes } from '../metering/byte-reader.ts';
import { MISC, OP, OPCODE_SHAPE, SHAPE, TYPE } from '../metering/opcodes.ts';
import { SIMD_COUNT, SIMD_OPCODE_SHAPE, SIMD_SHAPE } from '../metering/simd-opcodes.ts';
import type { WasmFeature } from './module-description.ts';

/** What was found in a module's instructions. */
export interface InstructionNotes {
  readonly features: Set<WasmFeature>;
  instructions: number;
  /** Number of `local.get`, `local.set` and `local.tee`. */
  localMoves: number;
}

/**
 * Walks one function body and notes the features that it uses. Stops at the first unknown instruction, because its length is unknown.
 * Throws a `Refusal` if the body ends in the middle of an instruction.
 */
export const walkBody = (reader: ByteReader, notes: InstructionNotes): void => {
  for (let groups = readCount(reader); groups > 0; groups -= 1) {
    readU32(reader);
    walkType(reader, notes);
  }
  walkInstructions(reader, notes);
};

/** Walks the instructions up to the reader’s end. */
const walkInstructions = (reader: ByteReader, notes: InstructionNotes): void => {
  while (reader.pos < reader.end) {
    const opcode = readByte(reader);
    notes.instructions += 1;
    if (!walkInstruction(reader, opcode, notes)) return;
  }
};

/** Walks a constant expression to its end. Returns false at an unknown instruction. */
export const walkConstant = (reader: ByteReader, notes: InstructionNotes): boolean => {
  for (let opcode = readByte(reader); opcode !== OP.end; opcode = readByte(reader)) {
    if (EXTENDED_CONSTANTS.has(opcode)) notes.features.add('extended-const');
    if (!walkInstruction(reader, opcode, notes)) return false;
  }
  return true;
};

/** Addition, subtraction and multiplication of i32 and of i64. */
const EXTENDED_CONSTANTS: ReadonlySet<number> = new Set([0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e]);

/** Reads the immediates of an opcode. Returns false for an unknown opcode. */
const walkInstruction = (reader: ByteReader, opcode: number, notes: InstructionNotes): boolean => {
  const shape = OPCODE_SHAPE[opcode];
  if (opcode >= OP.localGet && opcode <= OP.localTee) notes.localMoves += 1;
  if (opcode >= FIRST_SIGN_EXTENSION && opcode <= LAST_SIGN_EXTENSION) notes.features.add('sign-ext');
  if (shape === SHAPE.plain) return true;
  if (shape === SHAPE.index || shape === SHAPE.i32Const || shape === SHAPE.i64Const) skipLeb(reader);
  else if (shape === SHAPE.memarg) walkMemarg(reader, notes);
  else if (shape === SHAPE.f32Const) skipBytes(reader, 4);
  else if (shape === SHAPE.f64Const) skipBytes(reader, 8);
  else if (shape === SHAPE.memory) walkMemoryIndex(reader, notes);
  else if (shape === SHAPE.special) walkSpecial(reader, opcode, notes);
  else if (shape === SHAPE.miscPrefix) return walkMisc(reader, notes);
  else if (shape === SHAPE.simdPrefix) return walkSimd(reader, notes);
  else {
    const feature = UNKNOWN_OPCODES.find(([first, last]) => opcode >= first && opcode <= last)?.[2];
    if (feature !== undefined) notes.features.add(feature);
    return false;
  }
  return true;
};

const FIRST_SIGN_EXTENSION = 0xc0;
const LAST_SIGN_EXTENSION = 0xc4;

/** Opcodes that metering refuses, with the proposals that define them. */
const UNKNOWN_OPCODES: readonly (readonly [first: number, last: number, feature: WasmFeature])[] = [
  [0x06, 0x0a, 'exception-handling'],
  [0x14, 0x15, 'gc'],
  [0x18, 0x19, 'exception-handling'],
  [0x1f, 0x1f, 'exception-handling'],
  [0xd3, 0xd6, 'gc'],
  [0xfb, 0xfb, 'gc'],
  [0xfe, 0xfe, 'threads'],
];

const walkSpecial = (reader: ByteReader, opcode: number, { features }: InstructionNotes): void => {
  if (opcode >= OP.block && opcode <= OP.if) walkBlockType(reader, features);
  else if (opcode === OP.br || opcode === OP.brIf || opcode === OP.call) skipLeb(reader);
  else if (opcode === OP.brTable) for (let left = readCount(reader) + 1; left > 0; left -= 1) skipLeb(reader);
  else if (opcode === OP.callIndirect) {
    skipLeb(reader);
    if (readU32(reader) > 0) features.add('reference-types');
  } else if (opcode === OP.returnCall || opcode === OP.returnCallIndirect) {
    features.add('tail-call');
    skipLeb(reader);
    if (opcode === OP.returnCallIndirect) skipLeb(reader);
  } else if (opcode === OP.selectTyped) {
    features.add('reference-types');
    for (let left = readCount(reader); left > 0; left -= 1) walkType(reader, { features });
  } else if (
    opcode === OP.tableGet ||
    opcode === OP.tableSet ||
    opcode === OP.refNull ||
    opcode === OP.refFunc
  ) {
    features.add('reference-types');
    skipLeb(reader);
  }
};

/** A block type is empty, one value type, or the index of a function type. */
const walkBlockType = (reader: ByteReader, features: Set<WasmFeature>): void => {
  const first = reader.bytes[reader.pos] ?? 0;
  if (first === TYPE.empty) skipBytes(reader, 1);
  else if (first > TYPE.empty && first < 0x80) walkType(reader, { features });
  else {
    features.add('multivalue');
    skipLeb(reader);
  }
};

/** Reference types that are followed by a heap type. */
const TYPED_REFERENCES: ReadonlySet<number> = new Set([0x63, 0x64]);

/** Reads a value type and notes the feature that it needs. */
export const walkType = (reader: ByteReader, { features }: Pick<InstructionNotes, 'features'>): number => {
  const type = readByte(reader);
  if (type === TYPE.v128) features.add('simd128');
  else if (type === TYPE.externref || type === TYPE.funcref) features.add('reference-types');
  else if (type < TYPE.v128) features.add('gc');
  if (TYPED_REFERENCES.has(type)) skipLeb(reader);
  return type;
};

/** This bit of the alignment is set if a memory index follows. */
const WITH_INDEX = 0x40;

const walkMemarg = (reader: ByteReader, { features }: InstructionNotes): void => {
  if ((readU32(reader) & WITH_INDEX) !== 0) {
    features.add('multimemory');
    skipLeb(reader);
  }
  skipLeb(reader);
};

const walkMemoryIndex = (reader: ByteReader, { features }: InstructionNotes): void => {
  if (readU32(reader) > 0) features.add('multimemory');
};

const walkMisc = (reader: ByteReader, notes: InstructionNotes): boolean => {
  const { features } = notes;
  const opcode = readU32(reader);
  if (opcode > MISC.last) return false;
  if (opcode < MISC.memoryInit) {
    features.add('nontrapping-fptoint');
    return true;
  }
  features.add(opcode >= MISC.tableGrow ? 'reference-types' : 'bulk-memory');
  skipLeb(reader);
  if (TWO_INDICES.has(opcode)) skipLeb(reader);
  return true;
};

const TWO_INDICES: ReadonlySet<number> = new Set([
  MISC.memoryInit,
  MISC.memoryCopy,
  MISC.tableInit,
  MISC.tableCopy,
]);

/** The first opcode of relaxed SIMD, which has the same prefix as SIMD. */
const FIRST_RELAXED = 0x100;

const walkSimd = (reader: ByteReader, notes: InstructionNotes): boolean => {
  const opcode = readU32(reader);
  notes.features.add(opcode >= FIRST_RELAXED ? 'relaxed-simd' : 'simd128');
  const shape = opcode < SIMD_COUNT ? SIMD_OPCODE_SHAPE[opcode] : SIMD_SHAPE.unknown;
  if (shape === SIMD_SHAPE.unknown) return false;
  if (shape === SIMD_SHAPE.memarg || shape === SIMD_SHAPE.memargLane) walkMemarg(reader, notes);
  if (shape === SIMD_SHAPE.lane || shape === SIMD_SHAPE.memargLane) skipBytes(reader, 1);
  if (shape === SIMD_SHAPE.sixteenBytes) skipBytes(reader, 16);
  return true;
};

/** Moves past a LEB128 of any length. */
export const skipLeb = (reader: ByteReader): void => {
  while (readByte(reader) >= 0x80);
};
