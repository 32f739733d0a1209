import {
  defineWireFunction,
  exactInteger,
  i64,
  jsonObject,
  jsonValue,
  u64,
  type WireFunction,
} from '@plugwire/wire';
import { z } from 'zod';

interface Tree {
  readonly label: string;
  readonly children: readonly Tree[];
}
const tree: z.ZodType<Tree> = z
  .strictObject({ label: z.string(), children: z.array(z.lazy(() => tree)) })
  .meta({ id: 'Tree' }) as never;

interface Chain {
  readonly value: number;
  readonly next: Chain | null;
}
const chain: z.ZodType<Chain> = z
  .strictObject({ value: z.int32(), next: z.lazy(() => chain).nullable() })
  .meta({ id: 'Chain' }) as never;

const circle = z.strictObject({ shape: z.literal('circle'), radius: z.number().min(0) });
const square = z.strictObject({ side: z.uint32(), shape: z.literal('square') });
const nothing = z.strictObject({ shape: z.literal('nothing') });
const figure = z.discriminatedUnion('shape', [z.discriminatedUnion('shape', [circle, square]), nothing]);

const numbers = z.strictObject({
  small: z.int().min(-5).max(300),
  byte: z.int().min(0).max(255),
  int32: z.int32(),
  uint32: z.uint32(),
  safe: z.int(),
  int64: i64,
  uint64: u64,
  narrow64: exactInteger(-(2n ** 60n), 2n ** 60n),
  double: z.number(),
  ratio: z.number().min(0).lt(1),
});

/** Keys that are keywords of the languages, names of the kits, or not valid names. */
const names = z.strictObject({
  type: z.string(),
  func: z.string(),
  fn: z.string(),
  class: z.string(),
  self: z.string(),
  default: z.string(),
  int: z.string(),
  String: z.string(),
  'with-dash': z.string(),
  with_dash: z.string(),
  withDash: z.string(),
  '1st': z.string(),
  '': z.string(),
  'a "quoted" \\ key': z.string(),
  'Schlüssel 🔑': z.string(),
});

const optionals = z.strictObject({
  required: z.string(),
  nullable: z.string().nullable(),
  optional: z.string().optional(),
  nullish: z.int32().nullish(),
  withDefault: z.array(z.string()).default(['a', 'b']),
  nullByDefault: z.boolean().nullable().default(null),
  optionalObject: z.strictObject({}).optional(),
  optionalLiteral: z.literal('only').optional(),
});

const unions = z.strictObject({
  figure,
  figures: z.array(figure),
  plain: z.union([z.string(), z.number(), z.null(), z.array(z.boolean())]),
  objects: z.union([
    z.strictObject({ left: z.string() }),
    z.strictObject({ right: z.string(), more: z.int().optional() }),
  ]),
  mixed: z.literal(['auto', 7, true, null]),
  color: z.enum(['red', 'dark-blue', '']),
});

const collections = z.strictObject({
  lists: z.array(z.array(z.strictObject({ x: z.number(), y: z.number() }))),
  record: z.record(z.string(), z.int()),
  listed: z.record(z.enum(['a', 'b']), z.boolean()),
  pair: z.tuple([z.string(), z.int32()]),
  rest: z.tuple([z.literal('v'), z.nullable(z.number())], z.string()),
  any: jsonValue,
  object: jsonObject,
  trees: z.array(tree),
  chain,
});

const wide = z.strictObject(
  Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`field_${at}`, z.boolean()])),
);

const message = (inner: z.ZodType) =>
  z.strictObject({
    kind: z.literal('rich'),
    numbers: numbers.describe('Every kind of number. */ "quoted"\nand a second line'),
    names,
    optionals,
    unions,
    collections,
    empty: z.strictObject({}),
    inner,
    nothing: z.null(),
  });
const innerOne = z.strictObject({ deep: z.strictObject({ key: z.string() }) });
const innerTwo = z.strictObject({ deep: z.strictObject({ key: z.string(), added: z.boolean() }) });

const sample = {
  kind: 'rich' as const,
  numbers: {
    small: -5,
    byte: 255,
    int32: -(2 ** 31),
    uint32: 2 ** 32 - 1,
    safe: Number.MAX_SAFE_INTEGER,
    int64: -(2n ** 63n),
    uint64: 2n ** 64n - 1n,
    narrow64: 2n ** 60n,
    double: 1e-7,
    ratio: 0.1,
  },
  names: Object.fromEntries(Object.keys(names.shape).map((key) => [key, `of ${key}`])),
  optionals: {
    required: 'é\u0001"\\/\n',
    nullable: null,
    nullish: null,
    withDefault: ['c'],
    nullByDefault: null,
  },
  unions: {
    figure: { shape: 'square', side: 3 },
    figures: [{ shape: 'circle', radius: 1.5 }, { shape: 'nothing' }],
    plain: [true, false],
    objects: { right: 'r', more: -1 },
    mixed: 7,
    color: 'dark-blue',
  },
  collections: {
    lists: [[{ x: 0, y: -1.25 }], []],
    record: { one: 1, '2': 2 },
    listed: { a: true, b: false },
    pair: ['p', -1],
    rest: ['v', null, 'x', 'y'],
    any: { any: [1, 'two', null] },
    object: { claims: { admin: false } },
    trees: [{ label: 'root', children: [{ label: 'leaf', children: [] }] }],
    chain: { value: 1, next: { value: 2, next: null } },
  },
  empty: {},
  nothing: null,
};
const one = { ...sample, inner: { deep: { key: 'k' } } };
const two = { ...sample, inner: { deep: { key: 'k', added: true } } };

/**
 * Contracts with every kind of shape. Responses have the shape of requests, so the plugin of each language is an echo: it reads a request
 * into its types and writes them back.
 */
export const richContracts: readonly WireFunction[] = [
  defineWireFunction({
    name: 'echo_rich',
    description: 'Returns its request.',
    fallback: 'silent_skip',
    request: message(innerOne),
    response: message(innerOne),
    sample: { request: one as never, response: one as never },
  }).next({
    request: message(innerTwo),
    response: message(innerTwo),
    downgradeRequest: (request) => ({ ...request, inner: one.inner }) as never,
    upgradeResponse: (response) => ({ ...response, inner: two.inner }) as never,
    sample: { request: two as never, response: two as never },
  }),
  defineWireFunction({
    name: 'echo_wide',
    fallback: 'silent_skip',
    request: wide,
    response: wide,
    sample: {
      request: Object.fromEntries(Object.keys(wide.shape).map((key, at) => [key, at % 2 === 0])),
      response: Object.fromEntries(Object.keys(wide.shape).map((key, at) => [key, at % 3 === 0])),
    },
  }),
  defineWireFunction({
    name: 'echo_figure',
    fallback: 'silent_skip',
    request: figure,
    response: figure,
    sample: { request: { shape: 'nothing' }, response: { shape: 'circle', radius: 0 } },
  }),
];
