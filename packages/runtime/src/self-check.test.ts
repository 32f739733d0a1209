import {
  behave,
  type Behaviour,
  buildFixture,
  buildPlugin,
  type FixtureName,
  fixtures,
} from '@plugwire/pdk-fixtures';
import { defineWireFunction } from '@plugwire/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { LimitOptions } from './limits.ts';
import { LOAD_CODES, type LoadCode } from './load-error.ts';
import {
  createPluginHost,
  type LoadOptions,
  type PluginHost,
  type PluginHostOptions,
} from './plugin-host.ts';

const define = (name: string) =>
  defineWireFunction({
    name,
    fallback: 'silent_skip',
    request: z.strictObject({}),
    response: z.strictObject({ text: z.string() }),
    sample: { request: {}, response: { text: '' } },
  });
const greet = define('greet');

const hosts: PluginHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map(async (host) => await host.close()));
});

const createHost = (options: Partial<PluginHostOptions> = {}): PluginHost => {
  const host = createPluginHost({ functions: [greet], ...options });
  hosts.push(host);
  return host;
};

const failureOf = async (
  bytes: Uint8Array<ArrayBuffer>,
  loadOptions: LoadOptions = {},
  hostOptions: Partial<PluginHostOptions> = {},
): Promise<Record<string, unknown>> =>
  await createHost(hostOptions)
    .load(bytes, loadOptions)
    .then(
      (plugin) => ({ name: 'loaded it', passed: plugin.metadata.self_check_passed }),
      (error: unknown) => ({ ...(error as object), message: (error as Error).message }),
    );

const refusal = (code: string) => ({ name: 'PluginLoadError', stage: 'self_check', code });

const selfCheckBy = async (selfCheck: Behaviour) => await buildPlugin({ ...fixtures.honest, selfCheck });

const SUCCESS = '"status":"success","failures":[],"completed_at":1';
const failure = (fields: string): Behaviour =>
  behave.answerText(`{"status":"failure","failures":[${fields}],"completed_at":1}`);

const LIES: readonly [LoadCode<'self_check'>, FixtureName][] = [
  ['export_missing', 'selfCheckMissing'],
  ['unreachable', 'selfCheckTraps'],
  ['guest_error', 'selfCheckGuestError'],
  ['host_call_refused', 'selfCheckHostCall'],
  ['empty_output', 'selfCheckEmpty'],
  ['empty_output', 'selfCheckNoOutput'],
  ['output_too_large', 'selfCheckTooLarge'],
  ['not_utf8', 'selfCheckNotUtf8'],
  ['not_json', 'selfCheckNotJson'],
  ['response_malformed', 'selfCheckArray'],
  ['response_malformed', 'selfCheckDeep'],
  ['response_malformed', 'selfCheckExtraKey'],
  ['response_malformed', 'selfCheckKeyMissing'],
  ['response_malformed', 'selfCheckProtoKey'],
  ['response_malformed', 'selfCheckUnknownStatus'],
  ['response_malformed', 'selfCheckUnknownStage'],
  ['response_malformed', 'selfCheckTimeFraction'],
  ['time_not_positive', 'selfCheckTimeZero'],
  ['time_not_positive', 'selfCheckTimeNegative'],
  ['too_many_failures', 'selfCheckTooManyFailures'],
  ['success_with_failures', 'selfCheckSuccessWithFailures'],
  ['failure_without_failures', 'selfCheckFailureWithoutFailures'],
  ['failure_reported', 'selfCheckFails'],
  ['failure_reported', 'selfCheckFailsSixteenTimes'],
];

const FAILED_CALLS: readonly [LoadCode<'self_check'>, Behaviour, LimitOptions?][] = [
  ['out_of_bounds', behave.trap('outOfBounds')],
  ['division', behave.trap('remainderByZero')],
  ['conversion', behave.trap('conversion')],
  ['indirect_call', behave.trap('indirectCall')],
  ['stack_overflow', behave.trap('stackOverflow')],
  ['bad_handle', behave.badHandle('storeWord')],
  ['bad_handle', behave.badHandle('error')],
  ['http_refused', behave.httpRequest()],
  ['guest_error', behave.nonZero(3)],
  ['guest_error', behave.errorSetOnly('secret')],
  ['output_too_large', behave.hugeOutput(8 * 1024 * 1024)],
  ['variable_quota', behave.varSet('key', 'value'), { variableBytes: 7 }],
  [
    'memory',
    behave.sequence(behave.varSet('key', 'x'.repeat(900)), behave.varGet('key')),
    { kernelMemoryBytes: 1600 },
  ],
];

/** As for the handshake; and a request that has no room is one that the handshake's offer had no room for. */
const UNREACHABLE: readonly LoadCode<'self_check'>[] = [
  'request_too_large',
  'host_function_failed',
  'bad_argument',
  'storage_quota',
  'storage_unavailable',
  'capability_denied',
  'reentrant_call',
  'no_instance',
  'breaker_open',
  'closed',
  'trap',
];
/** Codes that have a test of their own below. */
const BELOW: readonly LoadCode<'self_check'>[] = [
  'fuel',
  'deadline',
  'guest_exit',
  'source_failed',
  'no_function',
];

describe('a self-check that fails', () => {
  it('has a case here for every code', () => {
    const tested = [...LIES, ...FAILED_CALLS].map(([code]) => code);
    expect(new Set([...tested, ...BELOW, ...UNREACHABLE])).toEqual(new Set(LOAD_CODES.self_check));
  });

  it.each(LIES)('ends with %s: %s', async (code, fixture) => {
    const refused = await failureOf(await buildFixture(fixture), { capabilities: ['log'] });
    expect(refused).toMatchObject(refusal(code));
    expect(refused.message).toMatch(new RegExp(`^self_check/${code}: .+[.]$`));
    expect(refused.message).not.toMatch(/secret/i);
  });

  it.each(FAILED_CALLS)('ends with %s', async (code, selfCheck, limits = {}) => {
    const refused = await failureOf(await selfCheckBy(selfCheck), { limits });
    expect(refused).toMatchObject(refusal(code));
    expect(refused.message).not.toMatch(/secret/i);
  });

  it('ends with fuel or deadline, whichever the machine reaches first, where it spins', async () => {
    const refused = await failureOf(await buildFixture('selfCheckSpins'));
    expect(refused).toMatchObject({ name: 'PluginLoadError', stage: 'self_check' });
    expect(['fuel', 'deadline']).toContain(refused.code);
  });

  it('ends with source_failed where WASI’s clock, which the host was given, fails', async () => {
    const asks: Behaviour = {
      writeBody: (guest) => {
        const type = '(param i32 i64 i32) (result i32)';
        const clock = guest.importFunction('wasi_snapshot_preview1', 'clock_time_get', type);
        return `(call ${clock} (i32.const 0) (i64.const 0) (i32.const 8))`;
      },
    };
    const sources = { nowUnixMs: () => Number.NaN };
    expect(await failureOf(await selfCheckBy(asks), { wasi: true }, { sources })).toMatchObject(
      refusal('source_failed'),
    );
  });

  it('ends with guest_exit where it ends its process', async () => {
    const exits: Behaviour = {
      writeBody: (guest) => {
        const exit = guest.importFunction('wasi_snapshot_preview1', 'proc_exit', '(param i32)');
        return `(call ${exit} (i32.const 0)) (unreachable)`;
      },
    };
    expect(await failureOf(await selfCheckBy(exits), { wasi: true })).toMatchObject(refusal('guest_exit'));
  });

  it.each([
    ['no_function', '(func (export "cc_lb_self_check") (param i32) (result i32) (i32.const 0))'],
    ['export_missing', '(memory (export "cc_lb_self_check") 1)'],
  ])('ends with %s for an export of another kind', async (code, wat) => {
    const description = {
      ...fixtures.honest,
      selfCheck: 'none',
      wat: code === 'export_missing' ? [] : [wat],
    } as const;
    expect(await failureOf(await buildPlugin(description))).toMatchObject(refusal(code));
  });

  it.each([
    ['null', 'null'],
    ['a number', '1'],
    ['a key twice, the second one wrong', `{${SUCCESS},"status":7}`],
    ['a __proto__ key', `{${SUCCESS},"__proto__":{"status":"success"}}`],
    ['a __proto__ key alone', '{"__proto__":{"status":"success","failures":[],"completed_at":1}}'],
    ['a status in capitals', '{"status":"Success","failures":[],"completed_at":1}'],
    ['failures that are no list', '{"status":"success","failures":{},"completed_at":1}'],
    ['a time as text', '{"status":"success","failures":[],"completed_at":"1"}'],
    ['a time past every integer', '{"status":"success","failures":[],"completed_at":1e300}'],
    ['a time past 2^53', '{"status":"success","failures":[],"completed_at":9007199254740993}'],
  ])('ends with response_malformed for %s', async (_, text) => {
    expect(await failureOf(await selfCheckBy(behave.answerText(text)))).toMatchObject(
      refusal('response_malformed'),
    );
  });

  it.each([
    ['without a message', '{"stage":"wire_function_test"}'],
    ['with a message that is no text', '{"stage":"wire_function_test","message":7}'],
    ['with a key too many', '{"stage":"wire_function_test","message":"x","secret":1}'],
    ['with a __proto__ key', '{"stage":"wire_function_test","message":"x","__proto__":{}}'],
    ['of no stage', '{"message":"x"}'],
    ['that is null', 'null'],
  ])('ends with response_malformed for a failure %s', async (_, fields) => {
    expect(await failureOf(await selfCheckBy(failure(fields)))).toMatchObject(refusal('response_malformed'));
  });

  it('leaves its name free for a better one', async () => {
    const host = createHost();
    await expect(host.load(await buildFixture('selfCheckFails'))).rejects.toMatchObject(
      refusal('failure_reported'),
    );
    await expect(host.load(await buildFixture('honest'))).resolves.toMatchObject({ name: 'fixture' });
  });
});

describe('a self-check at its limits', () => {
  it.each<[FixtureName, LimitOptions]>([
    ['selfCheckAtLimit', {}],
    ['selfCheckAtLimit', { outputBytes: 1, requestBytes: 1 }],
  ])('takes 8 KiB of output, whatever the limits of functions are: %s %j', async (fixture, limits) => {
    expect(await failureOf(await buildFixture(fixture), { limits })).toMatchObject({
      name: 'loaded it',
      passed: true,
    });
  });

  it('is asked about sixteen functions at most, since no more can be implemented', async () => {
    const names = Array.from({ length: 16 }, (_, at) => `f${String(at).padStart(2, '0')}`);
    const complains = behave.wat('(call $env.error_set (call $env.input_offset)) (i32.const 1)');
    const functions = Object.fromEntries(names.map((name) => [name, behave.noOutput()]));
    const bytes = await buildPlugin({ functions, selfCheck: complains });
    const { message } = await failureOf(bytes, {}, { functions: names.map(define), revealGuestErrors: true });
    const request = JSON.parse(String(message).split('It says: ')[1] ?? '') as Record<string, unknown>;
    expect(request).toEqual({ functions_to_test: names, initiated_at: expect.any(Number) as number });
    expect(Math.abs((request.initiated_at as number) - Date.now() / 1000)).toBeLessThan(60);
    expect(Number.isInteger(request.initiated_at)).toBe(true);
  });

  it('is asked about negotiated functions only', async () => {
    const complains = behave.wat('(call $env.error_set (call $env.input_offset)) (i32.const 1)');
    const functions = {
      greet: behave.noOutput(),
      later: { versions: [2], chosen: false, behaviour: behave.noOutput() },
    } as const;
    const bytes = await buildPlugin({ functions, selfCheck: complains });
    const { message } = await failureOf(
      bytes,
      {},
      { functions: [greet, define('later')], revealGuestErrors: true },
    );
    expect(message).toContain('"functions_to_test":["greet"]');
  });
});

describe('the words of a self-check', () => {
  it.each<[FixtureName, string]>([
    ['selfCheckFails', 'wire_function_test: secret of the self-check'],
    ['selfCheckGuestError', 'secret of the self-check'],
  ])('are shown only with revealGuestErrors: %s', async (fixture, words) => {
    const bytes = await buildFixture(fixture);
    const hidden = await failureOf(bytes, {}, { revealGuestErrors: false });
    const shown = await failureOf(bytes, {}, { revealGuestErrors: true });
    expect(JSON.stringify(hidden)).not.toContain('secret');
    expect(shown.message).toContain(words);
    expect({ stage: shown.stage, code: shown.code }).toEqual({ stage: hidden.stage, code: hidden.code });
  });

  it('are never shown for an answer that is malformed', async () => {
    for (const fixture of ['selfCheckExtraKey', 'selfCheckUnknownStage', 'selfCheckNotJson'] as const) {
      const shown = await failureOf(await buildFixture(fixture), {}, { revealGuestErrors: true });
      expect(shown.message).not.toMatch(/secret|breakfast/);
    }
  });

  it('name each stage once', async () => {
    const { message } = await failureOf(await buildFixture('selfCheckFailsSixteenTimes'));
    expect(String(message).split('wire_function_test')).toHaveLength(2);
  });
});

describe('the instance of a self-check', () => {
  it('is the handshake’s, and not the one that serves', async () => {
    const accept = {
      handshake_schema_version: 1,
      envelope_version: 1,
      chosen_versions: { greet: 1 },
      plugin_supported: { greet: [1] },
      implemented_functions: ['greet'],
      required_capabilities: [],
    };
    const bytes = await buildPlugin({
      functions: { greet: behave.varGet('kept') },
      handshake: behave.sequence(behave.varSet('kept', `{${SUCCESS}}`), behave.answer(accept)),
      selfCheck: behave.varGet('kept'),
    });
    const plugin = await createHost().load(bytes);
    expect(plugin.dispatchSync(greet, {})).toMatchObject({
      kind: 'fallback',
      error: { code: 'empty_output' },
    });
  });
});
