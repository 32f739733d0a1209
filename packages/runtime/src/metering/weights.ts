import { MISC, OP } from './opcodes.ts';
import { SIMD_COUNT } from './simd-opcodes.ts';

/**
 * The weight table: the cost of each instruction in fuel. One unit is one simple instruction. Slow instructions weigh their time in
 * nanoseconds, each measured on Node 20, so a slice of fuel limits the time and not only the number of instructions.
 *
 * Charges that depend on an operand (`BULK`) are made when the instruction runs. All others are known in advance.
 */
export const WEIGHT = new Uint16Array(256).fill(1);

/** Weights of opcodes after the prefix 0xFC. */
export const MISC_WEIGHT = new Uint16Array(MISC.last + 1).fill(4);

/** Weights of opcodes after the prefix 0xFD. */
export const SIMD_WEIGHT = new Uint16Array(SIMD_COUNT).fill(2);

/** The weight of a direct call, without the callee. The callee's weight is added if it does not charge for itself. */
export const CALL_WEIGHT = 4;

/** The weight of a call of an imported function. */
export const IMPORTED_CALL_WEIGHT = 16;

/**
 * Limits of functions that do not charge for themselves (`uncharged-functions.ts`). Their weight with all called functions is limited, so
 * that no call runs far ahead of its charge. Their length and calls are limited, because they are read twice and their calls are stored.
 */
export const UNCHARGED = { weight: 100, bodyBytes: 256, calls: 32 } as const;

/**
 * A function is compiled when it is first called, in the caller's time. The estimate is `base`, plus an amount for each byte of its body and
 * each unit of `limits.functionCompileCost`. If it is more than `most` times the weight of its entry, the first entry in an instance takes
 * the estimate off the slice and adds it back as fuel. Otherwise a call could compile one function after another past its deadline.
 */
export const FIRST_CALL = { base: 12, perByte: 0.5, perCompileCost: 0.5, most: 4 } as const;

/**
 * A function that its caller pays for is compiled within the caller's charge. A function that calls many of them therefore checks the time
 * after calls with this total `weight`, in modules with at least this number of `functions`. Fewer are compiled in a few milliseconds.
 */
export const UNCHARGED_CALLS = { weight: 1_280, functions: 1_000 } as const;

/**
 * In a dispatch loop (`scan-dispatch.ts`), the target of a jump forward, and the code after a jump back, have a separate charge if more
 * weight than this may follow. Otherwise the code before pays for it.
 */
export const ARM_WEIGHT = 64;

/** The number of locals that are cleared for one unit on entry to a function. */
export const LOCALS_PER_UNIT = 4;

/** The charge of bulk instructions when they run: `base`, plus one `unit` for each `per` of their operand. */
export const BULK = {
  /** `memory.fill`, `memory.copy`, `memory.init`: 25 ns, then 8 bytes per unit: 64 KiB cold took 8.8 µs. */
  bytes: { base: 25, unit: 1, per: 8 },
  /** `table.init`, `copy`, `fill`, `grow`: an element costs 36 to 140 ns because of the engine's write barriers. */
  elements: { base: 40, unit: 150, per: 1 },
  /** `memory.grow`: 830 ns even for zero pages, because each one creates a new ArrayBuffer. */
  pages: { base: 1_000, unit: 200, per: 1 },
  /**
   * `table.get` and `ref.func`, by the number of parameters and results of a function with several results. For the first function of each
   * type, the engine compiles a wrapper for calls from JavaScript: 0.4 ms for 11 values and 8.5 ms for 128. All types with fewer results
   * share one wrapper.
   */
  values: { base: 50, unit: 300, per: 1 },
} as const;

/** `memory.fill` and `memory.copy` run in pieces of this number of bytes, so that a deadline can stop them between two. Touching a piece first takes 50 µs. */
export const CHUNK_BYTES = 64 * 1024;

const weigh = (table: Uint16Array, weight: number, ...opcodes: readonly number[]): void => {
  for (const opcode of opcodes) table[opcode] = weight;
};

// Structure without machine code. Every jump back to a loop's head has a weight, so no loop is free.
weigh(WEIGHT, 0, OP.nop, OP.block, OP.loop, OP.else, OP.end);
weigh(WEIGHT, 4, OP.brTable);
weigh(WEIGHT, 0, OP.call, OP.returnCall); // `callWeights` of the layout has them
// Indirect callees always charge for themselves.
weigh(WEIGHT, 8, OP.callIndirect, OP.returnCallIndirect);
WEIGHT.fill(2, 0x28, 0x3f); // loads and stores: caches miss
weigh(WEIGHT, 4, 0x6d, 0x6e, 0x6f, 0x70); // i32 division and remainder
weigh(WEIGHT, 10, 0x7f, 0x80, 0x81, 0x82); // i64 division and remainder
weigh(WEIGHT, 3, 0x8d, 0x8e, 0x8f, 0x90, 0x9b, 0x9c, 0x9d, 0x9e); // ceil, floor, trunc, nearest
weigh(WEIGHT, 6, 0x95, 0xa3); // float division
weigh(WEIGHT, 8, 0x91, 0x9f); // square root
WEIGHT.fill(4, 0xa8, 0xac).fill(4, 0xae, 0xb2); // float to integer
weigh(WEIGHT, 100, OP.tableGet); // the first of each function makes an object
weigh(WEIGHT, 200, OP.tableSet);
weigh(WEIGHT, 50, OP.refFunc);
weigh(MISC_WEIGHT, 10, MISC.dataDrop, MISC.elemDrop);
weigh(MISC_WEIGHT, 1, MISC.tableSize);
weigh(SIMD_WEIGHT, 4, 0x62, 0x6b, 0x6c, 0x6d, 0xcb, 0xcc, 0xcd, 0xd5); // popcnt, byte shifts, 64-bit multiplication
weigh(SIMD_WEIGHT, 8, 0xe3, 0xe7, 0xef, 0xf3); // square root, division
weigh(SIMD_WEIGHT, 4, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff); // conversions
