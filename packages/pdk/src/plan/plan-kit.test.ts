import { defineWireFunction, describeContracts } from '@plugwire/wire';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { richContracts } from '../testing/rich-contract.ts';
import type { KitPlan, NamedType, TypePlan } from './kit-plan.ts';
import { type KitOptions, planKit } from './plan-kit.ts';

const planOf = (
  contracts: Parameters<typeof describeContracts>[0],
  more: Partial<KitOptions> = {},
): KitPlan =>
  planKit({
    contracts: describeContracts(contracts),
    language: 'c',
    plugin: { name: 'test', version: '1.0.0' },
    ...more,
  });

const contractOf = (part: z.ZodType, sample: unknown, name = 'act') =>
  defineWireFunction({
    name,
    fallback: 'silent_skip',
    request: z.strictObject({ part }),
    response: z.strictObject({}),
    sample: { request: { part: sample } as never, response: {} },
  });

const partOf = (part: z.ZodType, sample: unknown): TypePlan | undefined => {
  const type = planOf([contractOf(part, sample)]).functions[0]?.versions[0]?.request;
  return type?.kind === 'object' ? type.fields[0]?.type : undefined;
};

const namesOf = (types: readonly NamedType[]): string[] => types.map((type) => type.words.join('_'));

describe('the names of types', () => {
  it('are short, come from the contracts, and are shared by equal shapes', () => {
    expect(namesOf(planOf(loadBalancerFunctions).types)).toMatchInlineSnapshot(`
      [
        "header",
        "principal",
        "observed_rate_limit",
        "subscription_quota",
        "cache_score",
        "candidate",
        "filter_request",
        "filter_response_result",
        "filter_response",
        "request",
        "upstream",
        "shape_request",
        "shape_response",
        "build_signer_request",
        "build_signer_response",
        "shaped",
        "sign_request",
        "sign_response",
        "category",
        "on_unauthorized_request_error",
        "on_unauthorized_request",
        "on_unauthorized_response",
        "normalize_error_request",
        "normalize_error_response",
        "request_started",
        "authn_complete",
        "upstream_chosen",
        "chunk",
        "request_finished",
        "event_error",
        "event",
        "observe_request",
        "observe_response",
      ]
    `);
  });

  it('stay the same when a version is added', () => {
    const first = planOf([contractOf(z.strictObject({ a: z.string() }), { a: '' })]);
    const both = planOf([
      contractOf(z.strictObject({ a: z.string() }), { a: '' }).next({
        request: z.strictObject({ part: z.strictObject({ a: z.int() }) }),
        response: z.strictObject({}),
        downgradeRequest: () => ({ part: { a: '' } }),
        upgradeResponse: () => ({}),
        sample: { request: { part: { a: 1 } }, response: {} },
      }),
    ]);
    expect(namesOf(both.types).slice(0, 3)).toEqual(namesOf(first.types));
    expect(namesOf(both.types)).toEqual([
      'part',
      'act_request',
      'act_response',
      'act_v2_request_part',
      'act_v2_request',
      'act_v2_response',
    ]);
  });

  it('are unique, and each type comes after the types that it contains', () => {
    const { types } = planOf(richContracts);
    expect(new Set(namesOf(types)).size).toBe(types.length);
    const at = new Map(types.map((type, place) => [type, place]));
    for (const type of types) {
      if (type.kind !== 'object' || type.isRecursive) continue;
      for (const { type: part } of type.fields)
        if (part.kind === 'named') expect(at.get(part.type)).toBeLessThan(at.get(type) ?? 0);
    }
    expect(namesOf(types.filter((type) => type.isRecursive))).toEqual(['tree', 'chain']);
  });

  it('are unique within an object, even for similar or invalid keys', () => {
    const type = planOf(richContracts).types.find((each) => each.words.join('_') === 'names');
    expect(type?.kind === 'object' ? type.fields.map((field) => field.words.join('_')) : [])
      .toMatchInlineSnapshot(`
      [
        "type",
        "func",
        "fn",
        "class",
        "self",
        "default",
        "int",
        "string",
        "with_dash",
        "with_dash_2",
        "with_dash_3",
        "field_1st",
        "field",
        "a_quoted_key",
        "schl_ssel",
      ]
    `);
  });
});

describe('planKit', () => {
  it.each<[string, z.ZodType, unknown, unknown]>([
    ['a byte', z.int().min(0).max(255), 0, { kind: 'integer', width: 'u32', minimum: 0n, maximum: 255n }],
    ['a safe integer', z.int(), 0, { kind: 'integer', width: 'i64' }],
    ['a constant', z.literal('a'), 'a', { kind: 'constant', value: 'a' }],
    [
      'a list of constants',
      z.array(z.literal('a')),
      ['a'],
      { kind: 'list', element: { kind: 'named', type: { kind: 'enum' } } },
    ],
    [
      'an enum that may be null',
      z.enum(['a', 'b']).nullable(),
      null,
      { kind: 'nullable', inner: { kind: 'named' } },
    ],
    ['a pipe to a literal', z.pipe(z.string(), z.literal('a')), 'a', { kind: 'constant', value: 'a' }],
    [
      'an intersection of objects',
      z.intersection(z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })),
      { a: '', b: '' },
      { type: { kind: 'object', fields: [{ key: 'a' }, { key: 'b' }] } },
    ],
    [
      'a record of listed keys',
      z.record(z.enum(['a', 'b']), z.null()),
      { a: null, b: null },
      { kind: 'map', keys: ['a', 'b'], isComplete: true },
    ],
    [
      'a union in a union',
      z.discriminatedUnion('kind', [
        z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('a') }),
          z.strictObject({ kind: z.literal('b') }),
        ]),
        z.strictObject({ kind: z.literal(['c', 'd']) }),
      ]),
      { kind: 'a' },
      {
        type: {
          kind: 'union',
          options: [{ tags: ['a'], words: ['a'] }, { tags: ['b'] }, { tags: ['c', 'd'] }],
        },
      },
    ],
  ])('plans the type of %s', (_, schema, sample, type) => {
    expect(partOf(schema, sample)).toMatchObject(type as object);
  });
});

describe('a sample', () => {
  it('is written in the order of the types, with default values filled in', () => {
    const [contract] = planOf([
      contractOf(z.strictObject({ b: z.string(), a: z.int().default(7), c: z.string().optional() }), {
        b: 'x',
      }),
    ]).functions;
    expect(contract?.versions[0]?.sample).toEqual({ request: '{"part":{"b":"x","a":7}}', response: '{}' });
  });
});

describe('a plan', () => {
  it('contains the chosen functions and versions', () => {
    const chosen = planOf(richContracts, { functions: ['echo_rich@2', 'echo_figure'] }).functions;
    expect(chosen.map(({ name, versions }) => [name, versions.map(({ version }) => version)])).toEqual([
      ['echo_rich', [2]],
      ['echo_figure', [1]],
    ]);
  });

  it('contains the host functions of its capabilities', () => {
    expect(planOf(richContracts).hostFunctions).toEqual([]);
    const plan = planOf(richContracts, { capabilities: ['storage', 'log'] });
    expect(plan.capabilities).toEqual(['log', 'storage']);
    expect(plan.hostFunctions.map(({ name }) => name)).toEqual([
      'cc_lb_log',
      'cc_lb_storage_get',
      'cc_lb_storage_put',
    ]);
  });

  it.each<[string, Partial<KitOptions>, string]>([
    ['unknown_function', { functions: ['nobody'] }, '"nobody": expected one of echo_rich'],
    ['unknown_function', { functions: ['echo_rich@3'] }, 'a version of 1, 2'],
    ['unknown_capability', { capabilities: ['network'] }, '"network": expected one of clock'],
    ['bad_plugin', { plugin: { name: 'Bad', version: '1' } }, 'name'],
    ['bad_plugin', { plugin: { name: 'good', version: '' } }, 'version'],
  ])('is rejected with %s: %j', (code, options, message) => {
    expect(() => planOf(richContracts, options)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });

  it('is rejected with the place and the language if a shape cannot be expressed', () => {
    expect(() => planOf([contractOf(z.intersection(z.string(), z.number()).nullable(), null)])).toThrow(
      /act 1, request\.part: .+ in c /,
    );
  });
});
