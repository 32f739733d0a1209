import type { z } from 'zod';

import { defOf } from '../../shape/schema-def.ts';
import { copyForm } from './open-form.ts';
import type { KeyIssue, Read, Reader, ReaderContext, ReadSide } from './reader.ts';
import { isObject } from './value-kinds.ts';
import { MISFIT, type Walk } from './walk.ts';

/** Creates the reader of a union: `z.union`, `z.discriminatedUnion` or `z.xor`. */
export const createUnionReader = (schema: z.ZodType, context: ReaderContext): Reader => {
  const { options = [], discriminator, inclusive } = defOf(schema);
  if (discriminator !== undefined) return { read: createToldReader(schema, discriminator, context) };
  const [only] = options;
  if (options.length === 1 && only !== undefined) return context.readerOf(only);
  const tried = triedContext(context);
  const readers = options.map((option) => tried.readerOf(option));
  const reads = readers.map(({ read }) => read);
  const read = copyFirst(inclusive === false ? readOne(reads) : readFirst(reads), context);
  if (inclusive === false || readers.some(({ fits }) => fits === undefined)) return { read };
  return { read, fits: (variable) => `(${readers.map(({ fits }) => fits?.(variable)).join(' || ')})` };
};

/** Creates the reader of a union that is a side of an intersection. If only one option comes close, its faults of keys are reported. */
export const createUnionSide = (schema: z.ZodType, context: ReaderContext): ReadSide | undefined => {
  const { options = [], discriminator, inclusive } = defOf(schema);
  if (discriminator !== undefined) return createToldSide(schema, discriminator, context);
  const [only] = options;
  if (options.length === 1 && only !== undefined) return context.sideOf(only);
  if (inclusive === false) return undefined;
  const sides = options.map((option) => context.sideOf(option));
  return (value, level, walk, issues) => readClosest(sides, value, level, walk, issues);
};

/** Each option reads the value, so a caller's value is copied first. */
const triedContext = (context: ReaderContext): ReaderContext =>
  context.origin === 'caller' ? context.from('copied') : context;

const copyFirst = (read: Read, context: ReaderContext): Read => {
  if (context.origin !== 'caller') return read;
  return (value, level, walk) => {
    const copy = copyForm(value, level, walk);
    return copy === MISFIT ? MISFIT : read(copy, level, walk);
  };
};

const NONE = 'fits none of the options';

const readFirst =
  (reads: readonly Read[]): Read =>
  (value, level, walk) => {
    if (walk.tolerant) {
      const sides = reads.map((read): ReadSide => read);
      return readClosest(sides, value, level, walk, []);
    }
    for (const read of reads) {
      const part = walk.spend(1) ? MISFIT : read(value, level, walk);
      if (part !== MISFIT || walk.isOver) return part;
    }
    return walk.misfit(NONE);
  };

const readOne =
  (reads: readonly Read[]): Read =>
  (value, level, walk) => {
    let found: unknown = MISFIT;
    for (const read of reads) {
      const part = walk.spend(1) ? MISFIT : walk.strictly(() => read(value, level, walk));
      if (walk.isOver) return MISFIT;
      if (part === MISFIT) continue;
      if (found !== MISFIT) return walk.misfit('fits more than one of the options');
      found = part;
    }
    return found === MISFIT ? walk.misfit(NONE) : found;
  };

/**
 * Returns the result of the first option that fits. If none fits, and exactly one has no other faults than failed checks and unknown keys,
 * that option is used with its faults, as zod does: the other side of an intersection may accept the keys.
 */
const readClosest = (
  sides: readonly ReadSide[],
  value: unknown,
  level: number,
  walk: Walk,
  issues: KeyIssue[],
): unknown => {
  const outer = {
    tolerant: walk.tolerant,
    continued: walk.continued,
    continuedByCheck: walk.continuedByCheck,
  };
  const close: Close[] = [];
  for (const read of sides) {
    if (walk.spend(1)) return MISFIT;
    walk.tolerant = true;
    walk.continued = false;
    walk.continuedByCheck = false;
    const own: KeyIssue[] = [];
    const part = read(value, level, walk, own);
    const { continued, continuedByCheck } = walk;
    Object.assign(walk, outer);
    if (walk.isOver) return MISFIT;
    if (part === MISFIT) continue;
    if (!continued && own.length === 0) return part;
    if (own.every(({ kind }) => kind === 'unknown'))
      close.push({ part, issues: own, continued, continuedByCheck });
  }
  const [closest] = close;
  if (closest === undefined || close.length > 1) return walk.misfit(NONE);
  issues.push(...closest.issues);
  if (!closest.continued) return closest.part;
  if (!walk.tolerant) return walk.misfit(NONE);
  walk.continued = true;
  walk.continuedByCheck ||= closest.continuedByCheck;
  return closest.part;
};

interface Close {
  readonly part: unknown;
  readonly issues: readonly KeyIssue[];
  readonly continued: boolean;
  readonly continuedByCheck: boolean;
}

/** Maps the values of the discriminator to the options. Throws for a union that zod cannot use either. */
const mapOptions = (schema: z.ZodType, key: string): ReadonlyMap<unknown, z.ZodType | undefined> => {
  const options = new Map<unknown, z.ZodType | undefined>();
  for (const option of defOf(schema).options ?? []) {
    const values = propertyValues(option)?.[key];
    if (values === undefined || values.size === 0) throw new Error('an option without its discriminator');
    for (const value of values) {
      if (value !== undefined && options.has(value))
        throw new Error('two options with the same discriminator');
      // If two options may leave out the key, its absence does not select either.
      options.set(value, options.has(value) ? undefined : option);
    }
  }
  return options;
};

const propertyValues = (schema: z.ZodType): Readonly<Record<string, ReadonlySet<unknown>>> | undefined =>
  (schema._zod as { readonly propValues?: Record<string, ReadonlySet<unknown>> }).propValues;

/** One object for each option of a discriminated union, found by the value of the discriminator. */
interface Told<Made> {
  find(told: unknown): Made | undefined;
  /** Whether all options are tried if the discriminator selects none. */
  readonly triesAll: boolean;
}

const createTold = <Made>(
  schema: z.ZodType,
  key: string,
  { direction }: ReaderContext,
  make: (option: z.ZodType) => Made,
): Told<Made> => {
  const made = new Map<unknown, Made>();
  for (const [value, option] of mapOptions(schema, key))
    if (option !== undefined) made.set(value, make(option));
  const isEncoding = direction === 'encode';
  return {
    find: (told) => (told === undefined && isEncoding ? undefined : made.get(told)),
    triesAll: isEncoding || defOf(schema).unionFallback === true,
  };
};

const createToldReader = (schema: z.ZodType, key: string, context: ReaderContext): Read => {
  const { options = [] } = defOf(schema);
  const isCallers = context.origin === 'caller';
  if (isCallers) context.toldKeys.add(key);
  const { find, triesAll } = createTold(schema, key, context, (option) => context.readerOf(option).read);
  const tried = triedContext(context);
  const readOther = triesAll
    ? copyFirst(readFirst(options.map((option) => tried.readerOf(option).read)), context)
    : undefined;
  return (value, level, walk) => {
    if (!isObject(value)) return walk.misfit('expected object');
    const told = value[key];
    const read = find(told);
    if (read !== undefined) {
      if (isCallers) walk.tell(value, key, told);
      return read(value, level, walk);
    }
    return readOther === undefined ? noOption(key, walk) : readOther(value, level, walk);
  };
};

const createToldSide = (schema: z.ZodType, key: string, context: ReaderContext): ReadSide => {
  const { options = [] } = defOf(schema);
  const { find, triesAll } = createTold(schema, key, context, (option) => context.sideOf(option));
  const others = triesAll ? options.map((option) => context.sideOf(option)) : undefined;
  return (value, level, walk, issues) => {
    if (!isObject(value)) return walk.misfit('expected object');
    const side = find(value[key]);
    if (side !== undefined) return side(value, level, walk, issues);
    return others === undefined ? noOption(key, walk) : readClosest(others, value, level, walk, issues);
  };
};

const noOption = (key: string, walk: Walk): typeof MISFIT => {
  walk.misfit(NONE);
  return walk.under(`.${key}`);
};
