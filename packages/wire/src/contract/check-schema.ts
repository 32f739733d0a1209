import type { z } from 'zod';

import { PlugwireUsageError } from '../usage-error.ts';
import { defOf, type SchemaDef } from './schema-def.ts';

/** What the walk over a schema found out about it, and the runtime of its validation depends on. */
export interface SchemaTraits {
  /** Accepts JSON that it does not name (`z.lazy`, `z.unknown`, records, …), so form is walked before validation. */
  readonly openEnded: boolean;
  /** Holds a zod codec, so that host form and wire form differ. */
  readonly hasCodec: boolean;
  /** Holds a number that need not be a safe integer. */
  readonly hasNumber: boolean;
  /** Holds a union, which zod tells apart by reading parts of the value more than once. */
  readonly hasUnion: boolean;
  /** The keys of the root's objects; `undefined` where a codec makes the root, whose host form may be anything. */
  readonly rootKeys: ReadonlySet<string> | undefined;
}

/**
 * Refuses a schema that does not describe the wire exactly: one that would drop keys, change values or wait. What
 * validation passes must be what was sent, or two languages would disagree about what a message means. (`.default()` may
 * fill in a key that is not there; `z.url()` takes blanks off the ends.)
 *
 * Throws {@link PlugwireUsageError} `bad_schema`, naming the place and the way out.
 */
export const checkSchema = (schema: z.ZodType, where: string): SchemaTraits => {
  const walk: Walk = {
    openEnded: false,
    hasCodec: false,
    hasNumber: false,
    hasUnion: false,
    onPath: new Set(),
    done: new Set(),
  };
  try {
    const rootKeys = checkRoot(schema, where);
    visit(schema, where, walk);
    const { openEnded, hasCodec, hasNumber, hasUnion } = walk;
    return { openEnded, hasCodec, hasNumber, hasUnion, rootKeys };
  } catch (error) {
    if (error instanceof PlugwireUsageError) throw error;
    return refuse(
      where,
      'cannot be walked: a getter in it throws, or makes schemas without end',
      'Make each schema once.',
    );
  }
};

interface Walk {
  openEnded: boolean;
  hasCodec: boolean;
  hasNumber: boolean;
  hasUnion: boolean;
  readonly onPath: Set<z.ZodType>;
  readonly done: Set<z.ZodType>;
}

/** Kinds of schema whose values are JSON scalars. */
export const LEAVES: ReadonlySet<string> = new Set([
  'string',
  'number',
  'int',
  'boolean',
  'null',
  'never',
  'enum',
  'template_literal',
]);
const OPEN_LEAVES: ReadonlySet<string> = new Set(['any', 'unknown', 'custom']);
/** Kinds of schema that say something more about their inner one. */
export const WRAPPERS: ReadonlySet<string> = new Set([
  'optional',
  'nullable',
  'nonoptional',
  'readonly',
  'default',
  'prefault',
]);
const NOT_JSON: ReadonlySet<string> = new Set([
  'bigint',
  'date',
  'symbol',
  'undefined',
  'void',
  'nan',
  'map',
  'set',
  'file',
  'function',
  'promise',
]);

const refuse = (where: string, seen: string, advice: string): never => {
  throw new PlugwireUsageError('bad_schema', `${where}: ${seen}. ${advice}`);
};

/** The root must be a strict object (or a union of them), or `_v` would have no place. */
const checkRoot = (schema: z.ZodType, where: string): ReadonlySet<string> | undefined => {
  const isZod = typeof schema === 'object' && schema !== null && typeof schema._zod?.def === 'object';
  if (!isZod) refuse(where, 'is no zod 4 schema', 'Give a z.strictObject({ … }) of zod 4.');
  const keys = new Set<string>();
  for (const root of rootsOf(schema, new Set())) {
    const def = defOf(root);
    if (def.type !== 'object') {
      refuse(
        where,
        `is z.${def.type}, but a message is a JSON object`,
        'Give a z.strictObject({ … }) or a union of them.',
      );
    }
    if (Object.hasOwn(def.shape ?? {}, '_v')) {
      refuse(where, 'names the key "_v", which the envelope needs', 'Choose another key.');
    }
    for (const key of Object.keys(def.shape ?? {})) keys.add(key);
  }
  return isCodecAtRoot(schema) ? undefined : keys;
};

const isCodecAtRoot = (schema: z.ZodType): boolean => {
  const def = defOf(schema);
  return def.type === 'pipe' || (def.innerType !== undefined && isCodecAtRoot(def.innerType));
};

const rootsOf = (schema: z.ZodType, seen: Set<z.ZodType>): z.ZodType[] => {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const def = defOf(schema);
  if (def.type === 'union') return (def.options ?? []).flatMap((option) => rootsOf(option, seen));
  if (def.type === 'lazy' && def.getter) return rootsOf(def.getter(), seen);
  if (def.type === 'readonly' && def.innerType) return rootsOf(def.innerType, seen);
  if (def.type === 'pipe' && def.in) return rootsOf(def.in, seen);
  return [schema];
};

const visit = (schema: z.ZodType, where: string, walk: Walk): void => {
  if (walk.onPath.has(schema)) {
    walk.openEnded = true; // a schema inside itself: as deep as the sender likes
    return;
  }
  if (walk.done.has(schema)) return;
  walk.onPath.add(schema);
  const def = defOf(schema);
  checkValueStaysAsSent(def, where);
  visitParts(def, where, walk);
  walk.onPath.delete(schema);
  walk.done.add(schema);
};

const checkValueStaysAsSent = (def: SchemaDef, where: string): void => {
  if (def.coerce === true) refuse(where, 'coerces its input', 'Name the type that is on the wire.');
  for (const check of def.checks ?? []) {
    const { def: checkDef, check: run } = check._zod;
    if (checkDef.check === 'overwrite') {
      refuse(
        where,
        'changes the value (trim, lower case, overwrite)',
        'Change it before you dispatch, or use z.codec.',
      );
    }
    refuseAsync(checkDef.fn, where);
    refuseAsync(run, where);
  }
  refuseAsync(def.fn, where);
};

/** Finds async functions; one that only returns a promise is found when the sample, or a dispatch, first reaches it. */
const refuseAsync = (check: unknown, where: string): void => {
  if (typeof check !== 'function' || check.constructor.name !== 'AsyncFunction') return;
  refuse(where, 'has an async refinement, and a dispatch cannot wait', 'Make it synchronous.');
};

/** Keys that mean something else to JavaScript than to JSON. */
const MISLEADING_KEYS = ['__proto__', 'toJSON'];

/** Whether a schema of numbers only takes safe integers. */
const isWholeNumber = ({ format, checks = [] }: SchemaDef): boolean =>
  [format, ...checks.map(({ _zod }) => _zod.def.format)].some((name) => name?.includes('int') === true);

const visitParts = (def: SchemaDef, where: string, walk: Walk): void => {
  const { type } = def;
  if (type === 'number' && !isWholeNumber(def)) walk.hasNumber = true;
  if (LEAVES.has(type)) return;
  if (OPEN_LEAVES.has(type)) walk.openEnded = true;
  else if (WRAPPERS.has(type)) visitAll([def.innerType], where, walk);
  else if (type === 'object') visitObject(def, where, walk);
  else if (type === 'record') visitRecord(def, where, walk);
  else if (type === 'array') visitAll([def.element], `${where}[]`, walk);
  else if (type === 'tuple') visitAll([...(def.items ?? []), def.rest], `${where}[]`, walk);
  else if (type === 'union') visitUnion(def, where, walk);
  else if (type === 'intersection') visitAll([def.left, def.right], where, walk);
  else if (type === 'lazy') visitLazy(def, where, walk);
  else if (type === 'pipe') visitPipe(def, where, walk);
  else if (type === 'literal') checkLiteral(def, where);
  else if (type === 'catch') refuse(where, 'hides bad values behind .catch()', 'Let them be refused.');
  else if (type === 'transform') refuse(where, 'is a transform, which only works one way', 'Use z.codec.');
  else if (NOT_JSON.has(type))
    refuse(where, `is z.${type}(), which JSON cannot carry`, 'Wrap it in a z.codec over a JSON type.');
  else
    refuse(
      where,
      `is z.${type}(), which a contract cannot carry`,
      'Use strict objects, arrays, unions and JSON scalars.',
    );
};

const visitAll = (schemas: readonly (z.ZodType | null | undefined)[], where: string, walk: Walk): void => {
  for (const schema of schemas) if (schema) visit(schema, where, walk);
};

const visitObject = (def: SchemaDef, where: string, walk: Walk): void => {
  if (def.catchall === undefined || defOf(def.catchall).type !== 'never') {
    refuse(
      where,
      'is not strict: it drops or passes keys that it does not name',
      'Use z.strictObject({ … }).',
    );
  }
  for (const [key, part] of Object.entries(def.shape ?? {})) visit(part, `${where}.${key}`, walk);
  for (const key of MISLEADING_KEYS) {
    if (Object.hasOwn(def.shape ?? {}, key)) refuse(where, `names the key "${key}"`, 'Choose another key.');
  }
};

const visitRecord = (def: SchemaDef, where: string, walk: Walk): void => {
  if (def.mode === 'loose') refuse(where, 'is a loose record', 'Use z.record(…).');
  // zod's records drop a `__proto__` key without a word: the walk before validation refuses it.
  walk.openEnded = true;
  visitAll([def.keyType, def.valueType], `${where}.*`, walk);
};

const visitUnion = (def: SchemaDef, where: string, walk: Walk): void => {
  walk.hasUnion = true;
  visitAll(def.options ?? [], where, walk);
};

const visitLazy = (def: SchemaDef, where: string, walk: Walk): void => {
  walk.openEnded = true;
  const inner = def.getter?.();
  if (inner === undefined) return;
  if (isAnyJson(inner)) {
    refuse(
      where,
      'is z.json(), which is slow, overflows on deep input and drops "__proto__"',
      'Use jsonValue of @plugwire/wire.',
    );
  }
  visit(inner, where, walk);
};

const JSON_UNION = ['array', 'boolean', 'null', 'number', 'record', 'string'].join();

const isAnyJson = (schema: z.ZodType): boolean => {
  const def = defOf(schema);
  return (
    def.type === 'union' &&
    (def.options ?? [])
      .map((option) => defOf(option).type)
      .toSorted()
      .join() === JSON_UNION
  );
};

const visitPipe = (def: SchemaDef, where: string, walk: Walk): void => {
  if (def.transform !== undefined) {
    walk.hasCodec = true;
    visitAll([def.in], where, walk); // only its wire side is JSON; the host side is the host's own affair
    return;
  }
  if (def.in && def.out && mayPassKeys(def.in) && forgetsKeys(def.out)) {
    refuse(
      where,
      'is a pipe into a union, through which zod lets unknown keys pass and drops them',
      'Use the second schema alone, or .refine() the first.',
    );
  }
  visitAll([def.in, def.out], where, walk);
};

/** Whether zod hands a value with unknown keys on to the second schema of a pipe. */
const mayPassKeys = (schema: z.ZodType): boolean => {
  const def = defOf(schema);
  if (def.type === 'object') return true;
  if (def.type === 'record') return def.keyType?._zod.values !== undefined;
  return partsInPlace(schema).some(mayPassKeys);
};

/** Whether a schema, second in a pipe, forgets what the first one found: a union of several options returns that of its option alone. */
const forgetsKeys = (schema: z.ZodType): boolean => {
  const { type, options = [], discriminator, inclusive, unionFallback } = defOf(schema);
  if (type === 'intersection') return false;
  if (type === 'union' && options.length > 1) {
    if (discriminator === undefined ? inclusive !== false : unionFallback === true) return true;
  }
  return partsInPlace(schema).some(forgetsKeys);
};

/** The schemas that read the same value as the schema itself. */
const partsInPlace = (schema: z.ZodType): readonly z.ZodType[] => {
  const { type, innerType, options = [], left, right, in: first, out } = defOf(schema);
  const inner = type === 'lazy' ? undefined : innerType;
  return [inner, ...options, left, right, first, out].filter((part) => part !== undefined);
};

const checkLiteral = (def: SchemaDef, where: string): void => {
  for (const value of def.values ?? []) {
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) {
      refuse(
        where,
        `is a literal ${typeof value}, which JSON cannot carry`,
        'Use a string, a number, a boolean or null.',
      );
    }
  }
};
