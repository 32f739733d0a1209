/** The immediates of an opcode, as far as the scan distinguishes them. 0 means "not in the accept list". */
export const SHAPE = {
  unknown: 0,
  /** Nothing follows. */
  plain: 1,
  /** One index that the scan ignores. */
  index: 2,
  i32Const: 3,
  i64Const: 4,
  /** Alignment and offset. */
  memarg: 5,
  f32Const: 6,
  f64Const: 7,
  /** A memory index, which must be 0. */
  memory: 8,
  /** Blocks, branches, calls, `select t`, `table.get`, `table.set`, `ref.null`, `ref.func`. Each has separate code. */
  special: 9,
  /** The 0xFC prefix: saturating conversion, bulk memory, tables. */
  miscPrefix: 10,
  /** The 0xFD prefix: SIMD and relaxed SIMD. */
  simdPrefix: 11,
} as const;

/** Opcodes that this folder names. Numbers from the specification, §5.4. */
export const OP = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  selectTyped: 0x1c,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  tableGet: 0x25,
  tableSet: 0x26,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  refNull: 0xd0,
  refFunc: 0xd2,
  miscPrefix: 0xfc,
  simdPrefix: 0xfd,
} as const;

/** Opcodes after the prefix 0xFC. 0 to 7 are the saturating conversions. */
export const MISC = {
  memoryInit: 8,
  dataDrop: 9,
  memoryCopy: 10,
  memoryFill: 11,
  tableInit: 12,
  elemDrop: 13,
  tableCopy: 14,
  tableGrow: 15,
  tableSize: 16,
  tableFill: 17,
  last: 17,
} as const;

/** Value types, and the byte of an empty block type. */
export const TYPE = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  funcref: 0x70,
  externref: 0x6f,
  func: 0x60,
  empty: 0x40,
} as const;

/** A group of accepted opcodes: the first, the last, their immediates, and their change of the operand height. */
type Row = readonly [first: number, last: number, shape: number, height: number];

/**
 * The accept list of single-byte opcodes: MVP, sign extension, reference types, tail calls. All other opcodes are refused. The operand
 * height of a `special` row is computed where the instruction is read.
 */
const ROWS: readonly Row[] = [
  [OP.unreachable, OP.unreachable, SHAPE.special, 0],
  [OP.nop, OP.nop, SHAPE.plain, 0],
  [OP.block, OP.else, SHAPE.special, 0],
  [OP.end, OP.returnCallIndirect, SHAPE.special, 0],
  [0x1a, 0x1a, SHAPE.plain, -1], // drop
  [0x1b, 0x1b, SHAPE.plain, -2], // select
  [OP.selectTyped, OP.selectTyped, SHAPE.special, -2],
  [OP.localGet, OP.localGet, SHAPE.index, 1],
  [OP.localSet, OP.localSet, SHAPE.index, -1],
  [OP.localTee, OP.localTee, SHAPE.index, 0],
  [OP.globalGet, OP.globalGet, SHAPE.index, 1],
  [OP.globalSet, OP.globalSet, SHAPE.index, -1],
  [OP.tableGet, OP.tableGet, SHAPE.special, 0],
  [OP.tableSet, OP.tableSet, SHAPE.special, -2],
  [0x28, 0x35, SHAPE.memarg, 0], // loads
  [0x36, 0x3e, SHAPE.memarg, -2], // stores
  [OP.memorySize, OP.memorySize, SHAPE.memory, 1],
  [OP.memoryGrow, OP.memoryGrow, SHAPE.memory, 0],
  [OP.i32Const, OP.i32Const, SHAPE.i32Const, 1],
  [OP.i64Const, OP.i64Const, SHAPE.i64Const, 1],
  [OP.f32Const, OP.f32Const, SHAPE.f32Const, 1],
  [OP.f64Const, OP.f64Const, SHAPE.f64Const, 1],
  [0x45, 0x45, SHAPE.plain, 0], // i32.eqz
  [0x46, 0x4f, SHAPE.plain, -1], // i32 comparisons
  [0x50, 0x50, SHAPE.plain, 0], // i64.eqz
  [0x51, 0x66, SHAPE.plain, -1], // i64, f32, f64 comparisons
  [0x67, 0x69, SHAPE.plain, 0], // i32.clz, ctz, popcnt
  [0x6a, 0x78, SHAPE.plain, -1], // i32 arithmetic
  [0x79, 0x7b, SHAPE.plain, 0], // i64.clz, ctz, popcnt
  [0x7c, 0x8a, SHAPE.plain, -1], // i64 arithmetic
  [0x8b, 0x91, SHAPE.plain, 0], // f32.abs … sqrt
  [0x92, 0x98, SHAPE.plain, -1], // f32.add … copysign
  [0x99, 0x9f, SHAPE.plain, 0], // f64.abs … sqrt
  [0xa0, 0xa6, SHAPE.plain, -1], // f64.add … copysign
  [0xa7, 0xc4, SHAPE.plain, 0], // conversions, reinterpretations, sign extension
  [OP.refNull, OP.refNull, SHAPE.special, 1],
  [0xd1, 0xd1, SHAPE.plain, 0], // ref.is_null
  [OP.refFunc, OP.refFunc, SHAPE.special, 1],
  [OP.miscPrefix, OP.miscPrefix, SHAPE.miscPrefix, 0],
  [OP.simdPrefix, OP.simdPrefix, SHAPE.simdPrefix, 0],
];

/** The immediates of each single-byte opcode: one of `SHAPE`. */
export const OPCODE_SHAPE = new Uint8Array(256);
/** How each single-byte opcode changes the operand height. */
export const OPCODE_HEIGHT = new Int8Array(256);

for (const [first, last, shape, height] of ROWS) {
  OPCODE_SHAPE.fill(shape, first, last + 1);
  OPCODE_HEIGHT.fill(height, first, last + 1);
}

/** How each opcode after 0xFC changes the operand height. */
export const MISC_HEIGHT = Int8Array.of(0, 0, 0, 0, 0, 0, 0, 0, -3, 0, -3, -3, -3, 0, -3, -1, 1, -3);
