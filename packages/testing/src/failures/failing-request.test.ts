import { defineWireFunction, jsonValue, type WireFunction } from '@plugwire/wire';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { samplePlugin } from '../plugins/answering-plugin.ts';
import { openTestPlugin } from '../plugins/open-test-plugin.ts';
import { greet, schedule } from '../testing/contracts.ts';
import { failingPlugin } from './failing-plugin.ts';
import { failingRequest, type RequestStage } from './failing-request.ts';

const carrying = (request: z.ZodType, sample: unknown): WireFunction =>
  defineWireFunction({
    name: 'carry',
    fallback: 'silent_skip',
    request,
    response: z.strictObject({}),
    sample: { request: sample, response: {} },
  });

const url = z.codec(z.string(), z.instanceof(URL), {
  decode: (text) => new URL(text),
  encode: (value) => value.href,
});
const wrapped = z.codec(z.strictObject({ inner: z.string() }), z.string(), {
  decode: ({ inner }) => inner,
  encode: (inner) => ({ inner }),
});

const stageOf = async (contract: WireFunction, stage: RequestStage): Promise<string> => {
  await using test = await openTestPlugin(samplePlugin([contract]), [contract]);
  const outcome = test.plugin.dispatchSync(contract, failingRequest(contract, stage));
  return outcome.kind === 'ok' ? 'ok' : outcome.error.stage;
};

describe('a request that fails at request_envelope', () => {
  it.each(
    [
      greet,
      schedule,
      ...loadBalancerFunctions,
      carrying(z.strictObject({ any: z.record(z.string(), z.unknown()) }), { any: {} }),
      carrying(wrapped, ''),
      carrying(z.union([z.strictObject({ a: z.string() }), z.strictObject({ b: z.unknown() })]), { a: '' }),
    ].map((contract) => [contract.name, contract] as const),
  )('can be created for %s', async (_, contract) => {
    expect(await stageOf(contract, 'request_envelope')).toBe('request_envelope');
  });
});

describe('a request that fails at serialize_request', () => {
  it.each([
    ['z.unknown', z.strictObject({ a: z.unknown() }), { a: 1 }],
    ['z.any in an empty list', z.strictObject({ a: z.array(z.any()) }), { a: [] }],
    ['an empty record', z.strictObject({ a: z.record(z.string(), z.unknown()) }), { a: {} }],
    ['an optional key', z.strictObject({ a: z.string(), b: z.unknown().optional() }), { a: '' }],
    [
      'an optional key further in',
      z.strictObject({ a: z.strictObject({ b: z.string(), c: z.unknown().optional() }) }),
      { a: { b: '' } },
    ],
    [
      'a custom check',
      z.strictObject({ a: z.custom<object>((value) => typeof value === 'object') }),
      { a: {} },
    ],
    ['a codec over a class', z.strictObject({ a: url }), { a: new URL('http://localhost') }],
    ['a codec beside any JSON', z.strictObject({ a: url, b: z.unknown() }), { a: new URL('http://x'), b: 1 }],
  ])('can be created for %s', async (_, schema, sample) => {
    expect(await stageOf(carrying(schema, sample), 'serialize_request')).toBe('serialize_request');
  });

  it.each([4, 5, 6])('can be created for a contract whose plugin serves version %i', async (version) => {
    const failing = failingPlugin(schedule, { stage: 'plugin_call', code: 'guest_error' }, { version });
    await using test = await openTestPlugin(failing, [schedule]);
    const request = failingRequest(schedule, 'serialize_request');
    expect(test.plugin.dispatchSync(schedule, request)).toMatchObject({
      error: { stage: 'serialize_request' },
    });
  });

  it.each(
    [greet, ...loadBalancerFunctions, carrying(z.strictObject({ a: jsonValue }), { a: 1 })].map(
      (contract) => [contract.name, contract] as const,
    ),
  )(
    'cannot be created for %s, whose schema accepts only values that JSON can represent',
    (name, contract) => {
      expect(() => failingRequest(contract, 'serialize_request')).toThrow(
        expect.objectContaining({
          name: 'PlugwireUsageError',
          code: 'bad_option',
          message: expect.stringContaining(
            `no request of "${name}" was found that fails at serialize_request`,
          ),
        }),
      );
    },
  );
});

it('failingRequest refuses other stages and values that are not contracts', () => {
  expect(() => failingRequest(greet, 'plugin_call' as never)).toThrow('no request fails at plugin_call');
  expect(() => failingRequest({} as never, 'request_envelope')).toThrow('the contract is a plain object');
});
