import { types } from 'node:util';

import { createMessageSchema, type LargeIntegers, parseExactJson, stringifyExactJson } from '@plugwire/wire';
import { z } from 'zod';

import type { CallMemory } from '../kernel/call-memory.ts';
import { refuseCall } from './call-refusal.ts';
import {
  isNumberBlockKind,
  NUMBER_BLOCK_KINDS,
  type NumberBlockKind,
  type NumberBlockValue,
  numberBlockBytes,
  readNumberBlock,
} from './number-blocks.ts';

/** A WebAssembly type that host functions use. */
export type WasmType = 'i32' | 'i64' | 'f32' | 'f64';

const BLOCK_KINDS = ['text', 'text?', 'bytes', 'bytes?'] as const;
type BlockKind = (typeof BLOCK_KINDS)[number];

const NUMBER_KINDS = ['i32', 'u32', 'i64', 'u64', 'f32', 'f64'] as const;
type NumberKind = (typeof NUMBER_KINDS)[number];

/**
 * How an argument is passed. `i32` to `f64` are WebAssembly numbers. `u32` and `u64` are the same bits without a sign. All other kinds
 * are handles of memory blocks, as in Extism's PDKs: little-endian numbers, text and bytes. The handle 0 is an empty block, or `undefined`
 * for a kind with `?`. A `line` is for logs: at most its first 4,096 bytes are read, and invalid UTF-8 becomes U+FFFD.
 */
export const PARAMETER_KINDS = [...NUMBER_KINDS, ...NUMBER_BLOCK_KINDS, ...BLOCK_KINDS, 'line'] as const;
/** How a result is passed. A kind with `?` may be `undefined`, which is passed as the handle 0. */
export const RESULT_KINDS = [...NUMBER_KINDS, ...NUMBER_BLOCK_KINDS, ...BLOCK_KINDS] as const;

/** One of {@link PARAMETER_KINDS}. */
export type ParameterKind = (typeof PARAMETER_KINDS)[number];
/** One of {@link RESULT_KINDS}. */
export type ResultKind = (typeof RESULT_KINDS)[number];

/** A kind, or a zod schema of a value that is passed as JSON. The schema must be as strict as a contract's. */
export type ParameterType = ParameterKind | z.ZodType;
/** A kind, or a zod schema of a value that is passed as JSON. */
export type ResultType = ResultKind | z.ZodType;

/** The TypeScript type of a kind or a schema. */
export type ValueOf<Type> = Type extends z.ZodType
  ? z.output<Type>
  : Type extends NumberBlockKind
    ? NumberBlockValue<Type>
    : Type extends 'i64' | 'u64'
      ? bigint
      : Type extends NumberKind
        ? number
        : Type extends 'text' | 'line'
          ? string
          : Type extends 'text?'
            ? string | undefined
            : Type extends 'bytes'
              ? Uint8Array<ArrayBuffer>
              : Type extends 'bytes?'
                ? Uint8Array<ArrayBuffer> | undefined
                : never;

/** Reads an argument. Ends the call with `bad_handle` or `bad_argument`. */
export interface ArgumentReader {
  readonly wasm: WasmType;
  read(raw: number | bigint, memory: CallMemory): unknown;
}

/** Checks and writes a result. Ends the call with `host_function_failed` if it does not fit. */
export interface ResultWriter {
  readonly wasm: WasmType;
  write(value: unknown, memory: CallMemory): number | bigint;
}

/** Writes a result as JSON text. Returns `undefined` for a missing value. */
export type JsonWriter = (value: unknown) => string | undefined;

const isBlockKind = (type: ParameterKind): type is BlockKind => BLOCK_KINDS.some((kind) => kind === type);

export const isSchema = (type: unknown): type is z.ZodType =>
  typeof type === 'object' && type !== null && '_zod' in type;

/** Creates a reader of arguments of this type, with at most `mostBytes` bytes. `what` names the argument in messages. Throws `PlugwireUsageError` `bad_schema`. */
export const createReader = (type: ParameterType, what: string, mostBytes: number): ArgumentReader => {
  if (isSchema(type)) return jsonReader(type, what, mostBytes);
  if (type === 'line') return { wasm: 'i64', read: (raw, memory) => readLine(raw as bigint, memory, what) };
  if (isNumberBlockKind(type))
    return { wasm: 'i64', read: (raw, memory) => readNumberBlock(type, raw as bigint, memory, what) };
  return isBlockKind(type) ? blockReader(type, what, mostBytes) : NUMBER_READERS[type];
};

const asIs = (raw: number | bigint): number | bigint => raw;

const NUMBER_READERS: Readonly<Record<NumberKind, ArgumentReader>> = {
  i32: { wasm: 'i32', read: asIs },
  u32: { wasm: 'i32', read: (raw) => (raw as number) >>> 0 },
  i64: { wasm: 'i64', read: asIs },
  u64: { wasm: 'i64', read: (raw) => BigInt.asUintN(64, raw as bigint) },
  f32: { wasm: 'f32', read: asIs },
  f64: { wasm: 'f64', read: asIs },
};

const readLine = (handle: bigint, memory: CallMemory, what: string): string =>
  handle === 0n ? '' : (memory.line(handle) ?? refuseCall('bad_handle', what));

const blockReader = (type: BlockKind, what: string, mostBytes: number): ArgumentReader => {
  const nothing = { text: '', 'text?': undefined, bytes: undefined, 'bytes?': undefined }[type];
  const read = type.startsWith('text') ? readText : readBytes;
  return {
    wasm: 'i64',
    read: (raw, memory) => {
      if (raw === 0n) return type === 'bytes' ? new Uint8Array() : nothing;
      return read(raw as bigint, memory, what, mostBytes);
    },
  };
};

const readBytes = (handle: bigint, memory: CallMemory, what: string, mostBytes: number): Uint8Array => {
  checkLength(memory.length(handle), what, mostBytes);
  return memory.read(handle) ?? refuseCall('bad_handle', what);
};

const readText = (handle: bigint, memory: CallMemory, what: string, mostBytes: number): string => {
  checkLength(memory.length(handle), what, mostBytes);
  return memory.readText(handle) ?? refuseCall('bad_argument', `${what} is not UTF-8`);
};

const REFUSALS = {
  nodes: 'has more objects, arrays and keys than limits.outputNodes allows',
  too_deep: 'nests deeper than 128 levels',
} as const;

/** Reads JSON text, if it can be parsed in the time that is left. */
const readJson = (handle: bigint, memory: CallMemory, what: string, mostBytes: number): string => {
  checkLength(memory.length(handle), what, mostBytes);
  const refusal = memory.checkJson(handle);
  if (refusal === 'deadline')
    return refuseCall('deadline', `${what} cannot be read in the time that is left`);
  if (refusal !== undefined) return refuseCall('bad_argument', `${what} ${REFUSALS[refusal]}`);
  return readText(handle, memory, what, mostBytes);
};

const checkLength = (length: number, what: string, mostBytes: number): void => {
  if (length < 0) refuseCall('bad_handle', what);
  if (length > mostBytes)
    refuseCall('bad_argument', `${what} has ${length} bytes, but at most ${mostBytes} are allowed`);
};

/** Schemas of the wire must be objects, so any other value is wrapped in an object with this key. */
const KEY = 'json';

const messageOf = (schema: z.ZodType, what: string) =>
  createMessageSchema(z.strictObject({ [KEY]: schema }), what, what);

/** Matches text that may contain an integer above 2^53 − 1, which `JSON.parse` would round. */
const LONG_NUMBER = /\d{16}/;

const jsonReader = (schema: z.ZodType, what: string, mostBytes: number): ArgumentReader => {
  const message = messageOf(schema, what);
  const parse = (text: string, large: LargeIntegers | undefined): unknown => {
    let json: unknown;
    try {
      json = large === undefined ? JSON.parse(text) : parseExactJson(text, large);
    } catch {
      return refuseCall('bad_argument', `${what} is not JSON`);
    }
    return json === undefined
      ? refuseCall(
          'bad_argument',
          `${what} has an integer of more than 39 digits, or a number that is too large for a double`,
        )
      : json;
  };
  return {
    wasm: 'i64',
    read: (raw, memory) => {
      const text = raw === 0n ? undefined : readJson(raw as bigint, memory, what, mostBytes);
      const isExact = text !== undefined && message.takesLargeNumbers && LONG_NUMBER.test(text);
      const read = (large: LargeIntegers | undefined) =>
        message.fromWire(text === undefined ? {} : { [KEY]: parse(text, large) }, memory.timeLeft);
      let result = read(isExact ? 'all' : undefined);
      // The schema expects a double here, so rounding is fine.
      if (isExact && !result.ok && result.reason !== 'deadline') result = read('rounded');
      if (!result.ok)
        return refuseCall(result.reason === 'deadline' ? 'deadline' : 'bad_argument', result.detail);
      return (result.message.host as Record<string, unknown>)[KEY];
    },
  };
};

/** Creates a writer of results as JSON text. Throws `PlugwireUsageError` `bad_schema`. */
export const createJsonWriter = (schema: z.ZodType, what: string): JsonWriter => {
  const message = messageOf(schema, what);
  return (value) => {
    const result = message.fromHost({ [KEY]: value });
    if (!result.ok) return refuseCall('host_function_failed', result.detail);
    const { wire, foreign } = result.message;
    const json = (wire as Record<string, unknown>)[KEY];
    try {
      return foreign && json !== undefined ? stringifyExactJson(json) : JSON.stringify(json);
    } catch {
      return refuseCall('host_function_failed', `${what} cannot be written as JSON`);
    }
  };
};

/** Creates a writer of results of this kind. */
export const createWriter = (kind: ResultKind, what: string): ResultWriter => {
  const accepts = ACCEPTS[kind];
  return {
    wasm: kind in NUMBER_READERS ? NUMBER_READERS[kind as NumberKind].wasm : 'i64',
    write: (value, memory) => {
      if (!accepts(value))
        return refuseCall('host_function_failed', `${what} is not ${kind}, as the declaration says`);
      if (isNumberBlockKind(kind)) return memory.store(numberBlockBytes(kind, value as never));
      if (!isBlockKind(kind)) return value as number | bigint;
      return value === undefined ? 0n : memory.store(value as string | Uint8Array);
    },
  };
};

const isWhole = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

const isInt32 = (value: unknown): boolean => isWhole(value, -(2 ** 31), 2 ** 31 - 1);
const isUint32 = (value: unknown): boolean => isWhole(value, 0, 2 ** 32 - 1);
const isInt64 = (value: unknown): boolean => typeof value === 'bigint' && BigInt.asIntN(64, value) === value;
const isUint64 = (value: unknown): boolean =>
  typeof value === 'bigint' && BigInt.asUintN(64, value) === value;
const isNumber = (value: unknown): boolean => typeof value === 'number';

/** The values that an implementation may return for each kind. Nothing is converted, truncated or wrapped around. */
const ACCEPTS: Readonly<Record<ResultKind, (value: unknown) => boolean>> = {
  i32: isInt32,
  u32: isUint32,
  i64: isInt64,
  u64: isUint64,
  f32: isNumber,
  f64: isNumber,
  'i32-block': isInt32,
  'u32-block': isUint32,
  'i64-block': isInt64,
  'u64-block': isUint64,
  'f32-block': isNumber,
  'f64-block': isNumber,
  'bool-block': (value) => typeof value === 'boolean',
  text: (value) => typeof value === 'string',
  'text?': (value) => value === undefined || typeof value === 'string',
  bytes: (value) => types.isUint8Array(value),
  'bytes?': (value) => value === undefined || types.isUint8Array(value),
};
