import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineWireFunction } from '../../contract/define-wire-function.ts';
import { findLadder } from '../../contract/ladder.ts';
import type { WireFunction } from '../../contract/wire-function.ts';
import { u64 } from '../../json/exact-integer.ts';
import { jsonValue } from '../../json/json-value.ts';
import { loadBalancerFunctions } from '../../load-balancer/index.ts';
import type { VersionDescription } from '../../shape/contract-description.ts';
import { contractsFromDescription } from '../contracts-from-description.ts';
import { describeContract, describeContracts } from '../describe-contract.ts';
import { generateMessages } from './generate-messages.ts';
import { hostileMessages } from './hostile-messages.ts';

interface Tree {
  readonly children: readonly Tree[];
}
const tree: z.ZodType<Tree> = z.strictObject({ children: z.array(z.lazy(() => tree)) }) as never;

const rich = defineWireFunction({
  name: 'act',
  fallback: 'silent_skip',
  request: z.strictObject({
    text: z.string().min(1).max(20),
    id: z.uuid(),
    odd: z.string().refine((text) => text === 'odd'),
    count: z.int().min(-3).max(3),
    exact: u64,
    share: z.number().min(0).lt(1),
    kind: z.enum(['a', 'b', 'c']),
    list: z.array(z.boolean()).min(1).max(4),
    pair: z.tuple([z.string(), z.int()]),
    byName: z.record(z.string(), z.int()),
    each: z.record(z.enum(['x', 'y']), z.null()),
    part: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('one'), a: z.string() }),
      z.strictObject({ kind: z.literal('two'), b: z.int().nullable() }),
    ]),
    either: z.union([z.string(), z.int()]),
    tree,
    any: jsonValue,
    maybe: z.string().optional(),
    later: z.string().nullable().default(null),
  }),
  response: z.strictObject({}),
  sample: {
    request: {
      text: 'a',
      id: '00000000-0000-4000-8000-000000000001',
      odd: 'odd',
      count: 0,
      exact: 1n,
      share: 0,
      kind: 'a',
      list: [true],
      pair: ['', 1],
      byName: {},
      each: { x: null, y: null },
      part: { kind: 'one', a: '' },
      either: 1,
      tree: { children: [] },
      any: null,
      later: null,
    },
    response: {},
  },
});

const newest = (contract: WireFunction): VersionDescription =>
  describeContract(contract).versions.at(-1) as never;
const requestsOf = (contract: WireFunction, options = {}) => {
  const { request, sample } = newest(contract);
  return generateMessages(request, sample.request, options);
};

describe('generated messages', () => {
  it.each([rich, ...loadBalancerFunctions].map((contract) => [contract.name, contract] as const))(
    'of %s fit its contract',
    (_, contract) => {
      const schemas = [contract, ...contractsFromDescription(describeContracts([contract]))].map(
        (each) => findLadder(each)?.newest,
      );
      for (const rung of schemas) {
        for (const message of requestsOf(contract, { count: 300 }))
          expect(rung?.request.fromWire(message as object)).toMatchObject({
            ok: true,
          });
        const { response, sample } = newest(contract);
        for (const message of generateMessages(response, sample.response))
          expect(rung?.response.fromWire(message as object)).toMatchObject({ ok: true });
      }
    },
  );

  it('cover every case of the description', () => {
    const requests = requestsOf(rich, { count: 200 }) as readonly Record<string, unknown>[];
    const values = (key: string) => new Set(requests.map((request) => request[key]));
    expect(values('kind')).toEqual(new Set(['a', 'b', 'c']));
    expect(values('count')).toEqual(new Set([0, 1, -1, -3, 3, -2, 2]));
    expect(values('exact')).toContain(2n ** 64n - 1n);
    expect(values('odd')).toEqual(new Set(['odd']));
    expect(values('maybe').size).toBeGreaterThan(3);
    expect(new Set(requests.map(({ part }) => (part as { kind: string }).kind))).toEqual(
      new Set(['one', 'two']),
    );
    expect(new Set(requests.map(({ list }) => (list as unknown[]).length))).toEqual(new Set([1, 2, 3, 4]));
    expect(new Set(requests.map((request) => 'maybe' in request))).toEqual(new Set([true, false]));
  });

  it('are the same for the same seed, and differ for another seed', () => {
    expect(requestsOf(rich, { seed: 7 })).toEqual(requestsOf(rich, { seed: 7 }));
    expect(requestsOf(rich, { seed: 7 })).not.toEqual(requestsOf(rich, { seed: 8 }));
    expect(requestsOf(rich, { count: 2 })).toHaveLength(2);
  });
});

describe('generated messages of a recursive schema', () => {
  type Formula =
    | { readonly not: Formula }
    | { readonly all: readonly [Formula, Formula] }
    | { readonly is: string };
  const formula: z.ZodType<Formula> = z.union([
    z.strictObject({ not: z.lazy(() => formula) }),
    z.strictObject({ all: z.tuple([z.lazy(() => formula), z.lazy(() => formula)]) }),
    z.strictObject({ is: z.string() }),
  ]) as never;
  const side = z.strictObject({ formula });
  const judge = defineWireFunction({
    name: 'judge',
    fallback: 'silent_skip',
    request: side,
    response: side,
    sample: { request: { formula: { is: '' } }, response: { formula: { is: '' } } },
  });

  it('are finite even if the first options of a union are recursive', () => {
    const { request, sample } = newest(judge);
    for (const message of generateMessages(request, sample.request, { count: 200 }))
      expect(side.safeParse(message).success).toBe(true);
  });
});

describe('hostile messages', () => {
  const { request, sample } = newest(rich);
  const ladder = findLadder(rich);
  const hostile = hostileMessages(request, sample.request, 1);

  it('have unique labels', () => {
    expect(new Set(hostile.map(({ label }) => label)).size).toBe(hostile.length);
    expect(hostile.length).toBeGreaterThan(90);
  });

  it('leave out cases that the schema accepts', () => {
    const open = z.strictObject({
      items: z.array(z.string().nullable()),
      either: z.union([z.string(), z.record(z.string(), z.string())]),
    });
    const sample_ = { items: [], either: '' };
    const openContract = defineWireFunction({
      name: 'open',
      fallback: 'silent_skip',
      request: open,
      response: open,
      sample: { request: sample_, response: sample_ },
    });
    const labels = hostileMessages(newest(openContract).request, sample_, 1).map(({ label }) => label);
    expect(labels.filter((label) => /nulls|an empty object|another kind/.test(label))).toEqual([]);
  });

  it('do not fit the contract, except those that only JSON.parse accepts', () => {
    const accepted = hostile.filter(({ content }) => {
      try {
        const text =
          typeof content === 'string'
            ? content
            : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
        const { _v, ...message } = JSON.parse(text) as Record<string, unknown>;
        return _v === 1 && ladder?.newest.request.fromWire(message).ok === true;
      } catch {
        return false;
      }
    });
    const surprising = accepted.filter(({ label }) => !/: (duplicate|a lone surrogate)$/.test(label));
    expect(surprising.map(({ label }) => label)).toEqual(['two _v']);
  });
});
