import { createHash } from 'node:crypto';

import {
  behave,
  type Behaviour,
  buildFixture,
  buildPlugin,
  type FixtureName,
  fixtures,
  type PluginDescription,
} from '@plugwire/pdk-fixtures';
import { buildOffer, defineWireFunction, PROTOCOL_LIMITS, type WireFunction } from '@plugwire/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { hashOffer } from './handshake.ts';
import type { LimitOptions } from './limits.ts';
import { LOAD_CODES, type LoadCode } from './load-error.ts';
import {
  createPluginHost,
  type LoadOptions,
  type PluginHost,
  type PluginHostOptions,
} from './plugin-host.ts';

const define = (name: string): WireFunction =>
  defineWireFunction({
    name,
    fallback: 'silent_skip',
    request: z.strictObject({}),
    response: z.strictObject({ text: z.string() }),
    sample: { request: {}, response: { text: '' } },
  });
const greet = define('greet');
const greetOfTwoVersions = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request: z.strictObject({}),
  response: z.strictObject({ text: z.string() }),
  sample: { request: {}, response: { text: '' } },
}).next({
  request: z.strictObject({}),
  response: z.strictObject({ text: z.string() }),
  sample: { request: {}, response: { text: '' } },
  downgradeRequest: () => ({}),
  upgradeResponse: ({ text }) => ({ text }),
});

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
      (plugin) => ({ name: 'loaded it', functions: plugin.metadata.negotiated_functions }),
      (error: unknown) => ({ ...(error as object), message: (error as Error).message }),
    );

const refusal = (code: string) => ({ name: 'PluginLoadError', stage: 'handshake', code });

/** A plugin whose handshake does this. */
const handshakeBy = async (handshake: Behaviour, more: Partial<PluginDescription> = {}) =>
  await buildPlugin({ functions: { greet: behave.answer({ _v: 1, text: 'hello' }) }, ...more, handshake });

const LIES: readonly [LoadCode<'handshake'>, FixtureName][] = [
  ['export_missing', 'handshakeMissing'],
  ['unreachable', 'handshakeTraps'],
  ['guest_error', 'handshakeGuestError'],
  ['host_call_refused', 'handshakeHostCall'],
  ['empty_output', 'handshakeNoOutput'],
  ['empty_output', 'acceptEmpty'],
  ['output_too_large', 'acceptTooLarge'],
  ['not_utf8', 'acceptNotUtf8'],
  ['not_json', 'acceptNotJson'],
  ['accept_malformed', 'acceptArray'],
  ['accept_malformed', 'acceptExtraKey'],
  ['accept_malformed', 'acceptKeyMissing'],
  ['accept_malformed', 'acceptProtoKey'],
  ['accept_malformed', 'acceptDeep'],
  ['accept_malformed', 'acceptVersionFraction'],
  ['schema_version_mismatch', 'acceptSchemaVersion'],
  ['envelope_version_mismatch', 'acceptEnvelopeVersion'],
  ['too_many_functions', 'acceptTooManySupported'],
  ['too_many_functions', 'acceptTooManyChosen'],
  ['too_many_functions', 'acceptTooManyImplemented'],
  ['too_many_versions', 'acceptTooManyVersions'],
  ['too_many_capabilities', 'acceptTooManyCapabilities'],
  ['chosen_not_supported', 'acceptChosenNotSupported'],
  ['chosen_not_offered', 'acceptChosenNotOffered'],
  ['chosen_not_implemented', 'acceptChosenNotImplemented'],
  ['version_not_offered', 'acceptVersionNotOffered'],
  ['version_not_supported', 'acceptVersionNotSupported'],
  ['version_downgrade', 'acceptLeftOut'],
  ['function_unknown', 'acceptImplementedUnknown'],
  ['function_unknown', 'acceptSupportedUnknown'],
  ['function_unknown', 'acceptFunctionBadName'],
  ['version_out_of_range', 'acceptVersionZero'],
  ['version_out_of_range', 'acceptVersionTooHigh'],
  ['capability_not_offered', 'acceptCapabilityNotOffered'],
  ['capability_not_offered', 'acceptCapabilityBadName'],
  ['function_not_exported', 'acceptNotExported'],
  ['function_not_exported', 'exportsNoFunction'],
  ['function_not_declared', 'acceptNotDeclared'],
  ['no_common_function', 'acceptNoCommonVersion'],
  ['no_common_function', 'acceptNothing'],
];

/** Calls that fail, beside those that a fixture has. */
const FAILED_CALLS: readonly [LoadCode<'handshake'>, Behaviour, LimitOptions?][] = [
  ['out_of_bounds', behave.trap('outOfBounds')],
  ['division', behave.trap('divideByZero')],
  ['conversion', behave.trap('conversion')],
  ['indirect_call', behave.trap('indirectCall')],
  ['stack_overflow', behave.trap('stackOverflow')],
  ['bad_handle', behave.badHandle('load')],
  ['bad_handle', behave.badHandle('outputMadeUp')],
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
  ['request_too_large', behave.noOutput(), { kernelMemoryBytes: 64 }],
];

/**
 * Codes of a call that no handshake can end with: its host functions never run, nobody else calls its instance, and every
 * trap that the accepted features have is known.
 */
const UNREACHABLE: readonly LoadCode<'handshake'>[] = [
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
const BELOW: readonly LoadCode<'handshake'>[] = [
  'fuel',
  'deadline',
  'guest_exit',
  'source_failed',
  'no_function',
];

describe('a handshake with a plugin that lies', () => {
  it('has a lie here for every code', () => {
    const tested = [...LIES, ...FAILED_CALLS].map(([code]) => code);
    expect(new Set([...tested, ...BELOW, ...UNREACHABLE])).toEqual(new Set(LOAD_CODES.handshake));
  });

  it.each(LIES)('ends with %s: %s', async (code, fixture) => {
    const failure = await failureOf(await buildFixture(fixture), { capabilities: ['log'] });
    expect(failure).toMatchObject(refusal(code));
    expect(failure.message).toMatch(new RegExp(`^handshake/${code}: .+[.]$`));
    expect(failure.message).not.toMatch(/secret/i);
  });

  it.each(FAILED_CALLS)('ends with %s', async (code, handshake, limits = {}) => {
    const failure = await failureOf(await handshakeBy(handshake), { limits });
    expect(failure).toMatchObject(refusal(code));
    expect(failure.message).not.toMatch(/secret/i);
  });

  it('ends with version_downgrade for the lower of two versions that both sides speak', async () => {
    const functions = [greetOfTwoVersions];
    expect(await failureOf(await buildFixture('acceptDowngrade'), {}, { functions })).toMatchObject(
      refusal('version_downgrade'),
    );
    expect(await failureOf(await buildFixture('honestV2'), {}, { functions })).toMatchObject({
      functions: { greet: 2 },
    });
    expect(await failureOf(await buildFixture('honest'), {}, { functions })).toMatchObject({
      functions: { greet: 1 },
    });
  });

  it.each([
    ['export_missing', '(global (export "cc_lb_handshake") i32 (i32.const 0))'],
    ['no_function', '(func (export "cc_lb_handshake") (param i32) (result i32) (i32.const 0))'],
    ['unreachable', '(func (export "cc_lb_handshake") (unreachable))'],
  ])('ends with %s for a handshake of another kind', async (code, wat) => {
    expect(await failureOf(await buildPlugin({ handshake: 'none', wat: [wat] }))).toMatchObject(
      refusal(code),
    );
  });

  it('ends with fuel or deadline, whichever the machine reaches first, where it spins', async () => {
    const failure = await failureOf(await buildFixture('handshakeSpins'));
    expect(failure).toMatchObject({ name: 'PluginLoadError', stage: 'handshake' });
    expect(['fuel', 'deadline']).toContain(failure.code);
    // None of the operator's limits would help.
    expect(failure.message).toMatch(/the protocol gives it/);
    expect(failure.message).not.toContain('limits.');
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
    expect(await failureOf(await handshakeBy(asks), { wasi: true }, { sources })).toMatchObject(
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
    expect(await failureOf(await handshakeBy(exits), { wasi: true })).toMatchObject(refusal('guest_exit'));
  });

  it.each(['Secret Name', 'SECRET', 'secret name', 'secret\n', 'é', 'x'.repeat(65), 'secret"'])(
    'does not show what it calls %j',
    async (name) => {
      const lies = [
        { implemented_functions: ['greet', name] },
        { plugin_supported: { greet: [1], [name]: [1] } },
        { chosen_versions: { greet: 1, [name]: 1 } },
        { required_capabilities: [name] },
      ];
      for (const handshake of lies) {
        const bytes = await buildPlugin({ ...fixtures.honest, handshake });
        const failure = await failureOf(bytes);
        expect(failure).toMatchObject({ stage: 'handshake' });
        expect(failure.message).not.toContain(name);
      }
    },
  );

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'is not taken in by a function called %s',
    async (name) => {
      const handshake = { implemented_functions: ['greet', name] };
      const bytes = await buildPlugin({ ...fixtures.honest, handshake });
      expect(await failureOf(bytes)).toMatchObject(refusal('function_unknown'));
    },
  );

  it('leaves its name free for a better one', async () => {
    const host = createHost();
    await expect(host.load(await buildFixture('acceptNothing'))).rejects.toMatchObject(
      refusal('no_common_function'),
    );
    await expect(host.load(await buildFixture('honest'))).resolves.toMatchObject({ name: 'fixture' });
  });
});

describe('a handshake at its limits', () => {
  it('takes 32 KiB of output', async () => {
    expect(await failureOf(await buildFixture('acceptAtLimit'))).toMatchObject({ name: 'loaded it' });
  });

  it('takes 32 KiB whatever the limits of the plugin’s functions are', async () => {
    const limits = { requestBytes: 1, outputBytes: 1 };
    expect(await failureOf(await buildFixture('acceptAtLimit'), { limits })).toMatchObject({
      name: 'loaded it',
    });
    const more = { outputBytes: 1_000_000 };
    expect(await failureOf(await buildFixture('acceptTooLarge'), { limits: more })).toMatchObject(
      refusal('output_too_large'),
    );
  });

  const names = Array.from({ length: PROTOCOL_LIMITS.offeredFunctions }, (_, at) => `f${at}`.padEnd(64, 'x'));
  const functions = names.map(define);
  const capabilities = names.map((name) => name.replace('f', 'c'));

  it('takes 32 functions, 16 of them implemented, with 16 versions each, and 32 capabilities', async () => {
    const versions = Array.from({ length: PROTOCOL_LIMITS.versionsPerFunction }, (_, at) => at + 1);
    const implemented = names.slice(0, PROTOCOL_LIMITS.implementedFunctions);
    const bytes = await buildPlugin({
      functions: Object.fromEntries(
        implemented.map((name) => [name, { versions, chosen: 1, behaviour: behave.noOutput() }]),
      ),
      handshake: { plugin_supported: Object.fromEntries(names.map((name) => [name, versions])) },
      requiredCapabilities: capabilities,
    });
    const host = createHost({ functions });
    const { metadata } = await host.load(bytes, { capabilities });
    expect(metadata.negotiated_functions).toEqual(Object.fromEntries(implemented.map((name) => [name, 1])));
    expect(metadata.negotiated_capabilities).toEqual(capabilities.toSorted());
  });

  it('refuses 17 implemented functions, all of them offered and exported', async () => {
    const implemented = names.slice(0, PROTOCOL_LIMITS.implementedFunctions + 1);
    const bytes = await buildPlugin({
      functions: Object.fromEntries(implemented.map((name) => [name, behave.noOutput()])),
    });
    expect(await failureOf(bytes, {}, { functions })).toMatchObject(refusal('too_many_functions'));
  });

  it.each([
    ['version 65,535', [1, 65_535], 'loaded it'],
    ['version 65,536', [1, 65_536], 'PluginLoadError'],
    ['version 0', [0, 1], 'PluginLoadError'],
  ])('knows which versions there are: %s', async (_, versions, name) => {
    const bytes = await buildPlugin({
      ...fixtures.honest,
      handshake: { plugin_supported: { greet: versions } },
    });
    expect(await failureOf(bytes)).toMatchObject({ name });
  });
});

describe('what a handshake shows and keeps', () => {
  /** Ends with the request as its own error. */
  const complains = behave.wat('(call $env.error_set (call $env.input_offset)) (i32.const 1)');

  it('sends the offer in its canonical form, whose hash is hashOffer', async () => {
    const two = define('answer');
    const options = { functions: [greetOfTwoVersions, two], revealGuestErrors: true };
    const { message } = await failureOf(
      await handshakeBy(complains),
      { capabilities: ['log', 'clock', 'log'] },
      options,
    );
    const sent = String(message).split('It says: ')[1] ?? '';
    expect(sent).toBe(
      '{"handshake_schema_version":1,"envelope_version":1,"function_versions":{"answer":[1],"greet":[1,2]},"host_capabilities":["clock","log"]}',
    );
    const offer = buildOffer([two, greetOfTwoVersions], ['clock', 'log']);
    expect(hashOffer(offer)).toBe(createHash('sha256').update(sent).digest('hex'));
    expect(hashOffer(buildOffer([two], ['clock', 'log']))).not.toBe(hashOffer(offer));
  });

  it('shows the guest’s own words only with revealGuestErrors', async () => {
    const bytes = await buildFixture('handshakeGuestError');
    const hidden = await failureOf(bytes, {}, { revealGuestErrors: false });
    const shown = await failureOf(bytes, {}, { revealGuestErrors: true });
    expect(JSON.stringify(hidden)).not.toContain('secret');
    expect(shown).toMatchObject(refusal('guest_error'));
    expect(shown.message).toContain('secret of the handshake');
  });

  it('writes no line of the guest’s, even with log granted', async () => {
    const lines: unknown[] = [];
    const write = (fields: object, text: string) => void lines.push({ ...fields, text });
    const logger = { trace: write, debug: write, info: write, warn: write, error: write };
    const answer = behave.sequence(behave.log('error', 'secret'), behave.noOutput());
    expect(await failureOf(await handshakeBy(answer), { capabilities: ['log'] }, { logger })).toMatchObject(
      refusal('empty_output'),
    );
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('leaves nothing behind for the functions: it has an instance of its own', async () => {
    const accept = {
      handshake_schema_version: 1,
      envelope_version: 1,
      chosen_versions: { greet: 1 },
      plugin_supported: { greet: [1] },
      implemented_functions: ['greet'],
      required_capabilities: [],
    };
    const stores = behave.sequence(
      behave.varSet('answer', '{"_v":1,"text":"left behind"}'),
      behave.answer(accept),
    );
    const bytes = await handshakeBy(stores, { functions: { greet: behave.varGet('answer') } });
    const plugin = await createHost().load(bytes);
    expect(plugin.dispatchSync(greet, {})).toMatchObject({
      kind: 'fallback',
      error: { code: 'empty_output' },
    });
  });

  it('gives metadata that nobody can change', async () => {
    const { metadata } = await createHost().load(await buildFixture('honest'));
    for (const value of [
      metadata,
      metadata.identity,
      metadata.negotiated_functions,
      metadata.negotiated_capabilities,
    ]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
    expect(metadata.expires_at - metadata.handshake_completed_at).toBe(PROTOCOL_LIMITS.metadataFreshSecs);
  });
});
