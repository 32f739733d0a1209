import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineWireFunction } from '../contract/define-wire-function.ts';
import type { WireFunction } from '../contract/wire-function.ts';
import { i64, u64 } from '../json/exact-integer.ts';
import { jsonObject, jsonValue } from '../json/json-value.ts';
import { loadBalancerFunctions } from '../load-balancer/index.ts';
import type { Shape } from '../shape/contract-description.ts';
import { contractsFromDescription } from './contracts-from-description.ts';
import { describeContract, describeContracts } from './describe-contract.ts';
import { readDescription } from './read-description.ts';
import { writeDescription } from './write-description.ts';

const contractOf = (part: z.ZodType, sample: unknown): WireFunction =>
  defineWireFunction({
    name: 'act',
    fallback: 'silent_skip',
    request: z.strictObject({ part }),
    response: z.strictObject({}),
    sample: { request: { part: sample } as never, response: {} },
  });

const shapeOf = (part: z.ZodType, sample: unknown): Shape | undefined => {
  const root = describeContract(contractOf(part, sample)).versions[0]?.request.shape;
  return root?.kind === 'object' ? root.members[0]?.shape : undefined;
};

const SAFE = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
const kind = (of: string, more: z.ZodRawShape = {}) => z.strictObject({ kind: z.literal(of), ...more });

describe('the shape of', () => {
  it.each<[string, z.ZodType, unknown, Shape]>([
    ['a text', z.string(), '', { kind: 'string' }],
    ['lengths', z.string().min(1).max(5), 'a', { kind: 'string', minLength: 1, maxLength: 5 }],
    ['one length', z.string().length(3), 'abc', { kind: 'string', minLength: 3, maxLength: 3 }],
    ['a pattern', z.string().regex(/^a+$/), 'a', { kind: 'string', pattern: '^a+$' }],
    ['a pattern with flags', z.string().regex(/^a+$/i), 'A', { kind: 'string', refined: true }],
    [
      'a template',
      z.templateLiteral(['id-', z.int()]),
      'id-1',
      { kind: 'string', pattern: expect.stringContaining('id-') as never },
    ],
    ['an integer', z.int(), 1, { kind: 'integer', ...SAFE }],
    ['32 bits', z.uint32(), 1, { kind: 'integer', minimum: 0, maximum: 4_294_967_295 }],
    ['an open range of integers', z.int().gt(1).lt(5), 2, { kind: 'integer', minimum: 2, maximum: 4 }],
    ['64 bits', u64, 1n, { kind: 'integer', minimum: 0, maximum: 2n ** 64n - 1n }],
    ['64 bits with a sign', i64, 1n, { kind: 'integer', minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n }],
    ['a number', z.number(), 1, { kind: 'number' }],
    ['a range of numbers', z.number().min(0).lt(1), 0, { kind: 'number', minimum: 0, exclusiveMaximum: 1 }],
    ['a multiple', z.int().multipleOf(3), 3, { kind: 'integer', ...SAFE, refined: true }],
    ['an enum', z.enum(['a', 'b']), 'a', { kind: 'literal', values: ['a', 'b'] }],
    ['literals', z.literal([1, null, true]), 1, { kind: 'literal', values: [1, null, true] }],
    ['a null', z.null(), null, { kind: 'null' }],
    ['what may be null', z.boolean().nullable(), null, { kind: 'nullable', inner: { kind: 'boolean' } }],
    ['a list', z.array(z.null()).min(1), [null], { kind: 'list', element: { kind: 'null' }, minLength: 1 }],
    [
      'a tuple',
      z.tuple([z.null()], z.boolean()),
      [null],
      { kind: 'tuple', items: [{ kind: 'null' }], rest: { kind: 'boolean' } },
    ],
    [
      'a tuple whose last items may be missing',
      z.tuple([z.null(), z.string().optional(), z.boolean().optional()]),
      [null],
      {
        kind: 'union',
        options: [
          { kind: 'tuple', items: [{ kind: 'null' }] },
          { kind: 'tuple', items: [{ kind: 'null' }, { kind: 'string' }] },
          { kind: 'tuple', items: [{ kind: 'null' }, { kind: 'string' }, { kind: 'boolean' }] },
        ],
      },
    ],
    [
      'a record',
      z.record(z.string(), z.null()),
      {},
      { kind: 'record', key: { kind: 'string' }, value: { kind: 'null' }, isComplete: false },
    ],
    [
      'a record of listed keys',
      z.record(z.enum(['a']), z.null()),
      { a: null },
      { kind: 'record', key: { kind: 'literal', values: ['a'] }, value: { kind: 'null' }, isComplete: true },
    ],
    [
      'a record of listed keys whose values may be missing',
      z.record(z.enum(['a']), z.null().optional()),
      {},
      { kind: 'record', key: { kind: 'literal', values: ['a'] }, value: { kind: 'null' }, isComplete: false },
    ],
    ['any JSON', jsonValue, 1, { kind: 'json' }],
    ['any object', jsonObject, {}, { kind: 'json_object' }],
    ['a custom test', z.custom<string>((value) => value === 'a'), 'a', { kind: 'json', refined: true }],
    ['a refinement', z.string().refine((text) => text === 'a'), 'a', { kind: 'string', refined: true }],
    ['an object without keys', z.strictObject({}), {}, { kind: 'object', members: [] }],
    ['a description', z.string().describe('a name'), '', { kind: 'string', description: 'a name' }],
    [
      'a codec',
      z.codec(z.string(), z.date(), {
        decode: (text) => new Date(text),
        encode: (date) => date.toISOString(),
      }),
      new Date(0),
      { kind: 'string', refined: true },
    ],
    [
      'a pipe',
      z.pipe(z.string(), z.literal('a')),
      'a',
      { kind: 'intersection', parts: [{ kind: 'string' }, { kind: 'literal', values: ['a'] }] },
    ],
  ])('%s', (_, schema, sample, shape) => {
    expect(shapeOf(schema, sample)).toEqual(shape);
  });

  it('a union, with and without a discriminator', () => {
    const options = [kind('a'), kind('b', { more: z.string() })] as const;
    const told = shapeOf(z.discriminatedUnion('kind', [...options]), { kind: 'a' });
    expect(told).toMatchObject({
      kind: 'union',
      discriminator: 'kind',
      options: [{ kind: 'object' }, { kind: 'object' }],
    });
    expect(shapeOf(z.union([...options]), { kind: 'a' })).not.toHaveProperty('discriminator');
  });

  it('a union of unions', () => {
    const inner = z.discriminatedUnion('kind', [kind('a'), kind('b')]);
    const outer = shapeOf(z.discriminatedUnion('kind', [inner, kind('c')]), { kind: 'c' });
    expect(outer).toMatchObject({
      discriminator: 'kind',
      options: [{ kind: 'union', discriminator: 'kind' }, { kind: 'object' }],
    });
  });

  it('a key that may be missing', () => {
    const request = z.strictObject({
      required: z.string(),
      optional: z.string().optional(),
      nullish: z.string().nullish(),
      byDefault: z.string().nullable().default(null),
      prefault: z.string().prefault('x').describe('with a text'),
    });
    const contract = contractOf(request, { required: '' });
    const part = describeContract(contract).versions[0]?.request.shape;
    const inner = part?.kind === 'object' ? part.members[0]?.shape : undefined;
    expect(inner).toEqual({
      kind: 'object',
      members: [
        { key: 'required', presence: 'required', shape: { kind: 'string' } },
        { key: 'optional', presence: 'optional', shape: { kind: 'string' } },
        { key: 'nullish', presence: 'optional', shape: { kind: 'nullable', inner: { kind: 'string' } } },
        {
          key: 'byDefault',
          presence: 'optional',
          default: null,
          shape: { kind: 'nullable', inner: { kind: 'string' } },
        },
        {
          key: 'prefault',
          description: 'with a text',
          presence: 'optional',
          default: 'x',
          shape: { kind: 'string', description: 'with a text' },
        },
      ],
    });
  });

  it('a recursive schema', () => {
    interface Tree {
      readonly children: readonly Tree[];
    }
    const tree: z.ZodType<Tree> = z
      .strictObject({ children: z.array(z.lazy(() => tree)) })
      .meta({ id: 'TestTree' }) as never;
    const { request } = describeContract(contractOf(tree, { children: [] })).versions[0] ?? {};
    expect(request?.definitions).toEqual({
      TestTree: {
        kind: 'object',
        name: 'TestTree',
        members: [
          {
            key: 'children',
            presence: 'required',
            shape: { kind: 'list', element: { kind: 'reference', to: 'TestTree' } },
          },
        ],
      },
    });
    expect(request?.shape).toMatchObject({ members: [{ shape: { kind: 'reference', to: 'TestTree' } }] });
  });
});

const greet = defineWireFunction({
  name: 'greet',
  description: 'Greets somebody.',
  fallback: 'silent_skip',
  request: z.strictObject({ id: u64, kind: z.enum(['a', 'b']) }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { id: 2n ** 60n, kind: 'a' }, response: { text: '' } },
});

describe('a description', () => {
  it('is created once for each contract', () => {
    expect(describeContract(greet)).toBe(describeContract(greet));
  });

  it('has the description of the contract, and its samples in the form of the wire', () => {
    expect(describeContract(greet)).toMatchObject({
      name: 'greet',
      description: 'Greets somebody.',
      fallback: 'silent_skip',
      versions: [{ version: 1, sample: { request: { id: 2n ** 60n, kind: 'a' }, response: { text: '' } } }],
    });
  });

  it('is the same to the byte after it was written and read', () => {
    const text = writeDescription(describeContracts([greet, ...loadBalancerFunctions]));
    expect(writeDescription(readDescription(text))).toBe(text);
    expect(text).toContain('"maximum": 18446744073709551615');
  });

  it('of the load balancer’s contracts does not change', async () => {
    const text = writeDescription(describeContracts(loadBalancerFunctions));
    await expect(text).toMatchFileSnapshot('testing/load-balancer.json');
  });

  it('equals the description of contracts that are created from it', () => {
    const description = readDescription(
      writeDescription(describeContracts([greet, ...loadBalancerFunctions])),
    );
    const newest = (of: typeof description.contracts) => of.map((each) => each.versions.at(-1));
    const again = describeContracts(contractsFromDescription(description));
    expect(newest(again.contracts)).toEqual(newest(description.contracts));
  });

  it('has each name only once, and only contracts', () => {
    expect(() => describeContracts([greet, greet])).toThrow(
      expect.objectContaining({ code: 'duplicate_function' }),
    );
    expect(() => describeContract({ ...greet })).toThrow(expect.objectContaining({ code: 'bad_function' }));
  });
});

describe('a fingerprint', () => {
  const fingerprint = (request: z.ZodType, sample: unknown = { a: '', b: '' }): string =>
    describeContract(
      defineWireFunction({
        name: 'act',
        fallback: 'silent_skip',
        request,
        response: z.strictObject({}),
        sample: { request: sample as never, response: {} },
      }),
    ).fingerprint;
  const base = fingerprint(z.strictObject({ a: z.string(), b: z.string() }));

  it('does not depend on texts, names and samples', () => {
    expect(base).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprint(z.strictObject({ a: z.string(), b: z.string().describe('text') }))).toBe(base);
    expect(fingerprint(z.strictObject({ a: z.string(), b: z.string() }), { a: 'x', b: 'y' })).toBe(base);
  });

  it.each([
    ['the order of keys', z.strictObject({ b: z.string(), a: z.string() })],
    ['a key that may be missing', z.strictObject({ a: z.string(), b: z.string().optional() })],
    ['a bound', z.strictObject({ a: z.string(), b: z.string().max(9) })],
  ])('changes with %s', (_, schema) => {
    expect(fingerprint(schema)).not.toBe(base);
  });
});

describe('readDescription throws bad_description for', () => {
  const good = writeDescription(describeContracts([greet]));
  it.each([
    ['a text that is not JSON', 'x', 'the description is not JSON'],
    ['an empty text', '', 'the description is not JSON'],
    ['another file', '{"name":"package"}', 'contracts.json.plugwire'],
    [
      'another version',
      good.replace('"descriptionVersion": 1', '"descriptionVersion": 2'),
      '.descriptionVersion',
    ],
    ['an unknown kind', good.replace('"kind": "string"', '"kind": "text"'), '.kind'],
    ['an edited bound', good.replace('18446744073709551615', '18446744073709551614'), 'the file was edited'],
    ['100,000 brackets', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'contracts.json'],
    ['too many digits', good.replace('18446744073709551615', '1'.repeat(50)), 'no exact form'],
  ])('%s', (_, text, message) => {
    expect(() => readDescription(text)).toThrow(
      expect.objectContaining({
        code: 'bad_description',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it('a reference without a definition', () => {
    const text = good.replace('"kind": "string"', '"kind": "reference", "to": "nobody"');
    expect(() => readDescription(text)).toThrow('nobody');
  });
});
