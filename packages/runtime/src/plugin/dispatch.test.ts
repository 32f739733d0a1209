import { behave, type PluginDescription } from '@plugwire/pdk-fixtures';
import { defineWireFunction, jsonValue, type WireFunction } from '@plugwire/wire';
import pino from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { PluginHostOptions } from '../host/plugin-host.ts';
import { keepLines } from '../testing/keep-lines.ts';
import { openPlugin } from '../testing/open-plugin.ts';
import type { DispatchOutcome } from '../outcomes/dispatch-outcome.ts';
import type { Plugin } from './plugin.ts';

const greetVersion1 = defineWireFunction({
  name: 'greet',
  fallback: 'use_default',
  request: z.strictObject({ name: z.string(), extra: z.unknown().optional() }),
  response: z.strictObject({ text: z.string(), more: jsonValue.optional() }),
  sample: { request: { name: '' }, response: { text: '' } },
});
const greet = greetVersion1.withDefault(({ name }) => ({ text: `default for ${name}` }));

const reflect = defineWireFunction({
  name: 'reflect',
  fallback: 'pass_through',
  request: z.strictObject({ text: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { text: '' }, response: { text: '' } },
});

const load = async (
  description: PluginDescription,
  options: Partial<PluginHostOptions> = {},
): Promise<Plugin> => await openPlugin(description, { functions: [greet], ...options });

const greeter = async (behaviour: ReturnType<typeof behave.noOutput>, options?: Partial<PluginHostOptions>) =>
  await load({ functions: { greet: behaviour } }, options);

/** Dispatches with arguments of any type, as an untyped caller can. */
const dispatchAny = (plugin: Plugin, contract: WireFunction, request: unknown): DispatchOutcome =>
  plugin.dispatchSync(contract, request);

describe('a dispatch that succeeds', () => {
  it('returns the response and the negotiated version', async () => {
    const plugin = await greeter(behave.answer({ _v: 1, text: 'Moin' }));
    expect(plugin.dispatchSync(greet, { name: 'Ada' })).toEqual({
      kind: 'ok',
      response: { text: 'Moin' },
      version: 1,
    });
  });

  it('sends the request with _v last', async () => {
    const plugin = await load({ functions: { reflect: behave.echo() } }, { functions: [reflect] });
    expect(plugin.dispatchSync(reflect, { text: 'π \ud800 "x"' })).toEqual({
      kind: 'ok',
      response: { text: 'π \ud800 "x"' },
      version: 1,
    });
  });

  it('returns the right answer to each of several overlapping dispatches', async () => {
    const plugin = await load({ functions: { reflect: behave.echo() } }, { functions: [reflect] });
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => await plugin.dispatch(reflect, { text: `call ${at}` })),
    );
    expect(outcomes.map((outcome) => outcome.response?.text)).toEqual(outcomes.map((_, at) => `call ${at}`));
  });

  it('converts messages for a plugin with an older version', async () => {
    const newer = greetVersion1
      .next({
        request: z.strictObject({ names: z.array(z.string()) }),
        response: z.strictObject({ texts: z.array(z.string()) }),
        sample: { request: { names: [] }, response: { texts: [] } },
        downgradeRequest: ({ names }) => ({ name: names.join(' & ') }),
        upgradeResponse: ({ text }) => ({ texts: [text] }),
      })
      .next({
        request: z.strictObject({ names: z.array(z.string()), polite: z.boolean() }),
        response: z.strictObject({ texts: z.array(z.string()), polite: z.boolean() }),
        sample: { request: { names: [], polite: true }, response: { texts: [], polite: true } },
        downgradeRequest: ({ names }) => ({ names }),
        upgradeResponse: ({ texts }) => ({ texts, polite: false }),
      })
      .withDefault(() => ({ texts: [], polite: false }));
    const plugin = await load(
      { functions: { greet: behave.answer({ _v: 1, text: 'Moin' }) } },
      { functions: [newer] },
    );
    expect(plugin.dispatchSync(newer, { names: ['Ada', 'Bob'], polite: true })).toEqual({
      kind: 'ok',
      response: { texts: ['Moin'], polite: false },
      version: 1,
    });
  });
});

describe('large integers', () => {
  it('reach the plugin and return with all digits', async () => {
    const forward = defineWireFunction({
      name: 'forward',
      fallback: 'fail_request',
      request: z.strictObject({ state: jsonValue }),
      response: z.strictObject({ state: jsonValue }),
      sample: { request: { state: null }, response: { state: null } },
    });
    const plugin = await load({ functions: { forward: behave.echo() } }, { functions: [forward] });
    const state = { id: 12345678901234567890n, list: [-(2n ** 63n), 1, 0.5], far: 1e300 };
    expect(plugin.dispatchSync(forward, { state })).toMatchObject({ kind: 'ok', response: { state } });
  });
});

describe('a dispatch that fails', () => {
  const cases = [
    ['deserialize_response', 'empty_output', behave.noOutput()],
    ['deserialize_response', 'empty_output', behave.emptyOutput()],
    ['deserialize_response', 'not_utf8', behave.answerBytes(Uint8Array.of(0x22, 0xff, 0xfe, 0x22))],
    ['deserialize_response', 'not_json', behave.answerText('{"_v":1,"text":')],
    ['response_envelope', 'not_an_object', behave.answer([1])],
    ['response_envelope', 'not_an_object', behave.answer(null)],
    ['response_envelope', 'version_missing', behave.answer({ text: 'x' })],
    ['response_envelope', 'version_missing', behave.answerText('{"__proto__":{"_v":1},"text":"x"}')],
    ['response_envelope', 'version_invalid', behave.answer({ _v: '1', text: 'x' })],
    ['response_envelope', 'version_invalid', behave.answer({ _v: 1.5, text: 'x' })],
    ['response_envelope', 'version_invalid', behave.answer({ _v: -1, text: 'x' })],
    ['response_envelope', 'version_invalid', behave.answer({ _v: null, text: 'x' })],
    ['response_envelope', 'version_mismatch', behave.answer({ _v: 2, text: 'x' })],
    ['response_envelope', 'version_mismatch', behave.answer({ _v: 0, text: 'x' })],
    ['response_decode', 'schema_mismatch', behave.answer({ _v: 1, text: 'x', surplus: 1 })],
    ['response_decode', 'schema_mismatch', behave.answer({ _v: 1 })],
    ['response_decode', 'proto_key', behave.answerText('{"_v":1,"text":"x","more":{"__proto__":1}}')],
    [
      'response_decode',
      'too_deep',
      behave.answerText(`{"_v":1,"text":"x","more":${'['.repeat(5000)}${']'.repeat(5000)}}`),
    ],
    ['plugin_call', 'unreachable', behave.trap('unreachable')],
    ['plugin_call', 'out_of_bounds', behave.trap('outOfBounds')],
    ['plugin_call', 'division', behave.trap('divideByZero')],
    ['plugin_call', 'conversion', behave.trap('conversion')],
    ['plugin_call', 'indirect_call', behave.trap('indirectCall')],
    ['plugin_call', 'stack_overflow', behave.trap('stackOverflow')],
    ['plugin_call', 'guest_error', behave.guestError('the secret of the guest')],
    ['plugin_call', 'guest_error', behave.nonZero(7)],
    ['plugin_call', 'http_refused', behave.httpRequest()],
    ['plugin_call', 'output_too_large', behave.hugeOutput(1024 * 1024 + 1)],
    [
      'plugin_call',
      'capability_denied',
      behave.callHostFunction({ name: 'cc_lb_log', args: ['info', 'hello'] }),
    ],
  ] as const;

  it.each(cases)(
    'at %s with %s returns the fallback, and the next call works',
    async (stage, code, behaviour) => {
      const plugin = await load(
        { functions: { greet: behaviour, reflect: behave.echo() } },
        { functions: [greet, reflect] },
      );
      const outcome = plugin.dispatchSync(greet, { name: 'Ada' });
      expect(outcome).toMatchObject({ kind: 'fallback', policy: 'use_default', error: { stage, code } });
      expect(outcome.response).toEqual({ text: 'default for Ada' });
      expect(plugin.dispatchSync(reflect, { text: 'still there' }).kind).toBe('ok');
    },
  );

  it('does not stop the next call in the same turn, even after many crashes', async () => {
    const plugin = await load(
      { functions: { greet: behave.trap('unreachable'), reflect: behave.echo() } },
      { functions: [greet, reflect] },
    );
    const codes = Array.from({ length: 5 }, () => {
      const outcome = plugin.dispatchSync(greet, { name: 'Ada' });
      return outcome.kind === 'fallback' ? outcome.error.code : 'ok';
    });
    expect(codes).toEqual(Array.from({ length: 5 }, () => 'unreachable'));
    expect(plugin.dispatchSync(reflect, { text: 'x' }).kind).toBe('ok');
  });

  it('returns version_lookup/not_registered for another contract object with the same name', async () => {
    const plugin = await greeter(behave.answer({ _v: 1, text: 'x' }));
    const outcome = plugin.dispatchSync(greetVersion1, { name: 'Ada' });
    expect(outcome).toMatchObject({
      error: { stage: 'version_lookup', code: 'not_registered' },
      policy: 'use_default',
    });
  });

  it.each([null, undefined, {}, { name: 'greet', fallback: 'silent_skip' }])(
    'returns version_lookup and fails the request for a value that is not a contract (%j)',
    async (contract) => {
      const plugin = await greeter(behave.answer({ _v: 1, text: 'x' }));
      expect(dispatchAny(plugin, contract as never, {})).toMatchObject({
        error: { stage: 'version_lookup', code: 'not_registered' },
        policy: 'fail_request',
      });
    },
  );

  it('returns version_lookup/not_negotiated and the default if the plugin lacks the function', async () => {
    const plugin = await load({ functions: { reflect: behave.echo() } }, { functions: [greet, reflect] });
    expect(plugin.dispatchSync(greet, { name: 'Ada' })).toMatchObject({
      error: { stage: 'version_lookup', code: 'not_negotiated' },
      response: { text: 'default for Ada' },
    });
  });

  it('returns request_too_large and output_too_large by the limits of the function', async () => {
    const limits = { functions: { greet: { requestBytes: 30 }, reflect: { outputBytes: 30 } } };
    const plugin = await load(
      { functions: { greet: behave.echo(), reflect: behave.echo() } },
      { functions: [greet, reflect], limits },
    );
    expect(plugin.dispatchSync(greet, { name: 'a'.repeat(40) })).toMatchObject({
      error: { stage: 'plugin_call', code: 'request_too_large' },
    });
    expect(plugin.dispatchSync(reflect, { text: 'a'.repeat(40) })).toMatchObject({
      error: { stage: 'plugin_call', code: 'output_too_large' },
    });
  });

  it('returns plugin_call/closed after close', async () => {
    const plugin = await greeter(behave.answer({ _v: 1, text: 'x' }));
    await plugin.close();
    await plugin.close();
    expect(plugin.health()).toMatchObject({ status: 'closed', breaker: 'closed' });
    expect(plugin.dispatchSync(greet, { name: 'Ada' })).toMatchObject({
      error: { stage: 'plugin_call', code: 'closed' },
      response: { text: 'default for Ada' },
    });
  });
});

describe('a request that cannot be sent', () => {
  const throwing = {
    get name(): string {
      throw new Error('SECRET');
    },
  };
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const proxy = new Proxy(
    {},
    {
      get: () => {
        throw new Error('SECRET');
      },
      ownKeys: () => {
        throw new Error('SECRET');
      },
    },
  );
  const cases: readonly (readonly [string, unknown, string, string])[] = [
    ['null', null, 'request_envelope', 'not_an_object'],
    ['an array', [], 'request_envelope', 'not_an_object'],
    ['a string', 'SECRET', 'request_envelope', 'not_an_object'],
    ['a missing key', {}, 'request_envelope', 'schema_mismatch'],
    ['undefined for a key', { name: undefined }, 'request_envelope', 'schema_mismatch'],
    ['an unknown key', { name: 'x', SECRET: 1 }, 'request_envelope', 'schema_mismatch'],
    ['a _v key', { name: 'x', _v: 1 }, 'request_envelope', 'schema_mismatch'],
    ['a BigInt for a string', { name: 1n }, 'request_envelope', 'schema_mismatch'],
    ['a getter that throws', throwing, 'request_envelope', 'unreadable'],
    ['a proxy that throws', proxy, 'request_envelope', 'unreadable'],
    ['a cycle', { name: 'x', extra: cyclic }, 'request_envelope', 'too_deep'],
    [
      'a __proto__ key',
      { name: 'x', extra: JSON.parse('{"__proto__":{"SECRET":1}}') },
      'request_envelope',
      'proto_key',
    ],
    ['NaN', { name: 'x', extra: { SECRET: Number.NaN } }, 'serialize_request', 'not_serializable'],
    [
      'a toJSON that throws',
      {
        name: 'x',
        extra: {
          toJSON: () => {
            throw new Error('SECRET');
          },
        },
      },
      'serialize_request',
      'not_serializable',
    ],
  ];

  it.each(cases)('fails for %s, without a default and without payload', async (_, request, stage, code) => {
    const plugin = await greeter(behave.answer({ _v: 1, text: 'x' }));
    const outcome = dispatchAny(plugin, greet, request);
    expect(outcome).toMatchObject({ kind: 'fallback', error: { stage, code } });
    expect(outcome.response).toBeUndefined();
    expect(JSON.stringify(outcome)).not.toContain('SECRET');
  });
});

describe('a default', () => {
  const withDefault = (make: (request: { name: string }) => unknown) =>
    greetVersion1.withDefault(make as never);
  /** A default that works for the sample, and fails for every other request. */
  const failing = (fail: () => unknown) => withDefault(({ name }) => (name === '' ? { text: '' } : fail()));

  it.each([
    [
      'throws',
      'default_threw',
      () => {
        throw new Error('SECRET');
      },
    ],
    ['does not fit', 'default_mismatch', () => ({ text: 'x', SECRET: 7 })],
    ['is a promise', 'default_mismatch', () => Promise.resolve({ text: 'later' })],
  ])('that %s is reported with %s, counted and logged beside the stage', async (_, code, make) => {
    const { lines, logger } = keepLines('error');
    const registry = new Registry();
    const contract = failing(make);
    const plugin = await load(
      { functions: { greet: behave.trap('unreachable') } },
      { functions: [contract], logger, registry },
    );
    const outcome = plugin.dispatchSync(contract, { name: 'x' }, { fields: { request_id: 'r1' } });
    expect(outcome).toMatchObject({
      error: { stage: 'plugin_call', code: 'unreachable' },
      response: undefined,
      defaultError: { code },
    });
    expect(lines).toMatchObject([
      {
        msg: 'the default failed, the fallback has no answer',
        function: 'greet',
        stage: 'plugin_call',
        code,
        request_id: 'r1',
      },
    ]);
    const metrics = await registry.metrics();
    expect(metrics).toContain(
      `cc_lb_plugin_default_errors_total{plugin="fixture",function="greet",code="${code}"} 1`,
    );
    expect([JSON.stringify(outcome), JSON.stringify(lines), metrics].join('')).not.toContain('SECRET');
  });

  it('that returns an answer reports no error', async () => {
    const plugin = await greeter(behave.trap('unreachable'));
    expect(plugin.dispatchSync(greet, { name: 'x' })).toMatchObject({ defaultError: undefined });
  });

  it('gets the request without _v', async () => {
    let seen: unknown;
    const contract = withDefault((request) => {
      seen = { ...request };
      return { text: '' };
    });
    const plugin = await load(
      { functions: { greet: behave.trap('unreachable') } },
      { functions: [contract] },
    );
    plugin.dispatchSync(contract, { name: 'Ada' });
    expect(seen).toEqual({ name: 'Ada' });
  });
});

describe('the recent dispatches in health', () => {
  it('have the share of fallbacks, without requests that do not fit the contract', async () => {
    const plugin = await load(
      { functions: { greet: behave.guestError('no'), reflect: behave.echo() } },
      { functions: [greet, reflect] },
    );
    expect(plugin.health().recent).toEqual({ dispatches: 0, fallbacks: 0, fallbackShare: 0 });
    plugin.dispatchSync(greet, { name: 'x' });
    for (let calls = 0; calls < 3; calls += 1) plugin.dispatchSync(reflect, { text: 'x' });
    dispatchAny(plugin, reflect, { text: 1 });
    expect(plugin.health().recent).toEqual({ dispatches: 4, fallbacks: 1, fallbackShare: 0.25 });
  });
});

describe('dispatchSync', () => {
  it('does not throw if the logger and the registry throw', async () => {
    const broken = () => {
      throw new Error('disk full');
    };
    const logger = { trace: broken, debug: broken, info: broken, warn: broken, error: broken };
    const plugin = await greeter(behave.trap('unreachable'), { logger });
    expect(plugin.dispatchSync(greet, { name: 'x' })).toMatchObject({ error: { code: 'unreachable' } });
  });

  it('does not throw for invalid options', async () => {
    const plugin = await greeter(behave.trap('unreachable'));
    expect(plugin.dispatchSync(greet, { name: 'x' }, null as never).kind).toBe('fallback');
    expect(plugin.dispatchSync(greet, { name: 'x' }, { fields: 7 } as never).kind).toBe('fallback');
  });
});

describe('payload', () => {
  it('is in no error, log line or metric, whatever fails', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
    const registry = new Registry();
    const answers = [
      behave.answer({ _v: 1, text: 'x', SECRET: 'SECRET' }),
      behave.answer({ _v: 'SECRET', text: 'SECRET' }),
      behave.answerText('SECRET'),
      behave.guestError('SECRET'),
      behave.answer({ _v: 1, text: { SECRET: 1 } }),
    ];
    const outcomes: unknown[] = [];
    for (const behaviour of answers) {
      const plugin = await greeter(behaviour, { logger, registry });
      outcomes.push(
        dispatchAny(plugin, greet, { name: 'SECRET' }),
        dispatchAny(plugin, greet, { SECRET: 'SECRET' }),
      );
      outcomes.push(plugin.metadata);
    }
    const errors = outcomes.map((outcome) => (outcome as { error?: unknown }).error);
    expect(lines.length).toBeGreaterThanOrEqual(answers.length * 3);
    expect([JSON.stringify(errors), lines.join(''), await registry.metrics()].join('')).not.toContain(
      'SECRET',
    );
  });

  it('in a guest’s error is shown with revealGuestErrors, and still not logged', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
    const plugin = await greeter(behave.guestError('no such upstream'), { revealGuestErrors: true, logger });
    const outcome = plugin.dispatchSync(greet, { name: 'x' });
    expect(outcome.kind === 'fallback' && outcome.error.message).toContain('no such upstream');
    expect(lines.join('')).not.toContain('no such upstream');
  });
});
