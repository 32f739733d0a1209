import {
  i32Const,
  localGet,
  localSet,
  localTee,
  globalGet,
  globalSet,
  call,
  callIndirect,
  ifThen,
  ifElse,
  ifGive,
  loop,
  UNREACHABLE,
  RETURN,
  DROP,
  SELECT,
  REPEAT,
  I32_EQ,
  I32_LT_S,
  I32_LT_U,
  I32_GT_U,
  I32_LE_S,
  I32_LE_U,
  I32_ADD,
  I32_SUB,
  I32_MUL,
  I32_DIV_U,
  I32_SHL,
  I32_SHR_U,
  I64_GT_U,
  I64_ADD,
  I64_SHL,
  I64_EXTEND_I32_U,
  MEMORY_SIZE,
  MEMORY_GROW,
  MEMORY_FILL,
  MEMORY_COPY,
} from './assembler.ts';
import { MOST_VALUES } from './metering-limits.ts';
import { GROWTH_REFUSED } from './fuel-hook.ts';
import { OP, TYPE } from './opcodes.ts';
import { BULK, CHUNK_BYTES } from './weights.ts';

/**
 * The functions that metering appends to a module. Types, functions, globals and one table are all appended, so every index in the guest's
 * code keeps its meaning. A guest cannot refer to them, because its code was validated without them. Imports would have shifted the guest's
 * indices.
 */
export interface AppendedIndices {
  /** The type of `outOfFuel`. The others follow in the order of `HELPER_TYPES`. */
  readonly firstType: number;
  /** The index of `outOfFuel`. The others follow in the order of `HELPERS`. */
  readonly firstFunction: number;
  readonly fuelGlobal: number;
  /** The amount that first entries took off the counter without using fuel. It is added back whenever the host reads the counter. */
  readonly refundGlobal: number;
  /** The first flag of a function that is slow to compile. The others follow. */
  readonly firstFlagGlobal: number;
  readonly hookTable: number;
  /** The size of the memory in bytes, if metering keeps it. */
  readonly sizeGlobal: number | undefined;
  /** Bits of `CHANGE`. The saved values of mutable globals follow it. */
  readonly changesGlobal: number;
}

/** Types of the appended functions, encoded. */
export const HELPER_TYPES: readonly (readonly number[])[] = [
  [TYPE.func, 0, 1, TYPE.i32],
  [TYPE.func, 1, TYPE.i32, 1, TYPE.i32],
  [TYPE.func, 3, TYPE.i32, TYPE.i32, TYPE.i32, 0],
  [TYPE.func, 1, TYPE.i32, 0],
  [TYPE.func, 0, 0],
  [TYPE.func, 3, TYPE.i32, TYPE.i32, TYPE.i32, 3, TYPE.i32, TYPE.i32, TYPE.i32],
];

export const NO_PARAMS = 0;
const UNARY = 1;
const TERNARY = 2;
export const CONSUMER = 3;
export const PROCEDURE = 4;
const TERNARY_ENDO = 5;

/** The appended functions by their position after `firstFunction`. From `memoryFill` on, they need a memory. */
export const HELPER = {
  /** `() → i32`: asks the host for fuel, and returns the new counter or traps. */
  outOfFuel: 0,
  /** `(i32) → i32`: sets the counter and returns its previous value. Exported. */
  exchangeFuel: 1,
  /** `(i32) → i32`: charges for this number of bytes and returns it. The next three do the same for elements, pages, and values of a type. */
  chargeBytes: 2,
  chargeElements: 3,
  chargePages: 4,
  chargeValues: 5,
  /** `(i32) → ()`: takes the compile cost of a function off the counter, as time and not as fuel. */
  firstEntry: 6,
  /** `memory.fill` and `memory.copy` in chunks. */
  memoryFill: 7,
  memoryCopy: 8,
  /** `memory.grow`. It informs the host if the host's limit refuses. */
  memoryGrow: 9,
  /** `memory.size`, and a check before `memory.init`. Only if metering keeps the size. */
  memorySize: 10,
  checkInit: 11,
} as const;

/** The largest charged operand of a bulk instruction. With a larger one, the instruction fails without any work. */
export interface BulkCaps {
  readonly bytes: number;
  readonly elements: number;
  readonly pages: number;
}

/** An appended function: the index of its type in `HELPER_TYPES`, and its body without the size. */
export interface Helper {
  readonly type: number;
  readonly body: readonly number[];
}

/**
 * Builds the appended functions in the order of `HELPER`. A memory is `smaller` if the guest's own maximum is below the host's cap.
 */
export const buildHelpers = (
  indices: AppendedIndices,
  caps: BulkCaps,
  memory: 'none' | 'capped' | 'smaller',
  mostPages: number,
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
    { type: UNARY, body: memoryGrowBody(indices, memory === 'capped', mostPages) },
  );
  const { sizeGlobal } = indices;
  if (sizeGlobal === undefined) return helpers;
  helpers.push(
    {
      type: NO_PARAMS,
      body: [NO_LOCALS, ...globalGet(sizeGlobal), ...i32Const(PAGE_BITS), I32_SHR_U, OP.end],
    },
    { type: TERNARY_ENDO, body: checkInitBody(sizeGlobal) },
  );
  return helpers;
};

export const NO_LOCALS = 0;
/** Bytes of a page, as a shift. */
const PAGE_BITS = 16;

/**
 * The hook receives the counter, which is the fuel that the guest owes, and returns the next one. Any value that is not positive stops the
 * guest, so a hook that returns nothing stops it too. The guest stops with a trap, which no guest can catch. A future feature might allow
 * guests to catch exceptions. RATIONALE.md explains why a table carries the hook.
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
    OP.end,
  ];
};

const exchangeFuelBody = (indices: AppendedIndices): number[] => {
  return [NO_LOCALS, ...takeCounter(indices), ...localGet(0), ...globalSet(indices.fuelGlobal), OP.end];
};

/** Pushes the counter plus the amount that first entries took off it, and resets that amount. */
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
    OP.end,
  ];
};

/**
 * counter −= base + min(operand, cap) × unit ÷ per. The cap prevents the product and the counter from wrapping: a counter is at least 0
 * before any charge, and no charge reaches 2³¹.
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
    OP.end,
  ];
};

/** Pushes 1 if `start` + `count` is beyond the memory. Uses 64 bits, so the sum cannot wrap. */
const isOutOfBounds = (
  start: readonly number[],
  count: readonly number[],
  sizeGlobal: number | undefined,
): number[] => {
  const end = [...start, I64_EXTEND_I32_U, ...count, I64_EXTEND_I32_U, I64_ADD];
  const size =
    sizeGlobal === undefined
      ? [...MEMORY_SIZE, I64_EXTEND_I32_U, OP.i64Const, PAGE_BITS, I64_SHL]
      : [...globalGet(sizeGlobal), I64_EXTEND_I32_U];
  return [...end, ...size, I64_GT_U];
};

/** Traps like an access beyond the memory, with an address that no memory has. */
const TRAP_OUT_OF_BOUNDS = [...i32Const(-1), ...i32Const(0), ...i32Const(1), ...MEMORY_FILL];

/** Used if metering keeps the size, because the engine would only trap at the end of the actual memory. */
const trapBeyondSize = (
  sizeGlobal: number | undefined,
  count: readonly number[],
  ...starts: readonly (readonly number[])[]
): number[] =>
  sizeGlobal === undefined
    ? []
    : starts.flatMap((start) =>
        isOutOfBounds(start, count, sizeGlobal).concat(ifThen(...TRAP_OUT_OF_BOUNDS)),
      );

const checkInitBody = (sizeGlobal: number): number[] => {
  const [to, from, count] = [localGet(0), localGet(1), localGet(2)];
  return [NO_LOCALS, ...trapBeyondSize(sizeGlobal, count, to), ...to, ...from, ...count, OP.end];
};

/** `memory.fill` (to, byte, count). If it is out of bounds, the original instruction traps before it writes. */
const memoryFillBody = ({ firstFunction, sizeGlobal }: AppendedIndices): number[] => {
  const [to, byte, count] = [localGet(0), localGet(1), localGet(2)];
  const pay = call(firstFunction + HELPER.chargeBytes);
  const chunk = i32Const(CHUNK_BYTES);
  return [
    NO_LOCALS,
    ...trapBeyondSize(sizeGlobal, count, to),
    ...loop(
      ...[...count, ...chunk, I32_LE_U, ...ifThen(...to, ...byte, ...count, ...pay, ...MEMORY_FILL, RETURN)],
      ...[...isOutOfBounds(to, count, sizeGlobal), ...ifThen(...to, ...byte, ...count, ...MEMORY_FILL)],
      ...[...to, ...byte, ...chunk, ...pay, ...MEMORY_FILL],
      ...[...to, ...chunk, I32_ADD, ...localSet(0)],
      ...[...count, ...chunk, I32_SUB, ...localSet(2)],
      ...REPEAT,
    ),
    OP.end,
  ];
};

/** `memory.copy` (to, from, count): upwards from the start, or down from the end if copying upwards would overwrite the source. */
const memoryCopyBody = ({ firstFunction, sizeGlobal }: AppendedIndices): number[] => {
  const [to, from, count] = [localGet(0), localGet(1), localGet(2)];
  const pay = call(firstFunction + HELPER.chargeBytes);
  const chunk = i32Const(CHUNK_BYTES);
  const higher = [...to, ...from, ...to, ...from, I32_GT_U, SELECT];
  return [
    NO_LOCALS,
    ...trapBeyondSize(sizeGlobal, count, to, from),
    ...loop(
      ...[...count, ...chunk, I32_LE_U, ...ifThen(...to, ...from, ...count, ...pay, ...MEMORY_COPY, RETURN)],
      ...[...isOutOfBounds(higher, count, sizeGlobal), ...ifThen(...to, ...from, ...count, ...MEMORY_COPY)],
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
    OP.end,
  ];
};

/** `memory.grow` (pages): charged. If the host's cap refuses it, the hook is informed. */
const memoryGrowBody = (indices: AppendedIndices, tellsRefusal: boolean, mostPages: number): number[] => {
  const { firstFunction, firstType, hookTable, sizeGlobal } = indices;
  const tell = [
    ...i32Const(GROWTH_REFUSED),
    ...i32Const(0),
    ...callIndirect(firstType + UNARY, hookTable),
    DROP,
  ];
  const resize =
    sizeGlobal === undefined
      ? MEMORY_GROW
      : [...localSet(0), ...growWithin(sizeGlobal, mostPages, firstFunction + HELPER.memorySize)];
  const grow = [...localGet(0), ...call(firstFunction + HELPER.chargePages), ...resize];
  if (!tellsRefusal) return [NO_LOCALS, ...grow, OP.end];
  return [
    NO_LOCALS,
    ...[...grow, ...localTee(0), ...i32Const(-1), I32_EQ, ...ifThen(...tell)],
    ...localGet(0),
    OP.end,
  ];
};

/**
 * Pushes the result of `memory.grow` for the number of pages in the first local. Pages that exist already, because the memory was larger
 * before, are zero: they were cleared when the memory was made smaller. The engine provides the missing pages.
 */
const growWithin = (sizeGlobal: number, mostPages: number, memorySize: number): number[] => {
  const [pages, size] = [localGet(0), call(memorySize)];
  const after = [...size, ...pages, I32_ADD];
  const missing = [...after, ...MEMORY_SIZE, I32_SUB];
  const enlarge = [
    ...[...after, ...MEMORY_SIZE, I32_GT_U],
    ...ifGive([...missing, ...MEMORY_GROW], i32Const(0)),
  ];
  const succeed = [...size, ...[...after, ...i32Const(PAGE_BITS), I32_SHL, ...globalSet(sizeGlobal)]];
  return [
    ...[...pages, ...i32Const(mostPages), ...size, I32_SUB, I32_GT_U],
    ...ifGive(i32Const(-1), [...enlarge, ...i32Const(-1), I32_EQ, ...ifGive(i32Const(-1), succeed)]),
  ];
};
