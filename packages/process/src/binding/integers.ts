import { type FieldCodec, NotWritable } from './field-codec.ts';

/** The range of an integer type of protobuf. */
export interface IntegerRange {
  readonly minimum: bigint;
  readonly maximum: bigint;
}

const signed = (bits: bigint): IntegerRange => ({
  minimum: -(1n << (bits - 1n)),
  maximum: (1n << (bits - 1n)) - 1n,
});
const unsigned = (bits: bigint): IntegerRange => ({ minimum: 0n, maximum: (1n << bits) - 1n });

const INTEGERS: Readonly<Record<string, IntegerRange>> = {
  int32: signed(32n),
  sint32: signed(32n),
  sfixed32: signed(32n),
  uint32: unsigned(32n),
  fixed32: unsigned(32n),
  int64: signed(64n),
  sint64: signed(64n),
  sfixed64: signed(64n),
  uint64: unsigned(64n),
  fixed64: unsigned(64n),
};

/** The integers that floating-point types represent exactly. */
const EXACT: Readonly<Record<string, IntegerRange>> = {
  double: { minimum: -(2n ** 53n), maximum: 2n ** 53n },
  float: { minimum: -(2n ** 24n), maximum: 2n ** 24n },
};

/** Returns the integers that a type represents exactly, or `undefined` if the type is not numeric. */
export const integerRange = (type: string): IntegerRange | undefined => INTEGERS[type] ?? EXACT[type];

/** Whether protobufjs represents values of a type as 64-bit objects. */
export const is64 = (type: string): boolean => type.endsWith('64');

/** A 64-bit integer in the format of protobufjs. */
interface Halves {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}

/** A codec for 32-bit integers. */
export const INTEGER_32: FieldCodec = {
  write: (value) => checkedInteger(value),
  read: (value) => value,
};

/** Returns a codec for exact 64-bit integers: numbers within the safe range, BigInts outside it. */
export const integer64 = (isUnsigned: boolean): FieldCodec => ({
  write: (value) => toHalves(BigInt(checkedInteger(value)), isUnsigned),
  read: (value) => fromHalves(value as Halves),
});

const checkedInteger = (value: unknown): number | bigint => {
  if (typeof value === 'bigint' || Number.isInteger(value)) return value as number | bigint;
  throw new NotWritable('expected an integer');
};

const toHalves = (value: bigint, isUnsigned: boolean): Halves => ({
  low: Number(BigInt.asIntN(32, value)),
  high: Number(BigInt.asIntN(32, value >> 32n)),
  unsigned: isUnsigned,
});

const fromHalves = ({ low, high, unsigned: isUnsigned }: Halves): number | bigint => {
  const top = isUnsigned ? high >>> 0 : high | 0;
  const small = top * 2 ** 32 + (low >>> 0);
  return Number.isSafeInteger(small) ? small : (BigInt(top) << 32n) | BigInt(low >>> 0);
};
