import { z } from 'zod';

import { jsonObject, jsonValue } from '../../../json/json-value.ts';
import type { Random } from './random.ts';

/** A schema, and values that mostly fit it. */
export interface Sampled {
  readonly schema: z.ZodType;
  make(random: Random): unknown;
}

const KEYS = ['a', 'b', 'kind', '1', 'constructor', 'é'] as const;

const sampled = (schema: z.ZodType, make: Sampled['make']): Sampled => ({ schema, make });

const TEXTS = [
  '',
  'a',
  'abc',
  'b',
  '12',
  '1.5',
  '-3',
  '😀',
  'x'.repeat(12),
  'http://a.b/c',
  ' http://a.b ',
  'a@b.co',
];
const NUMBERS = [0, -0, 1, 2, -1, 1.5, 0.1, 10, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e300];

const LEAVES: readonly (() => Sampled)[] = [
  () => sampled(z.string(), (random) => random.pick(TEXTS)),
  () => sampled(z.string().min(1).max(3), (random) => random.pick(TEXTS)),
  () => sampled(z.string().length(1), (random) => random.pick(TEXTS)),
  () =>
    sampled(
      z
        .string()
        .max(2)
        .regex(/^[a-c]*$/),
      (random) => random.pick(TEXTS),
    ),
  () => sampled(z.string().regex(/^\d+$/g), (random) => random.pick(TEXTS)),
  () =>
    sampled(
      z
        .string()
        .min(2, { abort: true })
        .refine((text) => text.startsWith('a')),
      (random) => random.pick(TEXTS),
    ),
  () => sampled(z.string().startsWith('a').endsWith('c').includes('b'), (random) => random.pick(TEXTS)),
  () => sampled(z.url(), (random) => random.pick(TEXTS)),
  () => sampled(z.email(), (random) => random.pick(TEXTS)),
  () => sampled(z.guid(), (random) => random.pick(['00000000-0000-4000-8000-000000000001', 'a', 1])),
  () => sampled(z.base64(), (random) => random.pick(['', 'YQ==', 'YQ=', 'é'])),
  () => sampled(z.iso.datetime(), (random) => random.pick(['2020-01-01T00:00:00Z', '2020-02-30T00:00:00Z'])),
  () => sampled(z.number(), (random) => random.pick(NUMBERS)),
  () => sampled(z.int(), (random) => random.pick(NUMBERS)),
  () => sampled(z.int().min(0).max(0xffff), (random) => random.pick(NUMBERS)),
  () => sampled(z.int32(), (random) => random.pick(NUMBERS)),
  () => sampled(z.uint32(), (random) => random.pick(NUMBERS)),
  () => sampled(z.float32(), (random) => random.pick(NUMBERS)),
  () => sampled(z.number().gt(0).lt(10).multipleOf(0.1), (random) => random.pick(NUMBERS)),
  () => sampled(z.boolean(), (random) => random.isHit(0.5)),
  () => sampled(z.null(), () => null),
  () => sampled(z.never(), () => null),
  () => sampled(z.literal('a'), () => 'a'),
  () =>
    sampled(z.literal(['a', 1, null, true, 'b', -0]), (random) => random.pick(['a', 1, null, true, 'b', 0])),
  () => sampled(z.enum(['a', 'b', 'c']), (random) => random.pick(['a', 'b', 'c'])),
  () =>
    sampled(z.templateLiteral(['v', z.int(), z.enum(['a', 'b'])]), (random) =>
      random.pick(['v1a', 'v-2b', 'v1.5a', 'v']),
    ),
  () => sampled(z.any(), jsonOf),
  () => sampled(z.unknown(), jsonOf),
  () => sampled(jsonValue, jsonOf),
  () => sampled(jsonObject, (random) => ({ a: jsonOf(random) })),
  () =>
    sampled(
      z.custom<number>((value) => typeof value === 'number'),
      (random) => random.below(9),
    ),
];

/** A small value of any JSON. */
const jsonOf = (random: Random, depth = 2): unknown => {
  const kind = random.below(depth > 0 ? 7 : 5);
  if (kind === 0) return null;
  if (kind === 1) return random.isHit(0.5);
  if (kind === 2) return random.pick(NUMBERS);
  if (kind <= 4) return random.pick(TEXTS);
  const parts = Array.from({ length: random.below(3) }, () => jsonOf(random, depth - 1));
  return kind === 5 ? parts : Object.fromEntries(parts.map((part) => [random.pick(KEYS), part]));
};

/**
 * Which schemas are created. `plain`: without codecs. `codecs`: all. `encodable`: without checks on lists and objects, because there zod
 * differs when it encodes: it reads such values once without checks, which is stricter than the schema, and then ignores some checks.
 */
export type SchemaSet = 'plain' | 'codecs' | 'encodable';

/** Creates a random schema of a set. */
export const randomSchema = (random: Random, set: SchemaSet = 'plain', depth = 3): Sampled => {
  if (depth === 0 || random.isHit(0.15)) return random.pick(LEAVES)();
  const made = random.pick(KINDS[set])(random, () => randomSchema(random, set, depth - 1));
  return set !== 'encodable' && random.isHit(0.15) ? refined(made, random) : made;
};

type Kind = (random: Random, inner: () => Sampled) => Sampled;

const refined = ({ schema, make }: Sampled, random: Random): Sampled => {
  const refuses = random.below(4);
  const isRefused = (value: unknown): boolean => JSON.stringify(value)?.length % 4 === refuses;
  const when = random.isHit(0.2) ? { when: () => true } : {};
  return random.isHit(0.7)
    ? sampled(
        schema.refine((value) => !isRefused(value), { abort: random.isHit(0.3), ...when }),
        make,
      )
    : sampled(
        schema.superRefine((value, context) => {
          if (isRefused(value)) context.addIssue({ code: 'custom', message: 'no' });
        }),
        make,
      );
};

const objectOf = (
  random: Random,
  inner: () => Sampled,
  fixed: Readonly<Record<string, Sampled>> = {},
): Sampled => {
  const parts: Record<string, Sampled> = { ...fixed };
  for (let count = random.below(4); count > 0; count -= 1) {
    const key = random.pick(KEYS);
    if (!Object.hasOwn(parts, key)) parts[key] = random.isHit(0.3) ? optional(random, inner) : inner();
  }
  const shape = Object.fromEntries(Object.entries(parts).map(([key, { schema }]) => [key, schema]));
  return sampled(z.strictObject(shape), (values) => {
    const made: Record<string, unknown> = {};
    for (const [key, part] of Object.entries(parts)) {
      if (part.schema._zod.optin !== undefined && values.isHit(0.4)) continue;
      const value = part.make(values);
      if (value !== undefined) made[key] = value;
    }
    return made;
  });
};

const optional = (random: Random, inner: () => Sampled): Sampled => {
  const { schema, make } = inner();
  const wrap = random.below(6);
  if (wrap === 0) return sampled(z.exactOptional(schema), make);
  if (wrap === 1) return sampled(schema.default('fallback' as never), make);
  if (wrap === 2) return sampled(schema.prefault('a' as never), make);
  if (wrap === 3) return sampled(schema.default(1 as never).optional(), make);
  if (wrap === 4) return sampled(schema.nullish(), (values) => (values.isHit(0.3) ? null : make(values)));
  return sampled(schema.optional(), make);
};

const union = (random: Random, inner: () => Sampled): Sampled => {
  const options = Array.from({ length: 1 + random.below(3) }, () =>
    random.isHit(0.4) ? objectOf(random, inner) : inner(),
  );
  const schemas = options.map(({ schema }) => schema) as [z.ZodType, ...z.ZodType[]];
  return sampled(z.union(schemas), (values) => values.pick(options).make(values));
};

const exclusive: Kind = (random, inner) => {
  const options = [inner(), inner(), inner()].slice(random.below(2));
  const schemas = options.map(({ schema }) => schema) as [z.ZodType, ...z.ZodType[]];
  return sampled(z.xor(schemas), (values) => values.pick(options).make(values));
};

const discriminated = (random: Random, inner: () => Sampled): Sampled => {
  const options = ['x', 'y', 1].slice(0, 1 + random.below(3)).map((told) => {
    const kind = sampled(z.literal(told), () => told);
    return objectOf(random, inner, { kind });
  });
  const schemas = options.map(({ schema }) => schema) as unknown as [z.ZodObject, ...z.ZodObject[]];
  const schema = z.discriminatedUnion('kind', schemas, { unionFallback: random.isHit(0.3) });
  return sampled(schema, (values) => values.pick(options).make(values));
};

/** A side of an intersection. Values may also have the keys of the other side. */
const side: Kind = (random, inner) =>
  random.pick([objectOf, objectOf, union, discriminated, record, record, wrapper, intersection])(
    random,
    inner,
  );

const intersection: Kind = (random, inner) => {
  const left = random.isHit(0.8) ? side(random, inner) : inner();
  const right = random.isHit(0.8) ? side(random, inner) : inner();
  return sampled(z.intersection(left.schema, right.schema), (values) => {
    const [one, other] = [left.make(values), right.make(values)];
    return isObject(one) && isObject(other) ? { ...one, ...other } : values.pick([one, other]);
  });
};

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const KEY_SCHEMAS: readonly (() => Sampled)[] = [
  () => sampled(z.string(), (random) => random.pick(KEYS)),
  () => sampled(z.string().max(1), (random) => random.pick(KEYS)),
  () => sampled(z.number(), (random) => random.pick(['1', '1.5', '-2', 'a'])),
  () => sampled(z.int().min(0), (random) => random.pick(['1', '0', '-2', '1e3'])),
  () => sampled(z.string().regex(/^[a-z]+$/), (random) => random.pick(KEYS)),
  () => sampled(z.enum(['a', 'b']), (random) => random.pick(['a', 'b'])),
  () => sampled(z.literal(['a', 1]), (random) => random.pick(['a', '1'])),
  () => sampled(z.union([z.literal('a'), z.string().regex(/^x/)]), (random) => random.pick(['a', 'xy'])),
];

const record: Kind = (random, inner) => {
  const key = random.pick(KEY_SCHEMAS)();
  const value = random.isHit(0.2) ? optional(random, inner) : inner();
  const isPartial = key.schema._zod.values !== undefined && random.isHit(0.5);
  const schema = isPartial
    ? z.partialRecord(key.schema as never, value.schema)
    : z.record(key.schema as never, value.schema);
  return sampled(schema, (values) => {
    const entries = Array.from(
      { length: values.below(4) },
      () => [key.make(values), value.make(values)] as const,
    );
    return Object.fromEntries(entries.filter(([, part]) => part !== undefined));
  });
};

const anyList: Kind = (_random, inner) => {
  const { schema, make } = inner();
  return sampled(z.array(schema), (values) => Array.from({ length: values.below(4) }, () => make(values)));
};

const list: Kind = (random, inner) => {
  const { schema, make } = inner();
  const array = z.array(schema);
  const limited = random.pick([array, array, array.min(1), array.max(2), array.length(2), array.nonempty()]);
  return sampled(limited, (values) => Array.from({ length: values.below(4) }, () => make(values)));
};

const tuple: Kind = (random, inner) => {
  const items = Array.from({ length: random.below(4) }, () =>
    random.isHit(0.4) ? optional(random, inner) : inner(),
  );
  const rest = random.isHit(0.4) ? inner() : undefined;
  const schemas = items.map(({ schema }) => schema) as [];
  const schema = rest === undefined ? z.tuple(schemas) : z.tuple(schemas, rest.schema as never);
  return sampled(schema, (values) => {
    const made = items.slice(0, items.length - values.below(2)).map(({ make }) => make(values));
    return rest === undefined
      ? made
      : [...made, ...Array.from({ length: values.below(3) }, () => rest.make(values))];
  });
};

const wrapper: Kind = (random, inner) => {
  const { schema, make } = random.isHit(0.5) ? objectOf(random, inner) : inner();
  const wrapped = random.pick([
    () => schema.nullable(),
    () => schema.readonly(),
    () => z.nonoptional(schema.optional()),
    () => z.lazy(() => schema),
    () => schema.optional(),
    () => schema.default('fallback' as never),
  ])();
  return sampled(wrapped, make);
};

const pipe: Kind = (random, inner) => {
  const first = random.isHit(0.6) ? objectOf(random, inner) : inner();
  const second = random.isHit(0.5) ? first : random.isHit(0.5) ? objectOf(random, inner) : inner();
  return sampled(z.pipe(first.schema, second.schema as never), first.make);
};

const recursive: Kind = (random, inner) => {
  const leaf = inner();
  const tree: z.ZodType = z.strictObject({
    leaf: leaf.schema,
    get next() {
      return z.optional(tree);
    },
    get all() {
      return z.array(z.union([tree, z.string()])).optional();
    },
  });
  const make = (values: Random, depth = 2): unknown => ({
    leaf: leaf.make(values),
    ...(values.isHit(0.5) && depth > 0 ? { next: make(values, depth - 1) } : {}),
    ...(values.isHit(0.5) && depth > 0 ? { all: [make(values, depth - 1), 'a'] } : {}),
  });
  return sampled(tree, (values) => make(values));
};

/** Decodes a string for a codec, or adds an issue. */
const parsed = (text: string, context: { readonly issues: unknown[] }): never => {
  try {
    return JSON.parse(text) as never;
  } catch {
    context.issues.push({ code: 'custom', input: text, message: 'no JSON' });
    return z.NEVER;
  }
};

/** Codecs whose host side is not JSON, or is JSON with a less strict schema. */
const codec: Kind = (random, inner) => {
  const { schema, make } = inner();
  return random.pick<() => Sampled>([
    () =>
      sampled(
        z.codec(z.string(), z.date(), {
          decode: (text) => new Date(text),
          encode: (date) => date.toISOString(),
        }),
        (values) => values.pick(['2020-01-01T00:00:00.000Z', 'no date', 1]),
      ),
    () =>
      sampled(
        z.codec(z.string(), schema, { decode: parsed, encode: (value) => JSON.stringify(value) ?? 'null' }),
        (values) => JSON.stringify(make(values) ?? null),
      ),
    () =>
      sampled(
        z.codec(z.array(z.tuple([z.string(), schema])), z.map(z.string(), schema as never), {
          decode: (entries) => new Map(entries) as never,
          encode: (map) => [...(map as ReadonlyMap<string, unknown>)] as never,
        }),
        (values) => [[values.pick(KEYS), make(values) ?? null]],
      ),
    () =>
      sampled(
        z.codec(
          z.record(z.string(), z.unknown()),
          random.pick([
            z.object({ a: schema.optional() }),
            z.looseObject({ a: z.unknown() }),
            z.object({}).catchall(schema),
          ]),
          {
            decode: (value) => value as never,
            encode: (value) => value as never,
          },
        ),
        (values) => ({ a: make(values) ?? null }),
      ),
  ])();
};

const ALWAYS: readonly Kind[] = [
  objectOf,
  objectOf,
  tuple,
  record,
  union,
  discriminated,
  intersection,
  wrapper,
];

const KINDS: Readonly<Record<SchemaSet, readonly Kind[]>> = {
  plain: [...ALWAYS, list, pipe, recursive, exclusive],
  codecs: [...ALWAYS, list, pipe, recursive, exclusive, codec, codec],
  encodable: [...ALWAYS, anyList, codec, codec],
};

/** Returns a copy of a value that differs in one or more places. */
export const mutate = (random: Random, value: unknown): unknown => {
  if (random.isHit(0.25)) return jsonOf(random);
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => (random.isHit(0.4) ? mutate(random, item) : item));
    if (random.isHit(0.3)) items.push(jsonOf(random));
    return random.isHit(0.2) ? items.slice(1) : items;
  }
  if (!isObject(value)) return jsonOf(random);
  const entries = Object.entries(value).map(([key, part]: [string, unknown]) => [
    random.isHit(0.1) ? random.pick(KEYS) : key,
    random.isHit(0.4) ? mutate(random, part) : part,
  ]);
  if (random.isHit(0.4)) entries.push([random.pick(KEYS), jsonOf(random)]);
  return Object.fromEntries(random.isHit(0.25) ? entries.slice(1) : entries);
};
