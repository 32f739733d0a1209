/** The immediates of an opcode after the prefix 0xFD. 0 means "not in the accept list". */
export const SIMD_SHAPE = {
  unknown: 0,
  plain: 1,
  memarg: 2,
  /** A lane index of one byte. */
  lane: 3,
  /** Alignment and offset, then a lane. */
  memargLane: 4,
  /** Sixteen bytes: a constant, or the lanes of a shuffle. */
  sixteenBytes: 5,
} as const;

/** The last of relaxed SIMD, which begins at 0x100. */
const LAST_RELAXED = 0x113;

/** A group of accepted opcodes: the first, the last, their immediates, and their change of the operand height. */
type Row = readonly [first: number, last: number, shape: number, height: number];

const { plain, memarg, lane, memargLane, sixteenBytes } = SIMD_SHAPE;

/** Groups that are not "two vectors in, one out". Numbers from the specification, §5.4.9. */
const ROWS: readonly Row[] = [
  [0x00, 0x0a, memarg, 0], // v128.load, load8x8_s … load64_splat
  [0x0b, 0x0b, memarg, -2], // v128.store
  [0x0c, 0x0c, sixteenBytes, 1], // v128.const
  [0x0d, 0x0d, sixteenBytes, -1], // i8x16.shuffle
  [0x0f, 0x14, plain, 0], // splats
  [0x15, 0x16, lane, 0], // i8x16.extract_lane
  [0x17, 0x17, lane, -1], // i8x16.replace_lane
  [0x18, 0x19, lane, 0], // i16x8.extract_lane
  [0x1a, 0x1a, lane, -1], // i16x8.replace_lane
  [0x1b, 0x1b, lane, 0], // i32x4
  [0x1c, 0x1c, lane, -1],
  [0x1d, 0x1d, lane, 0], // i64x2
  [0x1e, 0x1e, lane, -1],
  [0x1f, 0x1f, lane, 0], // f32x4
  [0x20, 0x20, lane, -1],
  [0x21, 0x21, lane, 0], // f64x2
  [0x22, 0x22, lane, -1],
  [0x4d, 0x4d, plain, 0], // v128.not
  [0x52, 0x52, plain, -2], // v128.bitselect
  [0x53, 0x53, plain, 0], // v128.any_true
  [0x54, 0x57, memargLane, -1], // v128.load8_lane … load64_lane
  [0x58, 0x5b, memargLane, -2], // v128.store8_lane … store64_lane
  [0x5c, 0x5d, memarg, 0], // v128.load32_zero, load64_zero
  [0x5e, 0x5f, plain, 0], // f32x4.demote, f64x2.promote
  [0x60, 0x64, plain, 0], // i8x16.abs, neg, popcnt, all_true, bitmask
  [0x67, 0x6a, plain, 0], // f32x4.ceil, floor, trunc, nearest
  [0x74, 0x75, plain, 0], // f64x2.ceil, floor
  [0x7a, 0x7a, plain, 0], // f64x2.trunc
  [0x7c, 0x7f, plain, 0], // extadd_pairwise
  [0x80, 0x81, plain, 0], // i16x8.abs, neg
  [0x83, 0x84, plain, 0], // i16x8.all_true, bitmask
  [0x87, 0x8a, plain, 0], // i16x8.extend
  [0x94, 0x94, plain, 0], // f64x2.nearest
  [0xa0, 0xa1, plain, 0], // i32x4.abs, neg
  [0xa3, 0xa4, plain, 0],
  [0xa7, 0xaa, plain, 0],
  [0xc0, 0xc1, plain, 0], // i64x2.abs, neg
  [0xc3, 0xc4, plain, 0],
  [0xc7, 0xca, plain, 0],
  [0xe0, 0xe1, plain, 0], // f32x4.abs, neg
  [0xe3, 0xe3, plain, 0], // f32x4.sqrt
  [0xec, 0xed, plain, 0], // f64x2.abs, neg
  [0xef, 0xef, plain, 0], // f64x2.sqrt
  [0xf8, 0xff, plain, 0], // conversions
  [0x101, 0x104, plain, 0], // relaxed_trunc
  [0x105, 0x10c, plain, -2], // relaxed_madd, nmadd, laneselect
  [0x113, 0x113, plain, -2], // i32x4.relaxed_dot_i8x16_i7x16_add_s
];

/** Numbers that the specification does not use. */
const UNASSIGNED = [
  0x9a, 0xa2, 0xa5, 0xa6, 0xaf, 0xb0, 0xb2, 0xb3, 0xb4, 0xbb, 0xc2, 0xc5, 0xc6, 0xcf, 0xd0, 0xd2, 0xd3, 0xd4,
  0xe2, 0xee,
];

/** Opcodes after 0xFD are below this number. */
export const SIMD_COUNT = LAST_RELAXED + 1;
/** The immediates of each opcode after 0xFD: one of `SIMD_SHAPE`. */
export const SIMD_OPCODE_SHAPE = new Uint8Array(SIMD_COUNT);
/** How each opcode after 0xFD changes the operand height. */
export const SIMD_HEIGHT = new Int8Array(SIMD_COUNT);

// Most take two vectors, or a vector and a count, and return one.
SIMD_OPCODE_SHAPE.fill(plain);
SIMD_HEIGHT.fill(-1);
for (const [first, last, shape, height] of ROWS) {
  SIMD_OPCODE_SHAPE.fill(shape, first, last + 1);
  SIMD_HEIGHT.fill(height, first, last + 1);
}
for (const opcode of UNASSIGNED) SIMD_OPCODE_SHAPE[opcode] = SIMD_SHAPE.unknown;
