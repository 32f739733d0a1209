import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { jsonValue } from '../../json/json-value.ts';
import { createMessageSchema } from '../message-schema.ts';
import { createReader } from './create-reader.ts';
import { MOST_PATTERN_CHARACTERS } from './string-costs.ts';
import { MISFIT, Walk } from './walk.ts';

const MANY = 300_000;
/** How many values may be read after the first fault: one block of a list. */
const ONE_BLOCK = 1_000;

const many = (value: unknown, last: readonly unknown[] = []): unknown[] => [
  ...Array.from({ length: MANY }, () => value),
  ...last,
];
const keys = (count: number, value: unknown): object =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`key ${at}`, value]));

/** Reads a value as a plugin's answer, and returns how many values were read. */
const read = (schema: z.ZodType, value: unknown, timeLeft?: () => number) => {
  const walk = new Walk(timeLeft);
  const result = createReader(schema, { direction: 'decode', origin: 'ours', namesProto: false })(
    value,
    1,
    walk,
  );
  return {
    fits: result !== MISFIT,
    values: walk.values,
    reason: walk.reason,
    at: `${walk.path}: ${walk.text}`,
  };
};

const option = (key: string): z.ZodType => z.strictObject({ a: z.string(), [key]: z.int() });
const objects = z.union([option('b'), option('c'), option('d'), option('e')]);
const told = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('x'), a: z.int() }),
  z.strictObject({ kind: z.literal('y'), a: z.string() }),
]);
const tree: z.ZodType = z.strictObject({
  get all() {
    return z.array(z.union([tree, z.null()])).optional();
  },
});
const nested = (levels: number, core: unknown): unknown => {
  let value = core;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
};

describe('reading stops at the first fault, whatever comes after it,', () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ['wrong elements', z.array(z.string()), many(1), '[]: expected string'],
    ['a nullable string', z.array(z.string().nullable()), many(1), '[]: expected string or null'],
    [
      'a nullable string that is too long',
      z.array(z.string().max(1).nullable()),
      many('ab'),
      '[]: expected at most 1 (string)',
    ],
    [
      'a nullable object with a wrong property',
      z.array(z.strictObject({ a: z.string() }).nullable()),
      many({ a: 1 }),
      '[].a: expected string',
    ],
    [
      'a nullable and optional property',
      z.array(z.strictObject({ a: z.number().nullish() })),
      many({ a: '' }),
      '[].a: expected number or null',
    ],
    [
      'a union of scalars',
      z.array(z.union([z.string(), z.boolean(), z.null()])),
      many(1),
      '[]: fits none of the options',
    ],
    ['a union of four objects', z.array(objects), many({ a: '', b: '' }), '[]: fits none of the options'],
    [
      'nested unions',
      z.array(z.union([z.union([objects, z.null()]), z.int()])),
      many({ a: 1 }),
      '[]: fits none of the options',
    ],
    [
      'an exclusive union',
      z.array(z.xor([z.int(), z.number()])),
      many(1),
      '[]: fits more than one of the options',
    ],
    [
      'a discriminated union without a match',
      z.array(told),
      many({ kind: 'z' }),
      '[].kind: fits none of the options',
    ],
    ['a tuple with a rest', z.tuple([z.string()], z.string()), ['', ...many(1)], '[]: expected string'],
    ['a list that is too long', z.array(z.string()).max(10), many('a'), ': expected at most 10 (array)'],
    ['a check of each element', z.array(z.string().min(2)), many(''), '[]: expected at least 2 (string)'],
    [
      'a refinement',
      z.array(z.int().refine((value) => value > 1)),
      many(1),
      '[]: refused by a check of the schema',
    ],
    ['recursion', tree, { all: many({ all: 1 }) }, '.all[]: fits none of the options'],
    ['any JSON', z.array(jsonValue), many(Number.NaN), '[]: refused by a check of the schema'],
    [
      'template literals',
      z.array(z.templateLiteral(['v', z.int()])),
      many('w'),
      '[]: expected the format template_literal',
    ],
    ['a million empty objects', z.array(z.strictObject({ a: z.int() })), many({}), '[].a: expected number'],
    [
      'an intersection',
      z.array(z.intersection(option('b'), z.strictObject({ c: z.int() }))),
      many({ a: '' }),
      '[].b: expected number',
    ],
    ['values of a record', z.record(z.string(), z.int()), keys(MANY, ''), '.*: expected number'],
    [
      'defaults',
      z.array(z.strictObject({ a: z.int().default(1), b: z.string() })),
      many({}),
      '[].b: expected string',
    ],
  ])('%s', (_, schema, value, at) => {
    const end = read(schema, value);
    expect(end).toMatchObject({ fits: false, reason: 'schema_mismatch', at });
    expect(end.values).toBeLessThan(ONE_BLOCK);
  });

  it.each<[string, z.ZodType, unknown]>([
    ['elements', z.array(z.string()), many('', [1])],
    ['keys of a record', z.record(z.int().min(0), z.int()), keys(MANY, 0)],
    ['unknown keys', z.strictObject({}), keys(MANY, 0)],
    ['127 levels, many times', z.array(jsonValue), many(nested(126, 0), [undefined])],
  ])('which can be late, but each value is read only once: %s', (_, schema, value) => {
    const { fits, values } = read(schema, value);
    expect(fits).toBe(false);
    expect(values).toBeLessThan(130 * MANY);
  });

  it('and zod creates no issues for the values after it', () => {
    const issues = vi.fn<() => string>(() => 'no');
    const element = z.string({ error: issues });
    expect(read(z.array(z.union([element, z.null()])), many(1)).fits).toBe(false);
    expect(issues).not.toHaveBeenCalled();
  });
});

describe('reading checks the time', () => {
  /** A clock on which time is up after this many reads. */
  const clock = (looks: number) => {
    let left = looks;
    return () => (left -= 1);
  };

  it.each<[string, z.ZodType, unknown]>([
    ['elements', z.array(z.string()), many('')],
    ['objects', z.array(z.strictObject({ a: z.int() })), many({ a: 1 })],
    ['options of unions', z.array(objects), many({ a: '', e: 1 })],
    ['items behind a tuple', z.tuple([z.string()], z.int()), ['', ...many(1)]],
    ['keys of records', z.record(z.int().min(0), z.int()), Object.assign({}, many(1))],
    [
      'keys that an intersection shares',
      z.intersection(z.record(z.string(), z.int()), z.record(z.string(), z.number())),
      keys(MANY, 0),
    ],
    ['any JSON', jsonValue, many({ a: [1] })],
    ['z.unknown', z.unknown(), many({ a: [1] })],
    ['recursion', tree, { all: many({ all: [null] }) }],
    ['templates', z.array(z.templateLiteral(['v', z.int()])), many('v1')],
    ['defaults', z.array(z.int().default(1)), many(1)],
  ])('and ends with deadline: %s', (_, schema, value) => {
    expect(read(schema, value).fits).toBe(true);
    const end = read(schema, value, clock(3));
    expect(end).toMatchObject({ fits: false, reason: 'deadline' });
    expect(end.values).toBeLessThan(4 * 4_096 + ONE_BLOCK);
  });

  it('once for some thousand values, and not at all for a few', () => {
    const timeLeft = vi.fn<() => number>(() => 1);
    read(z.array(z.strictObject({ a: z.string() })), many({ a: '' }).slice(0, 4_000), timeLeft);
    expect(timeLeft).not.toHaveBeenCalled();
    read(z.array(z.string()), many(''), timeLeft);
    expect(timeLeft.mock.calls.length).toBeGreaterThan(50);
    expect(timeLeft.mock.calls.length).toBeLessThan(100);
  });

  it('while it tries options that do not fit, of which there can be more than values', () => {
    const twice: z.ZodType = z.union([
      z.strictObject({ a: z.lazy(() => twice), b: z.literal(1) }),
      z.strictObject({ a: z.lazy(() => twice), b: z.literal(2) }),
      z.null(),
    ]);
    let value: unknown = 0;
    for (let level = 0; level < 60; level += 1) value = { a: value, b: 2 };
    const end = read(twice, value, clock(20));
    expect(end).toMatchObject({ fits: false, reason: 'deadline' });
  });
});

describe('a long string', () => {
  const MEGABYTE = 1024 * 1024;
  const long = 'a'.repeat(MEGABYTE);

  it.each<[string, z.ZodType]>([
    ['an author’s pattern', z.string().regex(/a+b/)],
    ['a template literal', z.templateLiteral([z.string(), 'b'])],
    ['an author’s format', z.stringFormat('mine', /a+b/)],
    ['an author’s pattern of a format', z.email({ pattern: /a+@b/ })],
  ])('is not matched against %s', (_, schema) => {
    expect(read(schema, 'a'.repeat(MOST_PATTERN_CHARACTERS + 1)).at).toBe(
      ': expected at most 4096 characters, because the schema has no .max() before its pattern',
    );
    expect(read(schema, long).fits).toBe(false);
  });

  it('is matched if the schema has a .max() before the pattern, up to that length', () => {
    const schema = z.string().max(10_000).regex(/^a*$/);
    expect(read(schema, 'a'.repeat(10_000)).fits).toBe(true);
    expect(read(schema, 'a'.repeat(10_001)).at).toBe(': expected at most 10000 (string)');
    const asked = vi.fn<() => boolean>(() => true);
    expect(read(z.string().max(3).refine(asked), long).fits).toBe(false);
    expect(asked).not.toHaveBeenCalled();
  });

  it.each<[string, z.ZodType, string]>([
    ['url', z.url(), `http://${long}`],
    ['base64url', z.base64url(), '-'.repeat(MEGABYTE)],
    ['jwt', z.jwt(), '.'.repeat(MEGABYTE)],
    ['email', z.email(), 'a.'.repeat(MEGABYTE / 2)],
    ['emoji', z.emoji(), '1'.repeat(MEGABYTE)],
  ])('is not checked as %s if too little time is left', (_, schema, value) => {
    expect(read(schema, value, () => 1)).toMatchObject({ fits: false, reason: 'deadline' });
    expect(read(schema, value, () => 1_000).reason).toBe('schema_mismatch');
  });

  it('is measured in code points, as zod does', () => {
    const schema = z.string().min(2).max(3);
    for (const text of ['😀', '😀😀', '😀😀😀', '😀😀😀😀', 'a😀', '\ud83d\ud83d', 'ab', 'abcd'])
      expect(read(schema, text).fits).toBe(schema.safeParse(text).success);
  });
});

describe('a request', () => {
  const schema = createMessageSchema(
    z.strictObject({ items: z.array(z.strictObject({ a: z.string() })) }),
    'request',
    'here',
  );

  it('is refused with its first fault, however many there are', () => {
    expect(schema.fromHost({ items: many({ a: 1 }) })).toEqual({
      ok: false,
      reason: 'schema_mismatch',
      detail: 'request.items[].a: expected string',
    });
  });

  it('is refused with deadline if no time is left', () => {
    expect(schema.fromHost({ items: many({ a: '' }) }, () => 0)).toMatchObject({
      ok: false,
      reason: 'deadline',
    });
  });

  it.each<[string, z.ZodType]>([
    ['a list that says that it is endless', z.array(z.any())],
    ['the same in a union', z.union([z.array(z.any()), z.string()])],
    ['the same as any JSON', jsonValue],
  ])('is not read endlessly: %s', (_, part) => {
    const endless = new Proxy([], { get: (_target, key) => (key === 'length' ? 2 ** 32 - 1 : 0) });
    const message = createMessageSchema(z.strictObject({ part }), 'request', 'here');
    let looks = 0;
    const end = message.fromHost({ part: endless }, () => 5 - (looks += 1));
    expect(end).toMatchObject({ ok: false, reason: 'deadline' });
  });
});
