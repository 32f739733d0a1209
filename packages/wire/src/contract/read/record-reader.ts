import { z } from 'zod';

import { defOf } from '../../shape/schema-def.ts';
import type { KeyIssue, Read, Reader, ReaderContext, ReadSide } from './reader.ts';
import { isRecord } from './value-kinds.ts';
import { MISFIT, MOST_LEVELS, type Walk } from './walk.ts';

/** Creates the reader of a record. */
export const createRecordReader = (schema: z.ZodType, context: ReaderContext): Reader => {
  const readSide = createRecordRead(schema, context, context.builds(schema));
  return {
    read: (value, level, walk) => {
      const issues: KeyIssue[] = [];
      const record = readSide(value, level, walk, issues);
      if (record === MISFIT || issues.length === 0) return record;
      if (issues.every(({ kind }) => kind === 'unknown')) return walk.failsKeys() ? MISFIT : record;
      walk.misfit('has a key that does not fit');
      return walk.under('.*');
    },
  };
};

/** Creates the reader of a record that is a side of an intersection. Its result has only the record's own keys. */
export const createRecordSide = (schema: z.ZodType, context: ReaderContext): ReadSide =>
  createRecordRead(schema, context, true);

const createRecordRead = (schema: z.ZodType, context: ReaderContext, builds: boolean): ReadSide => {
  const { keyType, valueType, partial } = defOf(schema);
  const values = keyType?._zod.values;
  const parts: RecordParts = {
    readKey: context.readerOf(keyType as z.ZodType).read,
    isPlainKey: isPlainString(keyType),
    readValue: context.readerOf(valueType as z.ZodType).read,
    listed: values,
    builds,
    isLoose: defOf(schema).mode === 'loose',
    context,
  };
  const read = values !== undefined && partial !== true ? readListed : readAny;
  return (value, level, walk, issues) => {
    if (!isRecord(value)) return walk.misfit('expected record');
    if (level > MOST_LEVELS && context.origin !== 'codec') return walk.badForm('too_deep');
    return read(parts, value, level, walk, issues);
  };
};

interface RecordParts {
  readonly readKey: Read;
  /** Whether any string is a valid key. */
  readonly isPlainKey: boolean;
  readonly readValue: Read;
  /** All valid keys, if the key's schema lists them. */
  readonly listed: ReadonlySet<unknown> | undefined;
  readonly builds: boolean;
  readonly isLoose: boolean;
  readonly context: ReaderContext;
}

type ReadRecord = (
  parts: RecordParts,
  value: Readonly<Record<string, unknown>>,
  level: number,
  walk: Walk,
  issues: KeyIssue[],
) => unknown;

const isPlainString = (schema: z.ZodType | undefined): boolean =>
  schema !== undefined &&
  defOf(schema).type === 'string' &&
  (defOf(schema).checks ?? []).length === 0 &&
  !schema._zod.traits.has('$ZodCheck');

/** Reads a record whose key schema lists its keys. All of them must be present. */
const readListed: ReadRecord = (parts, value, level, walk, issues) => {
  const { readKey, readValue, listed = new Set(), builds, context } = parts;
  const built: Record<PropertyKey, unknown> = {};
  const known = new Set<PropertyKey>();
  for (const key of listed) {
    if (typeof key !== 'string' && typeof key !== 'number' && typeof key !== 'symbol') continue;
    if (walk.spend(1)) return MISFIT;
    known.add(typeof key === 'number' ? String(key) : key);
    if (key === '__proto__') continue;
    const outKey = walk.strictly(() => readKey(key, level + 1, walk));
    if (outKey === MISFIT) {
      if (walk.isOver) return MISFIT;
      issues.push({ kind: 'invalid', key: String(key) });
      continue;
    }
    if (outKey === '__proto__') continue;
    const part = readValue(value[key as string], level + 1, walk);
    if (part === MISFIT) return walk.under('.*');
    built[outKey as string] = part;
  }
  const unknown: string[] = [];
  for (const key in value) {
    if (walk.spend(1)) return MISFIT;
    if (known.has(key)) continue;
    if (key === '__proto__' && context.namesProto) return walk.badForm('proto_key');
    if (!parts.isLoose) unknown.push(key);
    else if (key !== '__proto__') built[key] = value[key];
  }
  if (unknown.length > 0) issues.push({ kind: 'unknown', keys: unknown });
  return builds ? built : value;
};

/** Keys that look like numbers. If such a key does not fit as a string, it is tried as a number. */
const NUMBER = z.regexes.number;

const readAny: ReadRecord = (parts, value, level, walk, issues) => {
  const { readValue, listed, builds, context } = parts;
  const built: Record<string, unknown> = {};
  const unknown: string[] = [];
  for (const key of keysOf(value, context)) {
    if (walk.spend(1)) return MISFIT;
    if (key === '__proto__') {
      // zod silently drops it.
      if (context.origin === 'codec') continue;
      return walk.badForm('proto_key');
    }
    const outKey =
      parts.isPlainKey && typeof key === 'string'
        ? key
        : walk.strictly(() => readKeyOf(parts, key, level, walk));
    if (outKey === MISFIT) {
      if (walk.isOver) return MISFIT;
      if (parts.isLoose) built[key as string] = value[key as string];
      else if (listed !== undefined) unknown.push(String(key));
      else issues.push({ kind: 'invalid', key: String(key) });
      continue;
    }
    if (outKey === '__proto__') continue;
    const part = readValue(value[key as string], level + 1, walk);
    if (part === MISFIT) return walk.under('.*');
    if (builds) built[outKey as string] = part;
  }
  if (unknown.length > 0) issues.push({ kind: 'unknown', keys: unknown });
  return builds ? built : value;
};

const keysOf = (value: object, { origin }: ReaderContext): readonly PropertyKey[] =>
  origin === 'codec'
    ? Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))
    : Object.keys(value);

const readKeyOf = ({ readKey }: RecordParts, key: PropertyKey, level: number, walk: Walk): unknown => {
  const read = readKey(key, level + 1, walk);
  if (read !== MISFIT || typeof key !== 'string' || walk.isOver || !NUMBER.test(key)) return read;
  return readKey(Number(key), level + 1, walk);
};
