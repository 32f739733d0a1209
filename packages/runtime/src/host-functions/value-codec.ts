import { Buffer } from 'node:buffer';

import { createMessageSchema } from '@plugwire/wire';
import { z } from 'zod';

import { isSchema, type ParameterType, type ResultType } from './wasm-values.ts';

/** Converts a value of a host function to JSON and back. Both throw `TypeError` for a value that is not of the type. */
export interface ValueCodec {
  toJson(value: unknown): unknown;
  fromJson(json: unknown): unknown;
}

/**
 * Creates the codec of a type. Bytes become base64. Integers of 64 bits become JSON integers with all digits. `NaN` and infinities become
 * strings. `undefined` becomes null.
 */
export const createValueCodec = (type: ParameterType | ResultType): ValueCodec => {
  if (isSchema(type)) return schemaCodec(type);
  if (type.startsWith('bytes')) return BYTES;
  if (type.startsWith('i64') || type.startsWith('u64')) return LARGE_INTEGER;
  if (type.startsWith('f')) return FLOAT;
  return type === 'bool-block' ? BOOLEAN : type.startsWith('i32') || type.startsWith('u32') ? NUMBER : TEXT;
};

const misfit = (): never => {
  throw new TypeError('a value is not of its declared type');
};

/** A codec for values of one JavaScript type, or `undefined`. */
const plain = (type: 'string' | 'number' | 'boolean'): ValueCodec => ({
  toJson: (value) => (value === undefined ? null : typeof value === type ? value : misfit()),
  fromJson: (json) => (json === null ? undefined : typeof json === type ? json : misfit()),
});

const TEXT = plain('string');
const NUMBER = plain('number');
const BOOLEAN = plain('boolean');

const BYTES: ValueCodec = {
  toJson: (value) => {
    if (value === undefined) return null;
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : misfit();
  },
  fromJson: (json) => {
    if (json === null) return undefined;
    return typeof json === 'string' ? new Uint8Array(Buffer.from(json, 'base64')) : misfit();
  },
};

const LARGE_INTEGER: ValueCodec = {
  toJson: (value) => (typeof value === 'bigint' ? value : misfit()),
  fromJson: (json) =>
    typeof json === 'bigint' || Number.isSafeInteger(json) ? BigInt(json as number) : misfit(),
};

const FLOAT: ValueCodec = {
  toJson: (value) => (typeof value !== 'number' ? misfit() : Number.isFinite(value) ? value : String(value)),
  fromJson: (json) => {
    if (typeof json === 'number') return json;
    return json === 'NaN' || json === 'Infinity' || json === '-Infinity' ? Number(json) : misfit();
  },
};

/** Schemas of the wire must be objects, so any other value is wrapped in an object with this key. */
const KEY = 'json';

const schemaCodec = (schema: z.ZodType): ValueCodec => {
  const message = createMessageSchema(z.strictObject({ [KEY]: schema }), 'value', 'value');
  return {
    toJson: (value) => {
      const result = message.fromHost({ [KEY]: value });
      if (!result.ok) return misfit();
      return (result.message.wire as Record<string, unknown>)[KEY] ?? null;
    },
    fromJson: (json) => {
      const result = message.fromWire({ [KEY]: json });
      if (result.ok) return (result.message.host as Record<string, unknown>)[KEY];
      // An optional value that was missing was written as null.
      const empty = json === null ? message.fromWire({}) : result;
      return empty.ok ? (empty.message.host as Record<string, unknown>)[KEY] : misfit();
    },
  };
};
