import { type ByteReader, readByte, readCount, readU32, skipBytes, skipSigned } from '../byte-reader.ts';
import {
  type ByteWriter,
  createByteWriter,
  writeByte,
  writeBytes,
  writeName,
  writeRange,
  writeS32,
  writeSized,
  writeU32,
} from '../byte-writer.ts';
import { KIND, SECTION, sectionOrder } from '../module-layout.ts';
import { MISC, OP, OPCODE_SHAPE, SHAPE, TYPE } from '../opcodes.ts';
import { SIMD_OPCODE_SHAPE, SIMD_SHAPE } from '../simd-opcodes.ts';
import {
  CALL_WEIGHT,
  IMPORTED_CALL_WEIGHT,
  LOCALS_PER_UNIT,
  MISC_WEIGHT,
  SIMD_WEIGHT,
  WEIGHT,
} from '../weights.ts';

/** Globals of a counting module, both 64-bit integers: what has been executed so far. */
export const COUNTERS = { instructions: 'count:instructions', weight: 'count:weight' } as const;

/**
 * Rewrites a valid module so that it counts what it executes: each straight run of instructions adds its number and its weight to two
 * globals as it ends. This shares nothing with metering but the weights, so that metering can be compared with it. `block`, `loop`,
 * `else`, `end` and `nop` are not counted, since no machine code comes of them.
 *
 * Where a run traps, all of it is counted. What a bulk instruction is charged by its operand is not.
 */
export const countInstructions = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const reader: ByteReader = { bytes, pos: 8, end: bytes.length };
  const sections = readSections(reader);
  const imported = countImports(reader, sections.get(SECTION.import));
  const types = readParameterCounts(reader, sections.get(SECTION.type));
  const functionTypes = readFunctionTypes(reader, sections.get(SECTION.function));
  const globals = imported.globals + readSectionCount(reader, sections.get(SECTION.global));
  const writer = createByteWriter(bytes.length * 2);
  writeRange(writer, bytes, 0, 8);
  const written = new Set<number>();
  const extend = (id: number): void => {
    if (written.has(id)) return;
    written.add(id);
    writeByte(writer, id);
    writeSized(writer, () => extendSection(writer, reader, id, sections.get(id), globals));
  };
  for (const section of sections.list) {
    if (section.id === SECTION.custom) continue;
    for (const id of [SECTION.global, SECTION.export])
      if (sectionOrder(section.id) > sectionOrder(id)) extend(id);
    if (section.id === SECTION.global || section.id === SECTION.export) {
      extend(section.id);
    } else if (section.id === SECTION.code) {
      writeByte(writer, SECTION.code);
      writeSized(writer, () => {
        reader.pos = section.content;
        const count = readU32(reader);
        writeU32(writer, count);
        for (let i = 0; i < count; i++) {
          const size = readU32(reader);
          const end = reader.pos + size;
          writeSized(writer, () =>
            writeBody(
              { writer, reader, globals, imported: imported.functions },
              end,
              types[functionTypes[i]!]!,
            ),
          );
        }
      });
    } else {
      writeRange(writer, bytes, section.start, section.end);
    }
  }
  for (const id of [SECTION.global, SECTION.export]) extend(id);
  return writer.bytes.slice(0, writer.length);
};

interface Section {
  readonly id: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

const readSections = (reader: ByteReader) => {
  const list: Section[] = [];
  while (reader.pos < reader.end) {
    const start = reader.pos;
    const id = readByte(reader);
    const size = readU32(reader);
    const content = reader.pos;
    skipBytes(reader, size);
    list.push({ id, start, content, end: reader.pos });
  }
  return { list, get: (id: number) => list.find((section) => section.id === id) };
};

const readSectionCount = (reader: ByteReader, section: Section | undefined): number => {
  if (section === undefined) return 0;
  reader.pos = section.content;
  return readU32(reader);
};

const countImports = (reader: ByteReader, section: Section | undefined) => {
  const imported = { functions: 0, globals: 0 };
  const count = readSectionCount(reader, section);
  for (let i = 0; i < count; i++) {
    skipBytes(reader, readU32(reader));
    skipBytes(reader, readU32(reader));
    const kind = readByte(reader);
    if (kind === KIND.function) {
      readU32(reader);
      imported.functions += 1;
    } else if (kind === KIND.global) {
      skipBytes(reader, 2);
      imported.globals += 1;
    } else {
      if (kind === KIND.table) readByte(reader);
      const hasMost = readByte(reader) === 1;
      readU32(reader);
      if (hasMost) readU32(reader);
    }
  }
  return imported;
};

const readParameterCounts = (reader: ByteReader, section: Section | undefined): number[] => {
  return Array.from({ length: readSectionCount(reader, section) }, () => {
    readByte(reader);
    const parameters = readU32(reader);
    skipBytes(reader, parameters);
    skipBytes(reader, readU32(reader));
    return parameters;
  });
};

const readFunctionTypes = (reader: ByteReader, section: Section | undefined): number[] => {
  return Array.from({ length: readSectionCount(reader, section) }, () => readU32(reader));
};

/** Writes the section of globals or of exports, with the two counters appended. */
const extendSection = (
  writer: ByteWriter,
  reader: ByteReader,
  id: number,
  section: Section | undefined,
  globals: number,
): void => {
  writeU32(writer, readSectionCount(reader, section) + 2);
  if (section !== undefined) writeRange(writer, reader.bytes, reader.pos, section.end);
  Object.values(COUNTERS).forEach((name, i) => {
    if (id === SECTION.global) return writeBytes(writer, [TYPE.i64, 1, OP.i64Const, 0, OP.end]);
    writeName(writer, name);
    writeByte(writer, KIND.global);
    writeU32(writer, globals + i);
  });
};

interface Bodies {
  readonly writer: ByteWriter;
  readonly reader: ByteReader;
  readonly globals: number;
  readonly imported: number;
}

const I64_ADD = 0x7c;

const writeAdd = ({ writer, globals }: Bodies, counter: number, value: number): void => {
  if (value === 0) return;
  writeByte(writer, OP.globalGet);
  writeU32(writer, globals + counter);
  writeByte(writer, OP.i64Const);
  writeS32(writer, value);
  writeByte(writer, I64_ADD);
  writeByte(writer, OP.globalSet);
  writeU32(writer, globals + counter);
};

/** Instructions after which a run ends: whatever may go elsewhere, and what others may go to. */
const ENDS_RUN = new Set<number>([
  OP.unreachable,
  OP.loop,
  OP.if,
  OP.else,
  OP.end,
  OP.br,
  OP.brIf,
  OP.brTable,
  OP.return,
  OP.call,
  OP.callIndirect,
  OP.returnCall,
  OP.returnCallIndirect,
]);

const writeBody = (bodies: Bodies, end: number, parameters: number): void => {
  const { reader, writer } = bodies;
  const start = reader.pos;
  let locals = parameters;
  for (let groups = readU32(reader); groups > 0; groups--) {
    locals += readU32(reader);
    readByte(reader);
  }
  writeRange(writer, reader.bytes, start, reader.pos);
  let weight = Math.floor(locals / LOCALS_PER_UNIT);
  let instructions = 0;
  let copied = reader.pos;
  while (reader.pos < end) {
    const at = reader.pos;
    const opcode = readByte(reader);
    const weighs = skipOperands(bodies, opcode);
    weight += weighs;
    instructions += Number(weighs > 0);
    if (!ENDS_RUN.has(opcode)) continue;
    writeRange(writer, reader.bytes, copied, at);
    copied = at;
    writeAdd(bodies, 0, instructions);
    writeAdd(bodies, 1, weight);
    weight = 0;
    instructions = 0;
  }
  writeRange(writer, reader.bytes, copied, end);
};

/** Moves past what follows an opcode; gives what the instruction weighs. */
const skipOperands = ({ reader, imported }: Bodies, opcode: number): number => {
  const weight = WEIGHT[opcode]!;
  switch (OPCODE_SHAPE[opcode]!) {
    case SHAPE.index:
      readU32(reader);
      return weight;
    case SHAPE.memarg:
      readU32(reader);
      readU32(reader);
      return weight;
    case SHAPE.i32Const:
      skipSigned(reader, 32);
      return weight;
    case SHAPE.i64Const:
      skipSigned(reader, 64);
      return weight;
    case SHAPE.f32Const:
      skipBytes(reader, 4);
      return weight;
    case SHAPE.f64Const:
      skipBytes(reader, 8);
      return weight;
    case SHAPE.memory:
      readByte(reader);
      return weight;
    case SHAPE.miscPrefix:
      return skipMisc(reader);
    case SHAPE.simdPrefix:
      return skipSimd(reader);
    case SHAPE.special:
      return skipSpecial(reader, opcode, imported);
    default:
      return weight;
  }
};

const skipSpecial = (reader: ByteReader, opcode: number, imported: number): number => {
  switch (opcode) {
    case OP.call:
    case OP.returnCall:
      return readU32(reader) < imported ? IMPORTED_CALL_WEIGHT : CALL_WEIGHT;
    case OP.callIndirect:
    case OP.returnCallIndirect:
      readU32(reader);
      readU32(reader);
      break;
    case OP.brTable:
      for (let rest = readCount(reader) + 1; rest > 0; rest--) readU32(reader);
      break;
    case OP.block:
    case OP.loop:
    case OP.if:
      skipSigned(reader, 33);
      break;
    case OP.br:
    case OP.brIf:
    case OP.tableGet:
    case OP.refFunc:
    case OP.refNull:
      readU32(reader);
      break;
    case OP.selectTyped:
      skipBytes(reader, readU32(reader));
      break;
    default: // nothing follows
  }
  return WEIGHT[opcode]!;
};

const skipMisc = (reader: ByteReader): number => {
  const opcode = readU32(reader);
  if (opcode >= MISC.memoryInit) readU32(reader);
  if (opcode === MISC.memoryInit || opcode === MISC.memoryCopy) readU32(reader);
  if (opcode === MISC.tableInit || opcode === MISC.tableCopy) readU32(reader);
  return MISC_WEIGHT[opcode]!;
};

const skipSimd = (reader: ByteReader): number => {
  const opcode = readU32(reader);
  const shape = SIMD_OPCODE_SHAPE[opcode]!;
  if (shape === SIMD_SHAPE.memarg || shape === SIMD_SHAPE.memargLane) {
    readU32(reader);
    readU32(reader);
  }
  if (shape === SIMD_SHAPE.lane || shape === SIMD_SHAPE.memargLane) readByte(reader);
  if (shape === SIMD_SHAPE.sixteenBytes) skipBytes(reader, 16);
  return SIMD_WEIGHT[opcode]!;
};
