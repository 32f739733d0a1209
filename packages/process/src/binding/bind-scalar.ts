import { Buffer, isUtf8 } from 'node:buffer';

import type { Shape } from '@plugwire/wire';
import { Enum } from './protobuf.ts';

import { refuseBinding } from './bad-binding.ts';
import { type BoundField, type FieldCodec, NotReadable, NotWritable, SAME } from './field-codec.ts';
import { INTEGER_32, integer64, integerRange, is64 } from './integers.ts';

/** Binds a shape to a scalar or an enum. Throws `PlugwireUsageError` `bad_binding`. */
export const bindScalar = (bound: BoundField): FieldCodec => {
  const { field, shape, place } = bound;
  const { resolvedType, type } = field;
  if (resolvedType instanceof Enum) return bindEnum(bound, resolvedType);
  if (shape.kind === 'string') return bindString(shape, type, place);
  if (shape.kind === 'boolean') return type === 'bool' ? SAME : misfit(shape, type, place);
  if (shape.kind === 'integer') return bindInteger(bound, shape.minimum, shape.maximum);
  if (shape.kind === 'number') return bindNumber(type, shape, place);
  if (shape.kind === 'literal') return bindLiteral(bound, shape.values);
  return misfit(shape, type, place);
};

const misfit = (shape: Shape, type: string, place: string): never =>
  refuseBinding(place, `the contract has ${a(shape.kind)} where the .proto has ${type}: change one of them.`);

const a = (kind: string): string => (/^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`);

const bindString = (shape: Shape & { readonly kind: 'string' }, type: string, place: string): FieldCodec => {
  if (type === 'string') return TEXT;
  if (type !== 'bytes') return misfit(shape, type, place);
  if (shape.format === 'base64') return BASE64;
  if (shape.format === 'base64url') return BASE64URL;
  return UTF8;
};

/** Strings in protobuf are UTF-8, which cannot encode a lone surrogate. */
const wellFormed = (value: unknown): string => {
  const text = value as string;
  if (!/\p{Surrogate}/u.test(text)) return text;
  throw new NotWritable('a string contains a lone surrogate, which UTF-8 cannot encode');
};

const TEXT: FieldCodec = { write: wellFormed, read: (value) => value };

const encoded = (encoding: 'base64' | 'base64url'): FieldCodec => ({
  write: (value) => Buffer.from(value as string, encoding),
  read: (value) => asBuffer(value).toString(encoding),
});
const BASE64 = encoded('base64');
const BASE64URL = encoded('base64url');

const UTF8: FieldCodec = {
  write: (value) => Buffer.from(wellFormed(value), 'utf8'),
  read: (value) => {
    const bytes = asBuffer(value);
    if (!isUtf8(bytes)) throw new NotReadable('bytes are not UTF-8');
    return bytes.toString('utf8');
  },
};

/** protobufjs represents an absent bytes field as an empty array. */
const asBuffer = (value: unknown): Buffer => {
  const bytes = value as Uint8Array | readonly number[];
  return bytes instanceof Uint8Array
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Buffer.from(bytes);
};

const bindInteger = (
  { field: { type }, shape, direction, place }: BoundField,
  minimum: number | bigint,
  maximum: number | bigint,
): FieldCodec => {
  const range = integerRange(type);
  if (range === undefined) return misfit(shape, type, place);
  const fits = BigInt(minimum) >= range.minimum && BigInt(maximum) <= range.maximum;
  if (direction === 'write' && !fits) {
    return refuseBinding(
      place,
      `the contract has integers from ${minimum} to ${maximum} where the .proto has ${type}, with values from ${range.minimum} to ${range.maximum}: narrow the contract, for example with z.int32() or u64.`,
    );
  }
  return is64(type) ? integer64(/^(uint|fixed)/.test(type)) : INTEGER_32;
};

/** The largest finite number of a float. */
const LARGEST_FLOAT = 3.402_823_466_385_288_6e38;

const bindNumber = (type: string, shape: Shape, place: string): FieldCodec => {
  if (type === 'double') return SAME;
  if (type !== 'float') return misfit(shape, type, place);
  return {
    write: (value) => {
      if (Math.abs(value as number) <= LARGEST_FLOAT) return value;
      throw new NotWritable('a number is too large for a float');
    },
    read: (value) => value,
  };
};

const bindLiteral = (
  bound: BoundField,
  values: readonly (string | number | boolean | null)[],
): FieldCodec => {
  const { field, place } = bound;
  const { type } = field;
  if (values.every((value) => typeof value === 'string')) return bindString({ kind: 'string' }, type, place);
  if (values.every((value) => typeof value === 'boolean'))
    return bindScalar({ ...bound, shape: { kind: 'boolean' } });
  if (values.every((value) => typeof value === 'number' && Number.isInteger(value))) {
    const numbers = values as readonly number[];
    return bindInteger(bound, Math.min(...numbers), Math.max(...numbers));
  }
  return misfit(bound.shape, type, place);
};

const bindEnum = ({ shape, place }: BoundField, { name, values, valuesById }: Enum): FieldCodec => {
  if (shape.kind === 'integer') return SAME;
  if (shape.kind !== 'literal') {
    return refuseBinding(
      place,
      `the contract has ${a(shape.kind)} where the .proto has the enum ${name}: expected z.enum of its names, or z.int32() for its numbers.`,
    );
  }
  const unknown = shape.values.find((value) => typeof value !== 'string' || !Object.hasOwn(values, value));
  if (unknown !== undefined) {
    return refuseBinding(
      place,
      `the contract has ${JSON.stringify(unknown)} where the enum ${name} has ${Object.keys(values).join(', ')}: use its names.`,
    );
  }
  return {
    write: (value) => values[value as string],
    // A number that the enum does not define is kept as a number, and the contract refuses it.
    read: (value) => valuesById[value as number] ?? value,
  };
};
