import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineWireFunction } from '../contract/define-wire-function.ts';
import { jsonValue } from '../json/json-value.ts';
import { loadBalancerFunctions } from '../load-balancer/index.ts';
import { compareShapes } from './compare-shapes.ts';
import type { VersionDescription } from '../shape/contract-description.ts';
import { describeContract } from './describe-contract.ts';
import { generateMessages } from './generate/generate-messages.ts';

interface Tree {
  readonly name: string;
  readonly children: readonly Tree[];
}
const tree: z.ZodType<Tree> = z.strictObject({ name: z.string(), children: z.array(z.lazy(() => tree)) });

/** Compares two messages with values of one schema under the key `it`. */
const compare = (schema: z.ZodType, left: unknown, right: unknown): string | undefined => {
  const contract = defineWireFunction({
    name: 'compared',
    fallback: 'silent_skip',
    request: z.strictObject({}),
    response: z.strictObject({ it: schema.optional() }),
    sample: { request: {}, response: {} },
  });
  const [{ response }] = describeContract(contract).versions as readonly [VersionDescription];
  return compareShapes(response, { it: left }, { it: right });
};

const kinds = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('a'), value: z.number() }),
  z.strictObject({ kind: z.enum(['b', 'c']), value: z.string() }),
]);

describe('the shape of a message', () => {
  it.each<[string, z.ZodType, unknown, unknown]>([
    ['texts', z.string(), 'a', ''],
    ['numbers', z.number(), 1, -2.5],
    ['an enum', z.enum(['a', 'b']), 'a', 'b'],
    ['lists of other lengths', z.array(z.number()), [1], [1, 2, 3]],
    ['keys of a record', z.record(z.string(), z.number()), { a: 1 }, { b: 2, c: 3 }],
    ['the same option', kinds, { kind: 'b', value: 'x' }, { kind: 'c', value: 'y' }],
    ['any JSON of one form', jsonValue, { a: [1, 'x'] }, { a: ['y', 2, 3] }],
    ['a tuple', z.tuple([z.string(), z.number()]), ['a', 1], ['b', 2]],
    ['a tree', tree, { name: 'a', children: [] }, { name: 'b', children: [] }],
    ['an undiscriminated union', z.union([z.string(), z.number()]), 'a', 'b'],
    ['what is missing twice', z.string(), undefined, undefined],
  ])('is the same for %s', (_, schema, left, right) => {
    expect(compare(schema, left, right)).toBeUndefined();
    expect(compare(schema, right, left)).toBeUndefined();
  });

  it.each<[string, z.ZodType, unknown, unknown, string]>([
    ['a missing key', z.string(), 'a', undefined, '/it'],
    ['null', z.string().nullable(), 'a', null, '/it'],
    ['an empty list', z.array(z.number()), [1], [], '/it/[]'],
    ['an empty record', z.record(z.string(), z.number()), { a: 1 }, {}, '/it/*'],
    ['another option', kinds, { kind: 'a', value: 1 }, { kind: 'b', value: 'x' }, '/it/kind'],
    ['any JSON', jsonValue, { secret: 1 }, { secret: '1' }, '/it'],
    ['any JSON with another key', jsonValue, { secret: 1 }, { other: 1 }, '/it'],
    ['an undiscriminated union', z.union([z.string(), z.number()]), 'a', 1, '/it'],
    [
      'an element of a list',
      z.array(z.strictObject({ a: z.number().optional() })),
      [{ a: 1 }, {}],
      [{ a: 1 }, { a: 2 }],
      '/it/[]/a',
    ],
    [
      'a tree',
      tree,
      { name: 'a', children: [{ name: 'b', children: [] }] },
      { name: 'a', children: [{ name: 'b', children: [{ name: 'c', children: [] }] }] },
      '/it/children/[]/children/[]',
    ],
    ['the rest of a tuple', z.tuple([z.string().nullable()]), ['a'], [null], '/it/[0]'],
    [
      'a part of an intersection',
      z.intersection(z.record(z.string(), jsonValue), z.record(z.string(), z.string().nullable())),
      { a: 'x' },
      { a: null },
      '/it/*',
    ],
  ])('differs for %s', (_, schema, left, right, place) => {
    expect(compare(schema, left, right)).toBe(place);
    expect(compare(schema, right, left)).toBe(place);
  });

  it.each(loadBalancerFunctions)('equals itself, for $name', (contract) => {
    const [{ response, sample }] = describeContract(contract).versions as readonly [VersionDescription];
    for (const message of generateMessages(response, sample.response, { count: 50 }))
      expect(compareShapes(response, message, structuredClone(message))).toBeUndefined();
  });
});
