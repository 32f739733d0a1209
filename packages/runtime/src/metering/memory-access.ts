import { I32_GE_U, I32_ADD, I32_SUB, I32_OR } from './assembler.ts';
import type { ByteReader } from './byte-reader.ts';
import { readU32 } from './byte-reader.ts';
import { type ByteWriter, writeByte, writeS32, writeU32 } from './byte-writer.ts';
import { EDIT, type FunctionPlan } from './function-plan.ts';
import type { FunctionScan } from './function-scan.ts';
import type { AppendedIndices } from './metering-helpers.ts';
import { addEdit } from './module-layout.ts';
import { OP, TYPE } from './opcodes.ts';
import { refuseFeature } from './refusal.ts';

/**
 * Accesses to a memory whose size metering keeps (RATIONALE.md, "How can a memory become smaller?"). Each access is checked against that
 * size, because the engine would only trap at the end of the actual memory.
 */

/** The operand above the address of an access: none, or the stored value. Numbers for edits. */
const OVER = [undefined, TYPE.i32, TYPE.i64, TYPE.f32, TYPE.f64, TYPE.v128] as const;

/** An access: the number of bytes, and the index in `OVER`. */
type Access = readonly [bytes: number, over: number];

const [I32, I64, F32, F64, V128] = [1, 2, 3, 4, 5] as const;

/** By opcode, from 0x28: loads, then stores. */
const ACCESSES: readonly Access[] = [
  ...([4, 8, 4, 8, 1, 1, 2, 2, 1, 1, 2, 2, 4, 4] as const).map((bytes): Access => [bytes, 0]),
  ...([
    [4, I32],
    [8, I64],
    [4, F32],
    [8, F64],
    [1, I32],
    [2, I32],
    [1, I64],
    [2, I64],
    [4, I64],
  ] as readonly Access[]),
];
const FIRST_ACCESS = 0x28;

/** By sub-opcode after the prefix 0xFD. */
const SIMD_ACCESSES = new Map<number, Access>([
  [0x00, [16, 0]],
  ...[0x01, 0x02, 0x03, 0x04, 0x05, 0x06].map((opcode) => [opcode, [8, 0]] as const),
  ...[1, 2, 4, 8].map((bytes, i) => [0x07 + i, [bytes, 0]] as const), // splats
  [0x0b, [16, V128]],
  ...[1, 2, 4, 8].map((bytes, i) => [0x54 + i, [bytes, V128]] as const), // load lanes
  ...[1, 2, 4, 8].map((bytes, i) => [0x58 + i, [bytes, V128]] as const), // store lanes
  [0x5c, [4, 0]],
  [0x5d, [8, 0]],
]);

/** Alignments from this value on have a memory index: bit 6 of the multi-memory proposal. */
export const MEMARG_WITH_INDEX = 64;

/** Reads alignment and offset, and returns the offset. */
export const readMemarg = (reader: ByteReader): number => {
  const alignment = readU32(reader);
  if (alignment >= MEMARG_WITH_INDEX) refuseFeature('multi-memory', reader.pos);
  return readU32(reader);
};

/** Plans the check of an access. If `isSimd`, `opcode` comes after the prefix 0xFD. */
export const noteAccess = (
  scan: FunctionScan,
  opcode: number,
  isSimd: boolean,
  offset: number,
  at: number,
): void => {
  if (!scan.layout.checksAccesses) return;
  const [bytes, over] = (isSimd ? SIMD_ACCESSES.get(opcode) : ACCESSES[opcode - FIRST_ACCESS]) as Access;
  scan.accessed |= 1 | (1 << over);
  addEdit(scan.layout, EDIT.checkAccess, at, (offset + bytes - 1) * OVER.length + over);
};

/** The types of the locals that the checks of a function need: one for an address, and one for each operand type above it. */
export const accessLocals = ({ accessed }: FunctionPlan): number[] =>
  OVER.flatMap((type, over) => ((accessed & (1 << over)) === 0 ? [] : [type ?? TYPE.i32]));

/**
 * Writes code that turns an address beyond the memory into one at which the engine traps: `address | −(address + last ≥ size)`, without a
 * branch. A sum that wraps belongs to an access beyond 4 GiB, at which the engine traps anyway.
 */
export const writeAccessCheck = (
  writer: ByteWriter,
  ours: AppendedIndices,
  plan: FunctionPlan,
  value: number,
): void => {
  const over = value % OVER.length;
  const last = (value - over) / OVER.length;
  if (last >= 2 ** 32) return;
  const local = plan.nextLocal + 1;
  const overLocal = local + overPlace(plan, over);
  const indexed = (opcode: number, index: number): void => {
    writeByte(writer, opcode);
    writeU32(writer, index);
  };
  if (over > 0) indexed(OP.localSet, overLocal);
  indexed(OP.localTee, local);
  writeByte(writer, OP.i32Const);
  writeByte(writer, 0);
  indexed(OP.localGet, local);
  writeByte(writer, OP.i32Const);
  writeS32(writer, last | 0);
  writeByte(writer, I32_ADD);
  indexed(OP.globalGet, ours.sizeGlobal as number);
  for (const opcode of [I32_GE_U, I32_SUB, I32_OR]) writeByte(writer, opcode);
  if (over > 0) indexed(OP.localGet, overLocal);
};

/** The number of the function's check locals before the one for the operand above the address. */
const overPlace = ({ accessed }: FunctionPlan, over: number): number => {
  let place = 0;
  for (let i = 0; i < over; i++) if ((accessed & (1 << i)) !== 0) place += 1;
  return place;
};
