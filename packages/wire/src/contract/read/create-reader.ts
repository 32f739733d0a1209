import type { z } from 'zod';

import { checksOf, defOf, lazyOf } from '../../shape/schema-def.ts';
import { createChecks, createConditionalChecks } from './check-reader.ts';
import { createIntersectionReader, createIntersectionSide } from './intersection-reader.ts';
import { createArrayReader, createTupleReader } from './list-reader.ts';
import { createObjectReader, createObjectSide } from './object-reader.ts';
import { createForeignReader, createOpenReader, isDone } from './open-reader.ts';
import type { KeyIssue, Origin, Read, Reader, ReaderContext, ReadSide } from './reader.ts';
import { createRecordReader, createRecordSide } from './record-reader.ts';
import { createScalarReader } from './scalar-reader.ts';
import { createUnionReader, createUnionSide } from './union-reader.ts';
import { changesValues } from './value-changes.ts';
import { MISFIT, type Walk } from './walk.ts';
import {
  createPipeReader,
  createPipeSide,
  createWrapperReader,
  createWrapperSide,
} from './wrapper-reader.ts';

/** What the readers of a schema are made for. */
export interface ReaderOptions {
  readonly direction: 'decode' | 'encode';
  readonly origin: Origin;
  readonly namesProto: boolean;
}

/**
 * Makes the reader of a schema that `checkSchema` has passed. It fits what zod fits and gives what zod gives, and stops at the first
 * misfit (RATIONALE.md, "Why does zod not read what plugins say?").
 *
 * Throws for schemas that zod could not use either, such as a discriminated union whose options share a value.
 */
export const createReader = (schema: z.ZodType, options: ReaderOptions): Read =>
  createContext(options, new Map()).readerOf(schema).read;

/** The contexts of one reader, by the origin of the values that they are for. */
type Contexts = Map<Origin, ReaderContext>;

const createContext = (options: ReaderOptions, contexts: Contexts): ReaderContext => {
  const { direction, origin } = options;
  const readers = new Map<z.ZodType, Reader>();
  const sides = new Map<z.ZodType, ReadSide>();
  const context: ReaderContext = {
    ...options,
    toldKeys: new Set(),
    readerOf: (schema) =>
      makeOnce(readers, schema, forwardReader, () => createCheckedReader(schema, context)),
    sideOf: (schema) => makeOnce(sides, schema, forwardSide, () => createCheckedSide(schema, context)),
    builds: (schema) => origin !== 'ours' || direction === 'encode' || changesValues(schema),
    from: (other) => contexts.get(other) ?? createContext({ ...options, origin: other }, contexts),
  };
  contexts.set(origin, context);
  return context;
};

/** Makes what belongs to a schema. While it is being made something stands in for it, since a schema may hold itself. */
const makeOnce = <Made>(
  known: Map<z.ZodType, Made>,
  schema: z.ZodType,
  forward: (find: () => Made) => Made,
  make: () => Made,
): Made => {
  const present = known.get(schema);
  if (present !== undefined) return present;
  known.set(
    schema,
    forward(() => known.get(schema) as Made),
  );
  const made = make();
  known.set(schema, made);
  return made;
};

const forwardReader = (find: () => Reader): Reader => ({
  read: (value, level, walk) => find().read(value, level, walk),
});

const forwardSide =
  (find: () => ReadSide): ReadSide =>
  (value, level, walk, issues) =>
    find()(value, level, walk, issues);

const createCheckedReader = (schema: z.ZodType, context: ReaderContext): Reader => {
  const scalar = createScalarReader(schema, context);
  if (scalar !== undefined) return scalar;
  const reader = createKind(schema, context);
  const checks = checksFor(schema, context);
  if (checks === undefined) return reader;
  return { read: withChecks(context, reader.read, () => checks) as Read };
};

const checksFor = (schema: z.ZodType, context: ReaderContext): Read | undefined => {
  const { type } = defOf(schema);
  if (FOREIGN.has(type)) return undefined; // zod has run them
  const [first, ...others] = checksOf(schema);
  if (first === undefined || !isDone(first._zod.def, context)) return createChecks(schema, context);
  return others.length === 0 ? undefined : createChecks(schema, context);
};

/** A reader, or that of a side. */
type ReadAny = (value: unknown, level: number, walk: Walk, issues: KeyIssue[]) => unknown;

/**
 * Checks see what the schema gives. On the way back to the wire they see the host's value, before it is encoded. There zod forgets what the
 * checks of unions and of schemas inside themselves said; here they hold.
 */
const withChecks = (
  { direction }: ReaderContext,
  read: ReadAny,
  choose: (issues: readonly KeyIssue[]) => Read | undefined,
): ReadAny => {
  const check = (value: unknown, level: number, walk: Walk, issues: KeyIssue[]): unknown => {
    const checks = choose(issues);
    return checks === undefined ? value : checks(value, level, walk);
  };
  if (direction === 'decode') {
    return (value, level, walk, issues) => {
      const part = read(value, level, walk, issues);
      return part === MISFIT ? part : check(part, level, walk, issues);
    };
  }
  return (value, level, walk, issues) => {
    const part = read(value, level, walk, issues);
    if (part === MISFIT) return part;
    const checked = check(value, level, walk, issues);
    if (checked === MISFIT) return checked;
    return checked === value ? part : read(checked, level, walk, []);
  };
};

/** What only a codec has, on its host side. zod reads it with all that is in it. */
const FOREIGN: ReadonlySet<string> = new Set(
  'bigint date symbol undefined void nan map set file function promise catch success transform'.split(' '),
);

type Create = (schema: z.ZodType, context: ReaderContext) => Reader;

const KINDS: Readonly<Record<string, Create>> = {
  any: createOpenReader,
  unknown: createOpenReader,
  custom: createOpenReader,
  object: createObjectReader,
  record: createRecordReader,
  array: createArrayReader,
  tuple: createTupleReader,
  union: createUnionReader,
  intersection: createIntersectionReader,
  pipe: createPipeReader,
  optional: createWrapperReader,
  nullable: createWrapperReader,
  nonoptional: createWrapperReader,
  default: createWrapperReader,
  prefault: createWrapperReader,
  readonly: createWrapperReader,
  lazy: createWrapperReader,
};

const createKind: Create = (schema, context) =>
  (KINDS[defOf(schema).type] ?? createForeignReader)(schema, context);

/** Schemas whose misfits may concern nothing but keys of the value itself. Others are read on their side as anywhere. */
const createSideKind = (schema: z.ZodType, context: ReaderContext): ReadSide | undefined => {
  const { type, innerType } = defOf(schema);
  if (type === 'object') return createObjectSide(schema, context);
  if (type === 'record') return createRecordSide(schema, context);
  if (type === 'union') return createUnionSide(schema, context);
  if (type === 'intersection') return createIntersectionSide(schema, context);
  if (type === 'pipe') return createPipeSide(schema, context);
  return KINDS[type] === createWrapperReader && (innerType ?? lazyOf(schema)) !== undefined
    ? createWrapperSide(schema, context)
    : undefined;
};

const createCheckedSide = (schema: z.ZodType, context: ReaderContext): ReadSide => {
  const side = createSideKind(schema, context);
  if (side === undefined) return context.readerOf(schema).read;
  const checks = createChecks(schema, context);
  if (checks === undefined) return side;
  const conditional = createConditionalChecks(schema, context);
  // A key that is invalid keeps zod from running checks; one that is only unknown does not.
  return withChecks(context, side, (issues) =>
    issues.every(({ kind }) => kind === 'unknown') ? checks : conditional,
  );
};
