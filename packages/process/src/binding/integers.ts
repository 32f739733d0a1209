import { type FieldCodec, NotWritable } from './field-codec.ts';

/** What a type of protobuf holds. */
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

/** Integers that floating types hold exactly. */
const EXACT: Readonly<Record<string, IntegerRange>> = {
  double: { minimum: -(2n ** 53n), maximum: 2n ** 53n },
  float: { minimum: -(2n ** 24n), maximum: 2n ** 24n },
};

/** What integers a type holds exactly; `undefined` for a type of no numbers. */
export const integerRange = (type: string): IntegerRange | undefined => INTEGERS[type] ?? EXACT[type];

/** Whether protobufjs has a type of 64 bits as an object. */
export const is64 = (type: string): boolean => type.endsWith('64');

/** 64 bits as protobufjs takes and gives them. */
interface Halves {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}

/** Integers of 32 bits. */
export const INTEGER_32: FieldCodec = {
  write: (value) => checkedInteger(value),
  read: (value) => value,
};

/** Integers of 64 bits, exact: numbers as far as these are, BigInts beyond. */
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
