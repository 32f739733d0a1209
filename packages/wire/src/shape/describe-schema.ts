import type { z } from 'zod';

import { isBase64Text } from '../json/base64-bytes.ts';
import { findIntegerBounds, isSafeInteger } from '../json/exact-integer.ts';
import { findPlainJsonTest, jsonValue } from '../json/json-value.ts';
import { PlugwireUsageError } from '../base/usage-error.ts';
import { checkPipe } from './check-pipe.ts';
import type { MemberDescription, MessageDescription, Shape, UnionShape } from './contract-description.ts';
import {
  describeLiteral,
  describeNumber,
  describeString,
  describeTemplate,
  refinedIf,
} from './describe-scalar.ts';
import { nameDefinition, notesOf } from './schema-notes.ts';
import {
  checkLiteral,
  checkObject,
  checkValueStaysAsSent,
  refuseKind,
  refuseSchema,
} from './refuse-schema.ts';
import { defOf, lazyOf, type SchemaDef } from './schema-def.ts';

/** Properties of a schema on which its validation depends. */
interface SchemaTraits {
  /** Whether it accepts JSON that it does not name (`z.lazy`, `z.unknown`, records, …), so depth and `__proto__` keys must be checked. */
  readonly openEnded: boolean;
  /** Whether it contains a codec, so that the host form differs from the wire form. */
  readonly hasCodec: boolean;
  /** Whether it contains a number that need not be a safe integer. */
  readonly hasNumber: boolean;
  /** The keys of the root's objects. `undefined` if the root is a codec, whose host form can be anything. */
  readonly rootKeys: ReadonlySet<string> | undefined;
}

/** The description of a schema, and the properties on which its validation depends. */
export interface DescribedSchema {
  readonly message: MessageDescription;
  readonly traits: SchemaTraits;
}

/**
 * Describes the schema of a message as it is on the wire. Refuses schemas that do not describe the wire exactly, because they drop keys,
 * change values or are async. Otherwise two languages could disagree about the meaning of a message. Two changes are allowed: `.default()`
 * may fill in a missing key, and `z.url()` trims the text.
 *
 * Only this module and the readers in `contract/read/` walk over zod schemas.
 *
 * Throws {@link PlugwireUsageError} `bad_schema`. The message names the place and what to use instead.
 */
export const describeSchema = (schema: z.ZodType, where: string): DescribedSchema => {
  const walk: SchemaWalk = {
    openEnded: false,
    hasCodec: false,
    hasNumber: false,
    onPath: new Set(),
    done: new Map(),
    recursive: new Map(),
    definitions: {},
  };
  try {
    const rootKeys = checkRoot(schema, where);
    const shape = describe(schema, where, walk);
    const { openEnded, hasCodec, hasNumber, definitions } = walk;
    return { message: { shape, definitions }, traits: { openEnded, hasCodec, hasNumber, rootKeys } };
  } catch (error) {
    if (error instanceof PlugwireUsageError) throw error;
    return refuseSchema(
      where,
      'cannot be read: a getter in it throws, or creates new schemas endlessly',
      'Create each schema once.',
    );
  }
};

interface SchemaWalk {
  openEnded: boolean;
  hasCodec: boolean;
  hasNumber: boolean;
  readonly onPath: Set<z.ZodType>;
  readonly done: Map<z.ZodType, Shape>;
  /** Recursive schemas, and the names of their definitions. */
  readonly recursive: Map<z.ZodType, string>;
  readonly definitions: Record<string, Shape>;
}

/** Kinds of schema that wrap another schema. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'optional',
  'nullable',
  'nonoptional',
  'readonly',
  'default',
  'prefault',
]);

/** Checks that the root is an object, or a union of objects, so that `_v` can be added. */
const checkRoot = (schema: z.ZodType, where: string): ReadonlySet<string> | undefined => {
  const isZod = typeof schema === 'object' && schema !== null && typeof schema._zod?.def === 'object';
  if (!isZod) refuseSchema(where, 'is not a zod 4 schema', 'Pass a z.strictObject({ … }) of zod 4.');
  const keys = new Set<string>();
  for (const root of rootsOf(schema, new Set())) {
    const def = defOf(root);
    if (def.type !== 'object') {
      refuseSchema(
        where,
        `is z.${def.type}, but a message is a JSON object`,
        'Use a z.strictObject({ … }) or a union of them.',
      );
    }
    if (Object.hasOwn(def.shape ?? {}, '_v')) {
      refuseSchema(where, 'has the key "_v", which the envelope needs', 'Choose another key.');
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

const describe = (schema: z.ZodType, where: string, walk: SchemaWalk): Shape => {
  if (walk.onPath.has(schema)) {
    walk.openEnded = true; // recursive, so a message can nest to any depth
    return { kind: 'reference', to: nameDefinition(walk.recursive, schema) };
  }
  const known = walk.done.get(schema);
  if (known !== undefined) return known;
  walk.onPath.add(schema);
  const def = defOf(schema);
  checkValueStaysAsSent(def, where);
  const shape = withNotes(describeKind(schema, where, walk), schema);
  walk.onPath.delete(schema);
  const name = walk.recursive.get(schema);
  if (name !== undefined) walk.definitions[name] = shape;
  const described: Shape = name === undefined ? shape : { kind: 'reference', to: name };
  walk.done.set(schema, described);
  return described;
};

/** Adds a schema's own notes. If it has none, the notes of the schema that it wraps are kept. */
const withNotes = (shape: Shape, schema: z.ZodType): Shape => {
  const notes = notesOf(schema);
  return notes === undefined ? shape : { ...shape, ...notes };
};

type Describe = (schema: z.ZodType, def: SchemaDef, where: string, walk: SchemaWalk) => Shape;

const describeKind = (schema: z.ZodType, where: string, walk: SchemaWalk): Shape => {
  const def = defOf(schema);
  if (WRAPPERS.has(def.type)) return describeWrapper(schema, def, where, walk);
  const describeIt = Object.hasOwn(KINDS, def.type) ? KINDS[def.type] : undefined;
  return describeIt === undefined ? refuseKind(def, where) : describeIt(schema, def, where, walk);
};

const KINDS: Readonly<Record<string, Describe>> = {
  string: (schema) => describeString(schema),
  template_literal: (schema) => describeTemplate(schema),
  number: (schema, _def, _where, walk) => {
    const shape = describeNumber(schema);
    if (shape.kind === 'number') walk.hasNumber = true;
    return shape;
  },
  int: (schema) => describeNumber(schema),
  boolean: (_schema, def) => ({ kind: 'boolean', ...ownChecks(def) }),
  null: (_schema, def) => ({ kind: 'null', ...ownChecks(def) }),
  never: () => ({ kind: 'never' }),
  enum: (schema) => describeLiteral(schema),
  literal: (schema, def, where) => {
    checkLiteral(def, where);
    return describeLiteral(schema);
  },
  any: (_schema, def, _where, walk) => describeOpen('json', def, walk),
  unknown: (_schema, def, _where, walk) => describeOpen('json', def, walk),
  custom: (_schema, def, _where, walk) => {
    const bounds = findIntegerBounds(def.fn);
    if (bounds !== undefined) {
      walk.hasNumber = true;
      return { kind: 'integer', minimum: toBound(bounds.minimum), maximum: toBound(bounds.maximum) };
    }
    const test = findPlainJsonTest(def.fn);
    const shape = describeOpen(test === 'object' ? 'json_object' : 'json', def, walk);
    return test === undefined ? { ...shape, refined: true } : shape;
  },
  object: (_schema, def, where, walk) => {
    checkObject(def, where);
    const members = Object.entries(def.shape ?? {}).map(([key, part]) =>
      describeMember(key, part, `${where}.${key}`, walk),
    );
    return { kind: 'object', members, ...ownChecks(def) };
  },
  record: (_schema, def, where, walk) => {
    if (def.mode === 'loose') refuseSchema(where, 'is a loose record', 'Use z.record(…).');
    // zod's records silently drop a `__proto__` key, so the reader must check for it.
    walk.openEnded = true;
    const key = describePart(def.keyType, `${where}.*`, walk);
    const value = describePart(def.valueType, `${where}.*`, walk);
    const isComplete =
      key.kind === 'literal' &&
      def.partial !== true &&
      def.keyType?._zod.values !== undefined &&
      def.valueType?._zod.optin === undefined;
    return { kind: 'record', key: toKey(key), value, isComplete, ...ownChecks(def) };
  },
  array: (_schema, def, where, walk) => {
    const element = describePart(def.element, `${where}[]`, walk);
    return { kind: 'list', element, ...describeLength(def) };
  },
  tuple: (_schema, def, where, walk) => describeTuple(def, where, walk),
  union: (_schema, def, where, walk) => describeUnion(def, where, walk),
  intersection: (_schema, def, where, walk) => ({
    kind: 'intersection',
    parts: [describePart(def.left, where, walk), describePart(def.right, where, walk)],
    ...ownChecks(def),
  }),
  lazy: (schema, def, where, walk) => {
    walk.openEnded = true;
    const inner = def.getter?.();
    if (inner !== undefined && isAnyJson(inner)) {
      refuseSchema(
        where,
        'is z.json(), which is slow, overflows the stack on deep input and drops "__proto__" keys',
        'Use jsonValue of @plugwire/wire.',
      );
    }
    return { ...describePart(inner ?? lazyOf(schema), where, walk), ...ownChecks(def) };
  },
  pipe: (_schema, def, where, walk) => {
    if (def.transform !== undefined) {
      walk.hasCodec = true;
      if (isBase64Text(def.in)) return { kind: 'string', format: 'base64' };
      // Only the wire side is JSON. The host side is not described.
      const wire = describePart(def.in, where, walk);
      return isExactInteger(def) ? wire : { ...wire, refined: true };
    }
    checkPipe(def, where);
    const parts = [describePart(def.in, where, walk), describePart(def.out, where, walk)] as const;
    return { kind: 'intersection', parts, ...ownChecks(def) };
  },
};

const toBound = (value: bigint): number | bigint => (isSafeInteger(value) ? Number(value) : value);

/** Whether a codec is that of `exactInteger`, which accepts everything that its wire side accepts. */
const isExactInteger = (def: SchemaDef): boolean =>
  def.in !== undefined && findIntegerBounds(defOf(def.in).fn) !== undefined;

const describePart = (schema: z.ZodType | null | undefined, where: string, walk: SchemaWalk): Shape =>
  schema ? describe(schema, where, walk) : { kind: 'json' };

/** A key that is a number is written as text. */
const toKey = (key: Shape): Shape =>
  key.kind === 'number' || key.kind === 'integer' ? { kind: 'string', format: 'number', refined: true } : key;

const describeOpen = (kind: 'json' | 'json_object', def: SchemaDef, walk: SchemaWalk): Shape => {
  walk.openEnded = true;
  return { kind, ...ownChecks(def) };
};

/** Marks checks that the description cannot express. */
const ownChecks = ({ checks = [] }: SchemaDef) => refinedIf(checks.length > 0);

const describeLength = ({ checks = [] }: SchemaDef) => {
  let minLength: number | undefined;
  let maxLength: number | undefined;
  let isRefined = false;
  for (const { _zod } of checks) {
    const { check, minimum, maximum, length } = _zod.def;
    if (check === 'min_length') minLength = Math.max(minLength ?? 0, minimum ?? 0);
    else if (check === 'max_length') maxLength = Math.min(maxLength ?? Infinity, maximum ?? Infinity);
    else if (check === 'length_equals') [minLength, maxLength] = [length, length];
    else isRefined = true;
  }
  return {
    ...(minLength === undefined ? {} : { minLength }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...refinedIf(isRefined),
  };
};

/** A tuple whose last items may be missing is a union of one tuple for each length, the shortest first. */
const describeTuple = (def: SchemaDef, where: string, walk: SchemaWalk): Shape => {
  const schemas = def.items ?? [];
  const items = schemas.map((item) => describe(item, `${where}[]`, walk));
  const rest = def.rest ? { rest: describe(def.rest, `${where}[]`, walk) } : {};
  const required = schemas.findLastIndex(({ _zod }) => _zod.optin === undefined) + 1;
  const longest: Shape = { kind: 'tuple', items, ...rest };
  if (required === items.length) return { ...longest, ...ownChecks(def) };
  const shorter = items
    .slice(required)
    .map((_, at): Shape => ({ kind: 'tuple', items: items.slice(0, required + at) }));
  return { kind: 'union', options: [...shorter, longest], ...ownChecks(def) };
};

const describeUnion = (def: SchemaDef, where: string, walk: SchemaWalk): UnionShape => {
  const options = (def.options ?? []).map((option) => describe(option, where, walk));
  const { discriminator, unionFallback, inclusive } = def;
  // With a fallback, zod tries all options if the discriminator selects none.
  const told = discriminator === undefined || unionFallback === true ? {} : { discriminator };
  // In an exclusive union, exactly one option may fit.
  const isRefined = (def.checks ?? []).length > 0 || (discriminator === undefined && inclusive === false);
  return { kind: 'union', ...told, options, ...refinedIf(isRefined) };
};

/** Describes one key. The schema's wrappers say whether it may be missing, and which default it then has. */
const describeMember = (
  key: string,
  schema: z.ZodType,
  where: string,
  walk: SchemaWalk,
): MemberDescription => {
  const shape = describe(schema, where, walk);
  const isRequired = schema._zod.optin === undefined;
  const description = notesOf(schema)?.description;
  return {
    key,
    ...(description === undefined ? {} : { description }),
    presence: isRequired ? 'required' : 'optional',
    ...defaultOf(schema),
    shape,
  };
};

const defaultOf = (schema: z.ZodType): Pick<MemberDescription, 'default'> => {
  const { type, defaultValue, innerType } = defOf(schema);
  if (type === 'default' || type === 'prefault') {
    // The default of a codec is in the host's form, which is not described.
    const read = jsonValue.safeParse(defaultValue);
    return read.success ? { default: read.data } : {};
  }
  return WRAPPERS.has(type) && innerType !== undefined ? defaultOf(innerType) : {};
};

const describeWrapper: Describe = (_schema, def, where, walk) => {
  const inner = describePart(def.innerType, where, walk);
  const shape: Shape = def.type === 'nullable' ? { kind: 'nullable', inner } : inner;
  return (def.checks ?? []).length > 0 ? { ...shape, refined: true } : shape;
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
