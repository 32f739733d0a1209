import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineWireFunction } from '../contract/define-wire-function.ts';
import type { WireFunction } from '../contract/wire-function.ts';
import { i64, u64 } from '../json/exact-integer.ts';
import { jsonObject, jsonValue } from '../json/json-value.ts';
import { loadBalancerFunctions } from '../load-balancer/index.ts';
import { compareContracts, type ContractChange } from './compare-contracts.ts';
import { describeContracts } from './describe-contract.ts';
import { generateMessages } from './generate/generate-messages.ts';

const contractOf = (side: 'request' | 'response', part: z.ZodType, sample: unknown): WireFunction => {
  const message = z.strictObject({ part });
  const nothing = z.strictObject({});
  return defineWireFunction({
    name: 'act',
    fallback: 'silent_skip',
    request: side === 'request' ? message : nothing,
    response: side === 'response' ? message : nothing,
    sample: {
      request: (side === 'request' ? { part: sample } : {}) as never,
      response: (side === 'response' ? { part: sample } : {}) as never,
    },
  });
};

const compare = (older: readonly WireFunction[], newer: readonly WireFunction[]): readonly ContractChange[] =>
  compareContracts(describeContracts(older), describeContracts(newer));

type Schema = readonly [schema: z.ZodType, sample: unknown];

interface Tree {
  readonly of: readonly Tree[];
}
const treeOf = (least: number): z.ZodType<Tree> => {
  const tree: z.ZodType<Tree> = z
    .strictObject({ of: z.array(z.lazy(() => tree)).min(least) })
    .meta({ id: `Tree${least}` }) as never;
  return tree;
};

/** Pairs of schemas. Every value of the first fits the second, but not the other way round. */
const WIDENED: readonly [string, Schema, Schema, string][] = [
  ['a longer text', [z.string().max(3), ''], [z.string().max(4), ''], 'may have more than 3 characters'],
  ['a text of any length', [z.string().min(2), 'ab'], [z.string(), ''], 'may have fewer than 2 characters'],
  ['a text without a pattern', [z.string().regex(/^a$/), 'a'], [z.string(), ''], 'may not match the pattern'],
  [
    'a text without a format',
    [z.uuid(), '123e4567-e89b-12d3-a456-426614174000'],
    [z.string(), ''],
    'may not',
  ],
  ['a wider range', [z.uint32(), 0], [z.int(), 0], 'may be less than 0'],
  ['64 bits', [z.int32(), 0], [i64, 0n], 'may be less than -2147483648'],
  ['a number for an integer', [z.int32(), 0], [z.number(), 0], 'may be number, not integer'],
  ['a bound that is included', [z.number().lt(1), 0], [z.number().max(1), 0], 'may be 1 or more'],
  ['another value', [z.enum(['a']), 'a'], [z.enum(['a', 'b']), 'a'], 'may be "b"'],
  ['a text for an enum', [z.enum(['a']), 'a'], [z.string(), 'a'], 'may be other than a'],
  ['null', [z.boolean(), true], [z.boolean().nullable(), true], 'may be null'],
  [
    'a key that may be missing',
    [z.strictObject({ a: z.null() }), { a: null }],
    [z.strictObject({ a: z.null().optional() }), {}],
    'may be missing',
  ],
  [
    'another key that may be missing',
    [z.strictObject({}), {}],
    [z.strictObject({ a: z.null().optional() }), {}],
    'is an unknown key',
  ],
  ['a longer list', [z.array(z.null()).max(1), []], [z.array(z.null()), []], 'may have more than 1 elements'],
  ['an element of a list', [z.array(z.enum(['a'])), []], [z.array(z.string()), []], 'may be other than a'],
  [
    'a rest',
    [z.tuple([z.null()]), [null]],
    [z.tuple([z.null()], z.null()), [null]],
    'may have more than 1 elements',
  ],
  [
    'a record for an object',
    [z.strictObject({ a: z.int() }), { a: 1 }],
    [z.record(z.string(), z.int()), {}],
    'may be record, not object',
  ],
  [
    'keys that are not listed',
    [z.record(z.enum(['a']), z.null()), { a: null }],
    [z.record(z.string(), z.null()), {}],
    'may be other than a',
  ],
  ['any object', [z.strictObject({}), {}], [jsonObject, {}], 'may be json object, not object'],
  ['any JSON', [z.string(), ''], [jsonValue, ''], 'may be any JSON, not string'],
  [
    'another option',
    [z.union([z.string(), z.null()]), ''],
    [z.union([z.string(), z.null(), z.boolean()]), ''],
    'may be boolean',
  ],
  [
    'an option in an option',
    [z.string(), ''],
    [z.union([z.boolean(), z.union([z.null(), z.string()])]), ''],
    'may be boolean, not string',
  ],
  [
    'a recursive schema',
    [treeOf(0), { of: [] }],
    [z.strictObject({ of: jsonValue }), { of: [] }],
    'may be any JSON',
  ],
];

describe('existing plugins', () => {
  it.each(WIDENED)('still work if a response accepts more: %s', (_, older, newer) => {
    const [change, ...more] = compare([contractOf('response', ...older)], [contractOf('response', ...newer)]);
    expect(change).toMatchObject({ kind: 'version_changed', version: 1, breaksPlugins: false });
    expect(more).toEqual([]);
  });

  it.each(WIDENED)('may fail if a request contains more: %s', (_, older, newer, reason) => {
    const [change] = compare([contractOf('request', ...older)], [contractOf('request', ...newer)]);
    expect(change).toMatchObject({ kind: 'version_changed', breaksPlugins: true });
    expect(change?.message).toContain(reason);
    expect(change?.message).toContain('request.part');
  });

  it.each(WIDENED)('may fail if a response no longer accepts %s', (_, newer, older, reason) => {
    const [change] = compare([contractOf('response', ...older)], [contractOf('response', ...newer)]);
    expect(change?.message).toContain(reason);
    expect(
      compare([contractOf('request', ...older)], [contractOf('request', ...newer)])[0]?.breaksPlugins,
    ).toBe(false);
  });
});

describe('no change is reported', () => {
  it.each<[string, Schema]>([
    ['a recursive schema', [treeOf(0), { of: [] }]],
    ['64 bits', [u64, 0n]],
    ['a literal of text', [z.literal('a'), 'a']],
    [
      'a discriminated union',
      [
        z.discriminatedUnion('k', [
          z.strictObject({ k: z.literal('a') }),
          z.strictObject({ k: z.literal('b') }),
        ]),
        { k: 'a' },
      ],
    ],
    ['a refinement', [z.string().refine((text) => text.length > -1), '']],
    [
      'an intersection',
      [
        z.intersection(z.strictObject({ a: z.null() }), z.strictObject({ b: z.null() })),
        { a: null, b: null },
      ],
    ],
  ])('for the same schema: %s', (_, schema) => {
    expect(compare([contractOf('request', ...schema)], [contractOf('request', ...schema)])).toEqual([]);
  });

  it('for the contracts of the load balancer', () => {
    expect(compare(loadBalancerFunctions, loadBalancerFunctions)).toEqual([]);
  });
});

describe('a change is reported for versions', () => {
  const first = contractOf('request', z.string(), '');
  const second = defineWireFunction({
    name: 'act',
    fallback: 'fail_request',
    version: 2,
    request: z.strictObject({}),
    response: z.strictObject({}),
    sample: { request: {}, response: {} },
  });

  it('that are added and removed', () => {
    expect(compare([first], [])).toMatchObject([{ kind: 'version_removed', breaksPlugins: true }]);
    expect(compare([], [first])).toMatchObject([{ kind: 'version_added', breaksPlugins: false }]);
    expect(compare([first], [second])).toMatchObject([
      { kind: 'fallback_changed', breaksPlugins: false },
      { kind: 'version_removed', version: 1 },
      { kind: 'version_added', version: 2 },
    ]);
  });
});

it('a change counts as compatible only if every generated message fits', () => {
  const scalar = fc.constantFrom<z.ZodType>(
    z.string(),
    z.string().max(2),
    z.int32(),
    z.number(),
    z.boolean().nullable(),
    z.enum(['a', 'b']),
    z.union([z.string(), z.null()]),
    jsonValue,
    z.array(z.int32()),
    z.strictObject({ a: z.int32().optional() }),
    z.strictObject({ a: z.int32() }),
    z.record(z.string(), z.int32()),
  );
  fc.assert(
    fc.property(scalar, scalar, fc.integer(), (narrow, wide, seed) => {
      const older = describeContracts([contractOf('response', narrow, sampleOf(narrow))]);
      const newer = describeContracts([contractOf('response', wide, sampleOf(wide))]);
      fc.pre(compareContracts(older, newer).every((change) => !change.breaksPlugins));
      const [version] = older.contracts[0]?.versions ?? [];
      if (version === undefined) throw new Error('no version');
      for (const message of generateMessages(version.response, version.sample.response, { seed, count: 20 }))
        expect(z.strictObject({ part: wide }).safeParse(message).success).toBe(true);
    }),
    { numRuns: 300 },
  );
});

const SAMPLES = ['', 0, true, 'a', null, [], { a: 1 }, {}];
const sampleOf = (schema: z.ZodType): unknown => SAMPLES.find((value) => schema.safeParse(value).success);
