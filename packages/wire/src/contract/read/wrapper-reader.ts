import { z } from 'zod';

import { defOf, lazyOf } from '../../shape/schema-def.ts';
import { describeIssue } from './describe-issue.ts';
import type { KeyIssue, Read, Reader, ReaderContext, ReadSide } from './reader.ts';
import { holdsCodec } from './value-changes.ts';
import { MISFIT, type Walk } from './walk.ts';

/** The reader of the inner schema. On a side of an intersection, it adds the faults of keys to `issues`. */
type ReadInner = (value: unknown, level: number, walk: Walk, issues?: KeyIssue[]) => unknown;
type Wrap = (inner: ReadInner, schema: z.ZodType, context: ReaderContext) => ReadInner;

/** Creates the reader of a schema that wraps another: optional, nullable, default and the like. */
export const createWrapperReader = (schema: z.ZodType, context: ReaderContext): Reader => {
  const inner = innerOf(schema);
  const { type } = defOf(schema);
  const reader = context.readerOf(inner);
  const read: Read = wrapperOf(schema)(reader.read, schema, context);
  const { fits } = reader;
  if (fits === undefined) return { read };
  if (type === 'nullable') return { read, fits: (variable) => `(${variable} === null || ${fits(variable)})` };
  if (type === 'optional' && !isExact(schema) && inner._zod.optin !== ('defaulted' as string))
    return { read, fits: (variable) => `(${variable} === undefined || ${fits(variable)})` };
  return type === 'nonoptional' ||
    type === 'optional' ||
    type === 'lazy' ||
    type === 'default' ||
    type === 'prefault'
    ? { read, fits: (variable) => `(${variable} !== undefined && ${fits(variable)})` }
    : { read };
};

/** Creates the reader of such a schema as a side of an intersection. */
export const createWrapperSide = (schema: z.ZodType, context: ReaderContext): ReadSide =>
  wrapperOf(schema)(context.sideOf(innerOf(schema)) as ReadInner, schema, context);

const innerOf = (schema: z.ZodType): z.ZodType => (lazyOf(schema) ?? defOf(schema).innerType) as z.ZodType;

const isExact = (schema: z.ZodType): boolean => schema._zod.traits.has('$ZodExactOptional');

const wrapperOf = (schema: z.ZodType): Wrap => {
  const { type } = defOf(schema);
  if (type === 'optional' && isExact(schema)) return readAsIs;
  return WRAPS[type] ?? readAsIs;
};

const readAsIs: Wrap = (inner) => inner;

/** Matches the text of a wrong type, to which "or null" can be added. It does not match the text of a failed check. */
const TYPE_EXPECTED = /^expected (?!nonoptional|never|null)[a-z]+$/;

const WRAPS: Readonly<Record<string, Wrap>> = {
  optional: (inner, schema) => {
    const isAsked = (innerOf(schema)._zod.optin as string | undefined) === 'defaulted';
    return (value, level, walk, issues) => {
      if (value !== undefined) return inner(value, level, walk, issues);
      if (!isAsked) return value;
      // A default that does not fit counts as undefined.
      const part = walk.strictly(() => inner(value, level, walk, []));
      return part === MISFIT && !walk.isOver ? undefined : part;
    };
  },
  nullable: (inner) => (value, level, walk, issues) => {
    if (value === null) return value;
    const part = inner(value, level, walk, issues);
    if (part === MISFIT && walk.path === '' && TYPE_EXPECTED.test(walk.text)) walk.text += ' or null';
    return part;
  },
  nonoptional: (inner) => (value, level, walk, issues) => {
    const part = inner(value, level, walk, issues);
    // Outside an intersection there are no faults of keys.
    return part === undefined && (issues?.length ?? 0) === 0 ? walk.misfit('expected nonoptional') : part;
  },
  default: (inner, schema, { direction }) =>
    direction === 'encode'
      ? inner
      : (value, level, walk, issues) => {
          if (value === undefined) return defOf(schema).defaultValue;
          const part = inner(value, level, walk, issues);
          return part === undefined ? defOf(schema).defaultValue : part;
        },
  prefault: (inner, schema, { direction }) =>
    direction === 'encode'
      ? inner
      : (value, level, walk, issues) =>
          inner(value === undefined ? defOf(schema).defaultValue : value, level, walk, issues),
  readonly: (inner, _schema, { direction }) =>
    direction === 'encode'
      ? inner
      : (value, level, walk, issues) => {
          const part = inner(value, level, walk, issues);
          return part === MISFIT ? part : Object.freeze(part);
        },
};

/** Creates the reader of a pipe: the second schema reads the output of the first. A codec converts the value between them. */
export const createPipeReader = (schema: z.ZodType, context: ReaderContext): Reader => {
  const { first, second, convert } = partsOf(schema, context);
  const readFirst = first.context.readerOf(first.schema).read;
  const readSecond = second.context.readerOf(second.schema).read;
  return {
    read: (value, level, walk) => {
      const part = withoutChecks(walk, convert !== undefined, () => readFirst(value, level, walk));
      const converted = part === MISFIT || convert === undefined ? part : convert(part, level, walk);
      return converted === MISFIT ? MISFIT : readSecond(converted, level, walk);
    },
  };
};

/** Creates the reader of a pipe that is a side of an intersection. */
export const createPipeSide = (schema: z.ZodType, context: ReaderContext): ReadSide => {
  const { first, second, convert } = partsOf(schema, context);
  const readFirst = first.context.sideOf(first.schema);
  const readSecond = second.context.sideOf(second.schema);
  return (value, level, walk, issues) => {
    const own: KeyIssue[] = [];
    const part = withoutChecks(walk, convert !== undefined, () => readFirst(value, level, walk, own));
    if (part === MISFIT) return MISFIT;
    issues.push(...own);
    const goesOn = convert === undefined ? own.every(({ kind }) => kind === 'unknown') : own.length === 0;
    if (!goesOn) return part;
    const converted = convert === undefined ? part : convert(part, level, walk);
    return converted === MISFIT ? MISFIT : readSecond(converted, level, walk, issues);
  };
};

/** While tolerant, a pipe stops at any fault that its first schema found, except unknown keys if it does not convert. */
const withoutChecks = (walk: Walk, noKeys: boolean, read: () => unknown): unknown => {
  if (!walk.tolerant) return read();
  const { continued, continuedByCheck } = walk;
  walk.continued = false;
  walk.continuedByCheck = false;
  const part = read();
  const ends = noKeys ? walk.continued : walk.continuedByCheck;
  walk.continued ||= continued;
  walk.continuedByCheck ||= continuedByCheck;
  return part !== MISFIT && ends ? walk.misfit('refused by a check of the schema') : part;
};

interface PipePart {
  readonly schema: z.ZodType;
  readonly context: ReaderContext;
}

interface PipeParts {
  readonly first: PipePart;
  readonly second: PipePart;
  readonly convert: Read | undefined;
}

const partsOf = (schema: z.ZodType, context: ReaderContext): PipeParts => {
  const { in: wire, out: host, transform, reverseTransform } = defOf(schema);
  const isCodec = transform !== undefined;
  const isDecoding = context.direction === 'decode';
  const convert = isCodec ? createConvert(transform, reverseTransform, isDecoding) : undefined;
  const inner = {
    schema: wire as z.ZodType,
    context: isCodec && !isDecoding ? context.from('codec') : context,
  };
  const outer = {
    schema: host as z.ZodType,
    context: isCodec || holdsCodec(wire as z.ZodType) ? context.from('codec') : secondContext(context),
  };
  return isDecoding ? { first: inner, second: outer, convert } : { first: outer, second: inner, convert };
};

/** The output of the first schema of a pipe is already a copy. */
const secondContext = (context: ReaderContext): ReaderContext =>
  context.origin === 'caller' ? context.from('copied') : context;

/** Converts like zod, with a codec that accepts any value on both sides. */
const createConvert = (decode: unknown, encode: unknown, isDecoding: boolean): Read => {
  const bridge = z.codec(z.any(), z.any(), { decode, encode } as never);
  const run = isDecoding ? z.safeDecode : z.safeEncode;
  return (value, _level, walk) => {
    const result = run(bridge, value as never);
    return result.success ? result.data : walk.misfit(describeIssue(result.error.issues[0]));
  };
};
