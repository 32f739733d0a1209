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

/** Which values a reader is for. */
export interface ReaderOptions {
  /** `decode`: from the wire's form to the host's. `encode`: back. */
  readonly direction: 'decode' | 'encode';
  readonly origin: Origin;
  /** Whether a `__proto__` key is reported as such, and not as an unknown key. */
  readonly namesProto: boolean;
}

/**
 * Creates the reader of a schema that `describeSchema` accepted. It accepts the same values and returns the same results as zod, but stops at
 * the first fault (RATIONALE.md, "Why does zod not read what plugins say?").
 *
 * Throws for schemas that zod cannot use either, such as a discriminated union whose options share a value.
 */
export const createReader = (schema: z.ZodType, options: ReaderOptions): Read =>
  createContext(options, new Map()).readerOf(schema).read;

/** The contexts of one reader, by the origin of the values. */
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

/** Creates one object for each schema. While it is being created, a placeholder is used, because a schema may contain itself. */
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
  if (FOREIGN.has(type)) return undefined; // zod runs them together with the schema
  const [first, ...others] = checksOf(schema);
  if (first === undefined || !isDone(first._zod.def, context)) return createChecks(schema, context);
  return others.length === 0 ? undefined : createChecks(schema, context);
};

/** A {@link Read} or a {@link ReadSide}. */
type ReadAny = (value: unknown, level: number, walk: Walk, issues: KeyIssue[]) => unknown;

/**
 * Checks run on the output of the schema. When encoding, they run on the host's value, before it is encoded. When encoding, zod ignores the
 * results of checks on unions and on recursive schemas; this reader does not.
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

/** Kinds that occur only on the host side of a codec. zod reads them and everything inside. */
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

/** The side readers of schemas that can report faults of keys. Schemas of other kinds are read like anywhere else. */
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
  // zod does not run checks if a key is invalid. It does if keys are only unknown.
  return withChecks(context, side, (issues) =>
    issues.every(({ kind }) => kind === 'unknown') ? checks : conditional,
  );
};
