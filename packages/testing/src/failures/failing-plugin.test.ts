import { CALL_CODES } from '@plugwire/runtime';
import { defineWireFunction, DISPATCH_STAGES, STAGE_CODES, type WireFunction } from '@plugwire/wire';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { openTestPlugin } from '../plugins/open-test-plugin.ts';
import { sampleRequest } from '../plugins/sample-message.ts';
import { greet, schedule } from '../testing/contracts.ts';
import { failingPlugin } from './failing-plugin.ts';
import { PLUGIN_FAILURES, type PluginFailure } from './plugin-failures.ts';

/** Failures that only some contracts can have: those that accept any JSON, or have codecs or several versions. */
const CONTRACT_BOUND = new Set([
  'inexact_number',
  'too_deep',
  'proto_key',
  'codec_threw',
  'adapter_threw',
  'adapter_mismatch',
]);
const always = PLUGIN_FAILURES.filter(
  ({ stage, code }) => stage !== 'response_decode' || !CONTRACT_BOUND.has(code),
);

/** Checks that a dispatch fails, and fails again on the same plugin after a successful call of another function. */
const failTwice = async (contract: WireFunction, failure: PluginFailure): Promise<void> => {
  const companion = contract.name === 'greet' ? schedule : greet;
  const { stage, code } = failure;
  const failing = await failingPlugin(contract, failure, { alongside: [companion] });
  await using test = await openTestPlugin(failing, [contract, companion]);
  const { plugin, metrics } = test;
  const before = await metrics.fallbacks();
  const fails = (): void => {
    expect(plugin.dispatchSync(contract, sampleRequest(contract))).toMatchObject({
      kind: 'fallback',
      policy: contract.fallback,
      error: { stage, code },
    });
  };
  await failing.prepare(plugin);
  fails();
  const counted = (await metrics.fallbacks('failing')).find(
    (each) => each.stage === stage && each.code === code,
  );
  const earlier = before.find((each) => each.stage === stage && each.code === code)?.count ?? 0;
  expect(counted?.count).toBeGreaterThan(earlier);
  if (code !== 'breaker_open') {
    expect(plugin.dispatchSync(companion, sampleRequest(companion))).toMatchObject({ kind: 'ok' });
  }
  await failing.prepare(plugin);
  fails();
};

describe.each(
  [greet, schedule, ...loadBalancerFunctions].map((contract) => [contract.name, contract] as const),
)('a plugin that fails at %s', (_, contract: WireFunction) => {
  it.each(always)('$stage $code', async (failure) => {
    await failTwice(contract, failure);
  });
});

describe('a plugin for a contract of an unusual form', () => {
  const responding = (response: z.ZodType, sample: unknown): WireFunction =>
    defineWireFunction({
      name: 'odd',
      fallback: 'silent_skip',
      version: 65_535,
      request: z.strictObject({}),
      response,
      sample: { request: {}, response: sample },
    });
  const point = z.strictObject({ x: z.int() });

  it.each([
    ['a union', responding(z.union([point, z.strictObject({ y: z.string() })]), { y: '' })],
    [
      'a discriminated union',
      responding(z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('a'), x: z.int() })]), {
        kind: 'a',
        x: 1,
      }),
    ],
    ['only optional keys', responding(z.strictObject({ x: z.int().optional() }), {})],
    ['a default', responding(z.strictObject({ x: z.int().default(1) }), { x: 1 })],
    [
      'the key that failingPlugin adds',
      responding(z.strictObject({ plugwire_surplus: z.unknown() }), { plugwire_surplus: 1 }),
    ],
    [
      'a codec at its root',
      responding(z.codec(point, z.number(), { decode: ({ x }) => x, encode: (x) => ({ x }) }), 7),
    ],
    [
      'a nested schema',
      responding(z.strictObject({ inner: z.lazy((): z.ZodType => z.strictObject({ inner: z.null() })) }), {
        inner: { inner: null },
      }),
    ],
  ])('fails in the given way: %s', async (_, contract) => {
    for (const failure of always.filter(
      ({ stage }) => stage !== 'plugin_call' && stage !== 'version_lookup',
    )) {
      const failing = failingPlugin(contract, failure as never);
      await using test = await openTestPlugin(failing, [contract]);
      expect(test.plugin.dispatchSync(contract, {})).toMatchObject({ error: failure });
    }
  });
});

describe('a failure that depends on the contract', () => {
  type DecodeFailure = Extract<PluginFailure, { stage: 'response_decode' }>;
  const decode = (code: string): DecodeFailure => ({ stage: 'response_decode', code }) as DecodeFailure;

  it.each([...CONTRACT_BOUND].map((code) => [code]))(
    'can be %s if the contract has codecs, adapters and accepts any JSON',
    async (code) => {
      await failTwice(schedule, decode(code));
    },
  );

  const open = new Set(['build_signer', 'on_unauthorized']);
  const openEnded = loadBalancerFunctions.filter(({ name }) => open.has(name));
  const strict = [greet, ...loadBalancerFunctions.filter(({ name }) => !open.has(name))];
  const named = (contracts: readonly WireFunction[]) =>
    contracts.map((contract) => [contract.name, contract] as const);

  it.each(named(openEnded))(
    'can be too_deep and proto_key for %s, which accepts any JSON',
    async (_, contract) => {
      await failTwice(contract, decode('too_deep'));
      await failTwice(contract, decode('proto_key'));
    },
  );

  it.each(named(strict))(
    'cannot be too_deep or proto_key for %s, which is strict',
    async (name, contract) => {
      for (const code of ['too_deep', 'proto_key']) {
        await expect(failingPlugin(contract, decode(code))).rejects.toMatchObject({
          name: 'PlugwireUsageError',
          code: 'bad_option',
          message: expect.stringContaining(
            `no answer was found that causes response_decode/${code} of "${name}"`,
          ),
        });
      }
    },
  );

  it.each(['codec_threw', 'adapter_threw', 'adapter_mismatch'])(
    'cannot be %s for greet, and the error says why',
    async (code) => {
      await expect(failingPlugin(greet, decode(code))).rejects.toThrow(
        /That needs a (codec|version below the newest)/,
      );
    },
  );

  it('can be caused by an answer that the caller gives', async () => {
    const picky = defineWireFunction({
      name: 'picky',
      fallback: 'pass_through',
      request: z.strictObject({}),
      response: z.strictObject({
        text: z.string().refine((text) => {
          if (text === 'open sesame') throw new Error('a check that throws');
          return true;
        }),
      }),
      sample: { request: {}, response: { text: '' } },
    });
    const failure = { stage: 'response_decode', code: 'codec_threw' } as const;
    await expect(failingPlugin(picky, failure)).rejects.toThrow('pass an answer that causes it');
    await expect(failingPlugin(picky, failure, { answer: { text: 'x' } })).rejects.toThrow(
      'the given answer does not cause response_decode/codec_threw of "picky"',
    );
    const failing = failingPlugin(picky, failure, { answer: { text: 'open sesame' } });
    await using test = await openTestPlugin(failing, [picky]);
    expect(test.plugin.dispatchSync(picky, {})).toMatchObject({ error: failure });
  });
});

describe('a failing plugin', () => {
  it.each([4, 5, 6])('fails at version %i of a contract with several versions', async (version) => {
    for (const failure of [
      { stage: 'response_envelope', code: 'version_mismatch' },
      { stage: 'response_decode', code: 'schema_mismatch' },
      { stage: 'plugin_call', code: 'guest_error' },
    ] as const) {
      await using test = await openTestPlugin(failingPlugin(schedule, failure, { version }), [schedule]);
      expect(test.plugin.metadata.negotiated_functions).toEqual({ schedule: version });
      expect(test.plugin.dispatchSync(schedule, sampleRequest(schedule))).toMatchObject({ error: failure });
    }
  });

  it.each(
    PLUGIN_FAILURES.filter(({ stage, code }) => stage !== 'response_decode' && code !== 'not_negotiated'),
  )('needs no other contract for $stage $code, and has the given name', async (failure) => {
    const failing = await failingPlugin(greet, failure as never, { name: 'its-own' } as never);
    await using test = await openTestPlugin(failing, [greet]);
    expect(test.plugin.name).toBe('its-own');
    expect(test.plugin.dispatchSync(greet, { name: 'Ada' })).toMatchObject({
      error: { stage: failure.stage, code: failure.code },
      response: { text: 'hello, Ada' },
    });
  });

  const NEEDY = new Set<string>([
    'fuel',
    'deadline',
    'request_too_large',
    'guest_exit',
    'host_function_failed',
    'bad_argument',
    'storage_quota',
    'breaker_open',
    'not_negotiated',
  ]);
  it.each(always.filter(({ code }) => !NEEDY.has(code)))(
    'needs only its bytes for $stage $code in a host with default options',
    async (failure) => {
      const { source } = await failingPlugin(greet, failure as never);
      await using test = await openTestPlugin(source, [greet]);
      expect(test.plugin.dispatchSync(greet, { name: '' })).toMatchObject({ error: failure });
    },
  );

  it('exceeds its own limits, whatever the limits of host and load are', async () => {
    const limits = { fuel: 5, deadlineMs: 60_000, kernelMemoryBytes: 4096, variableBytes: 10_000_000 };
    for (const failure of always.filter(({ stage }) => stage === 'plugin_call')) {
      if (!['fuel', 'deadline', 'memory', 'request_too_large'].includes(failure.code)) continue;
      await using test = await openTestPlugin(failingPlugin(greet, failure as never), [greet], {
        host: { limits },
        load: { limits: { ...limits, functions: { greet: { requestBytes: 1000, fuel: 7 } } } },
      });
      expect(test.plugin.dispatchSync(greet, { name: '' })).toMatchObject({ error: failure });
    }
  });

  it('is refused for a failure that no plugin can cause, and the error says what causes it', async () => {
    const listed = new Set(PLUGIN_FAILURES.map(({ stage, code }) => `${stage} ${code}`));
    const all = DISPATCH_STAGES.flatMap((stage) =>
      (stage === 'plugin_call' ? CALL_CODES : STAGE_CODES[stage]).map((code) => ({ stage, code })),
    );
    const others = all.filter(({ stage, code }) => !listed.has(`${stage} ${code}`));
    expect(others.length + PLUGIN_FAILURES.length).toBe(all.length);
    expect(others.map(({ stage, code }) => `${stage} ${code}`)).toMatchInlineSnapshot(`
      [
        "version_lookup not_registered",
        "request_envelope not_an_object",
        "request_envelope schema_mismatch",
        "request_envelope too_deep",
        "request_envelope proto_key",
        "request_envelope unreadable",
        "request_envelope adapter_threw",
        "request_envelope adapter_mismatch",
        "serialize_request codec_threw",
        "serialize_request not_serializable",
        "plugin_call trap",
        "plugin_call source_failed",
        "plugin_call storage_unavailable",
        "plugin_call host_call_refused",
        "plugin_call reentrant_call",
        "plugin_call out_of_memory",
        "plugin_call closed",
        "plugin_call process_exited",
        "plugin_call not_connected",
        "plugin_call call_failed",
        "plugin_call too_many_calls",
        "deserialize_response not_protobuf",
        "panic unexpected",
      ]
    `);
    for (const failure of others) {
      await expect(failingPlugin(greet, failure as never)).rejects.toMatchObject({
        code: 'bad_option',
        message: expect.stringMatching(`^no plugin can cause ${failure.stage}/${failure.code}: \\w+ `),
      });
    }
  });

  it.each([
    ['an unknown stage', greet, { stage: 'nowhere', code: 'fuel' }, {}, 'no plugin can cause nowhere/fuel'],
    ['a code of another stage', greet, { stage: 'plugin_call', code: 'not_json' }, {}, 'no plugin can cause'],
    ['toString', greet, { stage: 'plugin_call', code: 'toString' }, {}, 'no plugin can cause'],
    [
      'an unknown version',
      greet,
      { stage: 'plugin_call', code: 'fuel' },
      { version: 9 },
      'expected one of 1',
    ],
    [
      'its own contract alongside',
      greet,
      { stage: 'plugin_call', code: 'fuel' },
      { alongside: [greet] },
      'Leave it out',
    ],
    ['nothing alongside', greet, { stage: 'version_lookup', code: 'not_negotiated' }, {}, 'set alongside'],
    ['a useless answer', greet, { stage: 'plugin_call', code: 'fuel' }, { answer: {} }, 'leave answer out'],
    [
      'a bad name',
      greet,
      { stage: 'plugin_call', code: 'fuel' },
      { name: 'No name' },
      'is not a plugin name',
    ],
    [
      'a contract that is a plain object',
      { name: 'greet' },
      { stage: 'plugin_call', code: 'fuel' },
      {},
      'the contract is a plain object',
    ],
  ])('is refused for %s', async (_, contract, failure, options, message) => {
    await expect(failingPlugin(contract as never, failure as never, options as never)).rejects.toMatchObject({
      name: 'PlugwireUsageError',
      message: expect.stringContaining(message),
    });
  });
});
