import { MOST_VALUES } from './metering-limits.ts';
import { GROWTH_REFUSED } from './fuel-hook.ts';
import { TYPE } from './opcodes.ts';
import { BULK, CHUNK_BYTES } from './weights.ts';

/**
 * The functions that metering appends to a module. Everything is appended (types, functions, globals, one table), so
 * every index in the guest's code keeps its meaning and no guest can name what is ours: its own code was validated
 * without it. Imports would have shifted the guest's indices instead.
 */
export interface AppendedIndices {
  /** Type of `outOfFuel`; the others follow in the order of `HELPER_TYPES`. */
  readonly firstType: number;
  /** Index of `outOfFuel`; the others follow in the order of `HELPERS`. */
  readonly firstFunction: number;
  readonly fuelGlobal: number;
  /** What first entries took off the counter without using fuel: it is given back whenever the host sees the counter. */
  readonly refundGlobal: number;
  /** The first flag of a function that is slow to compile; the others follow. */
  readonly firstFlagGlobal: number;
  readonly hookTable: number;
}

/** Types of the appended functions, encoded. */
export const HELPER_TYPES: readonly (readonly number[])[] = [
  [TYPE.func, 0, 1, TYPE.i32],
  [TYPE.func, 1, TYPE.i32, 1, TYPE.i32],
  [TYPE.func, 3, TYPE.i32, TYPE.i32, TYPE.i32, 0],
  [TYPE.func, 2, TYPE.i32, TYPE.i32, 0],
  [TYPE.func, 1, TYPE.i32, 0],
];

const NO_PARAMS = 0;
const UNARY = 1;
const TERNARY = 2;
const BINARY = 3;
const CONSUMER = 4;

/** Positions in `HELPER_TYPES`, for functions that are appended elsewhere. */
export const HELPER_TYPE = { consumer: CONSUMER } as const;

/** The appended functions by their place after `firstFunction`. Those from `memoryFill` on need a memory. */
export const HELPER = {
  /** `() → i32`: asks the host for fuel, or traps; gives the new counter. */
  outOfFuel: 0,
  /** `(i32) → i32`: sets the counter, gives what it was. Exported. */
  exchangeFuel: 1,
  /** `(i32) → i32`: pays for that many bytes and hands the number on; the next three the same for elements, pages, values of a type. */
  chargeBytes: 2,
  chargeElements: 3,
  chargePages: 4,
  chargeValues: 5,
  /** `(i32) → ()`: takes what compiling a function took off the counter, as a time and not as fuel. */
  firstEntry: 6,
  /** `memory.fill` and `memory.copy` in chunks. */
  memoryFill: 7,
  memoryCopy: 8,
  /** `memory.grow`, which tells the host when it is the host's limit that refuses. */
  memoryGrow: 9,
  /** Exported: the memory's size in pages, a byte of it, and setting one. */
  memoryPages: 10,
  loadByte: 11,
  storeByte: 12,
} as const;

/** What the operand of a bulk instruction counts for at most: beyond, the instruction fails without doing anything. */
export interface BulkCaps {
  readonly bytes: number;
  readonly elements: number;
  readonly pages: number;
}

/** An appended function: its type's place in `HELPER_TYPES`, and its body without the size. */
export interface Helper {
  readonly type: number;
  readonly body: readonly number[];
}

/**
 * Builds the appended functions in the order of `HELPER`. A memory is `smaller` where the guest's own maximum refuses it more,
 * before the host's cap is reached.
 */
export const buildHelpers = (
  indices: AppendedIndices,
  caps: BulkCaps,
  memory: 'none' | 'capped' | 'smaller',
): readonly Helper[] => {
  const charge = (bulk: (typeof BULK)[keyof typeof BULK], cap: number): Helper => ({
    type: UNARY,
    body: chargeBody(indices, bulk, cap),
  });
  const helpers: Helper[] = [
    { type: NO_PARAMS, body: outOfFuelBody(indices) },
    { type: UNARY, body: exchangeFuelBody(indices) },
    charge(BULK.bytes, caps.bytes),
    charge(BULK.elements, caps.elements),
    charge(BULK.pages, caps.pages),
    charge(BULK.values, MOST_VALUES),
    { type: CONSUMER, body: firstEntryBody(indices) },
  ];
  if (memory === 'none') return helpers;
  helpers.push(
    { type: TERNARY, body: memoryFillBody(indices) },
    { type: TERNARY, body: memoryCopyBody(indices) },
    { type: UNARY, body: memoryGrowBody(indices, memory === 'capped') },
    { type: NO_PARAMS, body: [NO_LOCALS, ...MEMORY_SIZE, END] },
    { type: UNARY, body: [NO_LOCALS, ...localGet(0), ...I32_LOAD_8_U, END] },
    { type: BINARY, body: [NO_LOCALS, ...localGet(0), ...localGet(1), ...I32_STORE_8, END] },
  );
  return helpers;
};

// A small assembler: each of these gives an instruction's bytes.
const u32 = (value: number): number[] => {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...u32(value >>> 7)];
};
const s32 = (value: number): number[] => {
  return value >= -64 && value < 64 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...s32(value >> 7)];
};
const i32Const = (value: number): number[] => [0x41, ...s32(value)];
const localGet = (index: number): number[] => [0x20, index];
const localSet = (index: number): number[] => [0x21, index];
const localTee = (index: number): number[] => [0x22, index];
const globalGet = (index: number): number[] => [0x23, ...u32(index)];
const globalSet = (index: number): number[] => [0x24, ...u32(index)];
const call = (index: number): number[] => [0x10, ...u32(index)];
const callIndirect = (type: number, table: number): number[] => [0x11, ...u32(type), ...u32(table)];
const ifThen = (...body: readonly number[]): number[] => [0x04, TYPE.empty, ...body, END];
const ifElse = (then: readonly number[], otherwise: readonly number[]): number[] => {
  return [0x04, TYPE.empty, ...then, 0x05, ...otherwise, END];
};
const loop = (...body: readonly number[]): number[] => [0x03, TYPE.empty, ...body, END];
const END = 0x0b;
const UNREACHABLE = 0x00;
const RETURN = 0x0f;
const DROP = 0x1a;
const SELECT = 0x1b;
const REPEAT = [0x0c, 0]; // br 0: to the head of the innermost loop
const I32_EQ = 0x46;
const I32_LT_S = 0x48;
const I32_GT_U = 0x4b;
const I32_LE_S = 0x4c;
const I32_LE_U = 0x4d;
const I32_LT_U = 0x49;
const I32_ADD = 0x6a;
const I32_SUB = 0x6b;
const I32_MUL = 0x6c;
const I32_DIV_U = 0x6e;
const I64_GT_U = 0x56;
const I64_ADD = 0x7c;
const I64_SHL = 0x86;
const I64_EXTEND_I32_U = 0xad;
const I32_LOAD_8_U = [0x2d, 0, 0];
const I32_STORE_8 = [0x3a, 0, 0];
const MEMORY_SIZE = [0x3f, 0];
const MEMORY_GROW = [0x40, 0];
const MEMORY_FILL = [0xfc, 11, 0];
const MEMORY_COPY = [0xfc, 10, 0, 0];
const NO_LOCALS = 0;

/**
 * The hook gets the counter, which is what the guest owes, and returns the next one. Anything that is not positive
 * stops the guest, so a hook that returns nothing stops it too. Stopping is a trap, which no guest can catch, and not
 * an exception, which a future feature might let one catch. RATIONALE.md has why a table carries the hook.
 */
const outOfFuelBody = (indices: AppendedIndices): number[] => {
  const { firstType, fuelGlobal, hookTable } = indices;
  return [
    NO_LOCALS,
    ...takeCounter(indices),
    ...i32Const(0),
    ...callIndirect(firstType + UNARY, hookTable),
    ...globalSet(fuelGlobal),
    ...globalGet(fuelGlobal),
    ...i32Const(0),
    I32_LE_S,
    ...ifThen(UNREACHABLE),
    ...globalGet(fuelGlobal),
    END,
  ];
};

const exchangeFuelBody = (indices: AppendedIndices): number[] => {
  return [NO_LOCALS, ...takeCounter(indices), ...localGet(0), ...globalSet(indices.fuelGlobal), END];
};

/** Pushes the counter with what first entries took off it, and takes that back. */
const takeCounter = ({ fuelGlobal, refundGlobal }: AppendedIndices): number[] => {
  return [
    ...[...globalGet(fuelGlobal), ...globalGet(refundGlobal), I32_ADD],
    ...[...i32Const(0), ...globalSet(refundGlobal)],
  ];
};

const firstEntryBody = ({ firstFunction, fuelGlobal, refundGlobal }: AppendedIndices): number[] => {
  return [
    NO_LOCALS,
    ...[...globalGet(refundGlobal), ...localGet(0), I32_ADD, ...globalSet(refundGlobal)],
    ...[...globalGet(fuelGlobal), ...localGet(0), I32_SUB, ...globalSet(fuelGlobal)],
    ...[...globalGet(fuelGlobal), ...i32Const(0), I32_LT_S],
    ...ifThen(...call(firstFunction + HELPER.outOfFuel), DROP),
    END,
  ];
};

/**
 * counter −= base + min(operand, cap) × unit ÷ per. The cap keeps the product, and so the counter, far from wrapping:
 * counters are at least 0 before any charge, and no charge reaches 2³¹.
 */
const chargeBody = (
  indices: AppendedIndices,
  bulk: (typeof BULK)[keyof typeof BULK],
  cap: number,
): number[] => {
  const { firstFunction, fuelGlobal } = indices;
  const price = [
    ...i32Const(bulk.unit),
    I32_MUL,
    ...i32Const(bulk.per),
    I32_DIV_U,
    ...i32Const(bulk.base),
    I32_ADD,
  ];
  return [
    NO_LOCALS,
    ...globalGet(fuelGlobal),
    ...[...localGet(0), ...i32Const(cap), ...localGet(0), ...i32Const(cap), I32_LT_U, SELECT],
    ...[...price, I32_SUB],
    ...globalSet(fuelGlobal),
    ...globalGet(fuelGlobal),
    ...i32Const(0),
    I32_LT_S,
    ...ifThen(...call(firstFunction + HELPER.outOfFuel), DROP),
    ...localGet(0),
    END,
  ];
};

/** Pushes 1 if `start` + `count` lies beyond the memory, in 64 bits so that the sum cannot wrap. */
const isOutOfBounds = (start: readonly number[], count: readonly number[]): number[] => {
  const end = [...start, I64_EXTEND_I32_U, ...count, I64_EXTEND_I32_U, I64_ADD];
  const size = [...MEMORY_SIZE, I64_EXTEND_I32_U, 0x42, 16, I64_SHL];
  return [...end, ...size, I64_GT_U];
};

/** `memory.fill` (to, byte, count). Out of bounds, the original instruction traps before it writes, as it must. */
const memoryFillBody = ({ firstFunction }: AppendedIndices): number[] => {
  const [to, byte, count] = [localGet(0), localGet(1), localGet(2)];
  const pay = call(firstFunction + HELPER.chargeBytes);
  const chunk = i32Const(CHUNK_BYTES);
  return [
    NO_LOCALS,
    ...loop(
      ...[...count, ...chunk, I32_LE_U, ...ifThen(...to, ...byte, ...count, ...pay, ...MEMORY_FILL, RETURN)],
      ...[...isOutOfBounds(to, count), ...ifThen(...to, ...byte, ...count, ...MEMORY_FILL)],
      ...[...to, ...byte, ...chunk, ...pay, ...MEMORY_FILL],
      ...[...to, ...chunk, I32_ADD, ...localSet(0)],
      ...[...count, ...chunk, I32_SUB, ...localSet(2)],
      ...REPEAT,
    ),
    END,
  ];
};

/** `memory.copy` (to, from, count): upwards from the start, or down from the end where upwards would overwrite. */
const memoryCopyBody = ({ firstFunction }: AppendedIndices): number[] => {
  const [to, from, count] = [localGet(0), localGet(1), localGet(2)];
  const pay = call(firstFunction + HELPER.chargeBytes);
  const chunk = i32Const(CHUNK_BYTES);
  const higher = [...to, ...from, ...to, ...from, I32_GT_U, SELECT];
  return [
    NO_LOCALS,
    ...loop(
      ...[...count, ...chunk, I32_LE_U, ...ifThen(...to, ...from, ...count, ...pay, ...MEMORY_COPY, RETURN)],
      ...[...isOutOfBounds(higher, count), ...ifThen(...to, ...from, ...count, ...MEMORY_COPY)],
      ...[...count, ...chunk, I32_SUB, ...localSet(2)],
      ...[...to, ...from, I32_GT_U],
      ...ifElse(
        [...to, ...count, I32_ADD, ...from, ...count, I32_ADD, ...chunk, ...pay, ...MEMORY_COPY],
        [
          ...[...to, ...from, ...chunk, ...pay, ...MEMORY_COPY],
          ...[...to, ...chunk, I32_ADD, ...localSet(0)],
          ...[...from, ...chunk, I32_ADD, ...localSet(1)],
        ],
      ),
      ...REPEAT,
    ),
    END,
  ];
};

/** `memory.grow` (pages): charged, and a refusal by the host's cap is told to the hook, as a debt of nothing. */
const memoryGrowBody = (indices: AppendedIndices, tellsRefusal: boolean): number[] => {
  const { firstFunction, firstType, hookTable } = indices;
  const tell = [
    ...i32Const(GROWTH_REFUSED),
    ...i32Const(0),
    ...callIndirect(firstType + UNARY, hookTable),
    DROP,
  ];
  const grow = [...localGet(0), ...call(firstFunction + HELPER.chargePages), ...MEMORY_GROW];
  if (!tellsRefusal) return [NO_LOCALS, ...grow, END];
  return [
    NO_LOCALS,
    ...[...grow, ...localTee(0), ...i32Const(-1), I32_EQ, ...ifThen(...tell)],
    ...localGet(0),
    END,
  ];
};
