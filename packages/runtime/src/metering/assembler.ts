import { MISC, OP, TYPE } from './opcodes.ts';

/**
 * A small assembler for the code that metering adds to a module. Each function returns the bytes of an instruction.
 *
 * @module
 */

export const u32 = (value: number): number[] => {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...u32(value >>> 7)];
};
const s32 = (value: number): number[] => {
  return value >= -64 && value < 64 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...s32(value >> 7)];
};
export const i32Const = (value: number): number[] => [OP.i32Const, ...s32(value)];
export const localGet = (index: number): number[] => [OP.localGet, index];
export const localSet = (index: number): number[] => [OP.localSet, index];
export const localTee = (index: number): number[] => [OP.localTee, index];
export const globalGet = (index: number): number[] => [OP.globalGet, ...u32(index)];
export const globalSet = (index: number): number[] => [OP.globalSet, ...u32(index)];
export const call = (index: number): number[] => [OP.call, ...u32(index)];
export const callIndirect = (type: number, table: number): number[] => [
  OP.callIndirect,
  ...u32(type),
  ...u32(table),
];
export const ifThen = (...body: readonly number[]): number[] => [OP.if, TYPE.empty, ...body, OP.end];
export const ifElse = (then: readonly number[], otherwise: readonly number[]): number[] => {
  return [OP.if, TYPE.empty, ...then, OP.else, ...otherwise, OP.end];
};
export const ifGive = (then: readonly number[], otherwise: readonly number[]): number[] => {
  return [OP.if, TYPE.i32, ...then, OP.else, ...otherwise, OP.end];
};
export const loop = (...body: readonly number[]): number[] => [OP.loop, TYPE.empty, ...body, OP.end];

// Whole instructions.
export const UNREACHABLE = OP.unreachable;
export const RETURN = OP.return;
export const DROP = 0x1a;
export const SELECT = 0x1b;
export const REPEAT = [OP.br, 0]; // br 0: jumps to the head of the innermost loop
export const I32_EQ = 0x46;
export const I32_LT_S = 0x48;
export const I32_LT_U = 0x49;
export const I32_GT_U = 0x4b;
export const I32_LE_S = 0x4c;
export const I32_LE_U = 0x4d;
export const I32_GE_U = 0x4f;
export const I32_ADD = 0x6a;
export const I32_SUB = 0x6b;
export const I32_MUL = 0x6c;
export const I32_DIV_U = 0x6e;
export const I32_OR = 0x72;
export const I32_SHL = 0x74;
export const I32_SHR_U = 0x76;
export const I64_GT_U = 0x56;
export const I64_ADD = 0x7c;
export const I64_SHL = 0x86;
export const I64_EXTEND_I32_U = 0xad;
export const MEMORY_SIZE = [OP.memorySize, 0];
export const MEMORY_GROW = [OP.memoryGrow, 0];
export const MEMORY_FILL = [OP.miscPrefix, MISC.memoryFill, 0];
export const MEMORY_COPY = [OP.miscPrefix, MISC.memoryCopy, 0, 0];

/** The instruction that pushes a zero, by the byte of the value type. */
export const ZEROS: Readonly<Record<number, readonly number[]>> = {
  [TYPE.i32]: [OP.i32Const, 0],
  [TYPE.i64]: [OP.i64Const, 0],
  [TYPE.f32]: [OP.f32Const, 0, 0, 0, 0],
  [TYPE.f64]: [OP.f64Const, 0, 0, 0, 0, 0, 0, 0, 0],
  [TYPE.v128]: [OP.simdPrefix, 0x0c, ...new Uint8Array(16)],
  [TYPE.funcref]: [OP.refNull, TYPE.funcref],
  [TYPE.externref]: [OP.refNull, TYPE.externref],
};
