import {
  behave,
  type Behaviour,
  buildFixture,
  buildPlugin,
  type FixtureName,
  fixtures,
} from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import type { LimitOptions } from '../base/limits.ts';
import { LOAD_CODES, type LoadCode } from '../outcomes/load-error.ts';
import type { LoadPhase } from './load-phase.ts';
import { greet } from '../testing/contracts.ts';
import { endOfLoad } from '../testing/end-of-load.ts';
import { openHost, openPlugin } from '../testing/open-plugin.ts';

const HANDSHAKE_LIES: readonly [LoadCode<'handshake'>, FixtureName][] = [
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

const SELF_CHECK_LIES: readonly [LoadCode<'self_check'>, FixtureName][] = [
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

type PhaseCode = LoadCode<'handshake'> & LoadCode<'self_check'>;

/** Failing calls, in addition to those of the fixtures. */
const FAILED_CALLS: readonly [PhaseCode, Behaviour, LimitOptions?][] = [
  ['out_of_bounds', behave.trap('outOfBounds')],
  ['division', behave.trap('divideByZero')],
  ['division', behave.trap('remainderByZero')],
  ['conversion', behave.trap('conversion')],
  ['indirect_call', behave.trap('indirectCall')],
  ['stack_overflow', behave.trap('stackOverflow')],
  ['bad_handle', behave.badHandle('load')],
  ['bad_handle', behave.badHandle('outputMadeUp')],
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

/**
 * Codes of a call with which a phase cannot fail: host functions never run in a phase, nothing else calls its instance, and every trap of
 * the accepted features is known.
 */
const UNREACHABLE: readonly PhaseCode[] = [
  // Answers of a phase are too short to reach this limit.
  'output_too_complex',
  'host_function_failed',
  'bad_argument',
  'storage_quota',
  'storage_unavailable',
  'capability_denied',
  'reentrant_call',
  'out_of_memory',
  'breaker_open',
  'closed',
  'trap',
];
/** Codes with a separate test below. */
const BELOW: readonly PhaseCode[] = ['fuel', 'deadline', 'guest_exit', 'source_failed', 'no_function'];

/** Codes of plugins in processes. Their tests are in packages/process. */
const OF_PROCESSES: readonly PhaseCode[] = [
  'process_exited',
  'not_connected',
  'call_failed',
  'too_many_calls',
];
const HANDSHAKES_OF_PROCESSES: readonly LoadCode<'handshake'>[] = [
  'handshake_line',
  'core_version',
  'app_version',
  'network_unknown',
  'protocol_unknown',
  'bad_certificate',
  'tls_required',
  'not_multiplexed',
];

const PHASES: readonly {
  readonly stage: LoadPhase;
  readonly part: 'handshake' | 'selfCheck';
  readonly lies: readonly [LoadCode<LoadPhase>, FixtureName][];
  readonly calls: readonly [PhaseCode, Behaviour, LimitOptions?][];
  readonly unreachable: readonly LoadCode<LoadPhase>[];
  readonly spins: FixtureName;
  readonly refused: readonly [LoadCode<LoadPhase>, FixtureName];
}[] = [
  {
    stage: 'handshake',
    part: 'handshake',
    lies: HANDSHAKE_LIES,
    calls: [...FAILED_CALLS, ['request_too_large', behave.noOutput(), { kernelMemoryBytes: 64 }]],
    unreachable: [...UNREACHABLE, ...OF_PROCESSES, ...HANDSHAKES_OF_PROCESSES],
    spins: 'handshakeSpins',
    refused: ['no_common_function', 'acceptNothing'],
  },
  {
    stage: 'self_check',
    part: 'selfCheck',
    lies: SELF_CHECK_LIES,
    calls: FAILED_CALLS,
    // If this request is too large, the offer of the handshake was already too large.
    unreachable: [...UNREACHABLE, ...OF_PROCESSES, 'request_too_large', 'not_serving'],
    spins: 'selfCheckSpins',
    refused: ['failure_reported', 'selfCheckFails'],
  },
];

const WASI = 'wasi_snapshot_preview1';
const exits = behave.callHostFunction({ namespace: WASI, name: 'proc_exit', args: [3] });
const asksClock = behave.callHostFunction({
  namespace: WASI,
  name: 'clock_time_get',
  args: [0, 0n, 8],
  result: 'i32',
});

describe.each(PHASES)('a phase that fails: $stage', (phase) => {
  const { stage, part, lies, calls, unreachable, spins, refused } = phase;
  const refusal = (code: string) => ({ name: 'PluginLoadError', stage, code });
  const pluginThat = async (behaviour: Behaviour) =>
    await buildPlugin({ ...fixtures.honest, [part]: behaviour });

  it('has a test case here for every code', () => {
    const tested = [...lies, ...calls].map(([code]) => code);
    expect(new Set([...tested, ...BELOW, ...unreachable])).toEqual(new Set(LOAD_CODES[stage]));
  });

  it.each(lies)('fails with %s: %s', async (code, fixture) => {
    const failure = await endOfLoad(await buildFixture(fixture), { capabilities: ['log'] });
    expect(failure).toMatchObject(refusal(code));
    expect(failure.message).toMatch(new RegExp(`^${stage}/${code}: .+[.]$`));
    expect(failure.message).not.toMatch(/secret/i);
  });

  it.each(calls)('fails with %s', async (code, behaviour, limits = {}) => {
    const failure = await endOfLoad(await pluginThat(behaviour), { limits });
    expect(failure).toMatchObject(refusal(code));
    expect(failure.message).not.toMatch(/secret/i);
  });

  it.each([
    ['export_missing', '(global (export "%s") i32 (i32.const 0))'],
    ['no_function', '(func (export "%s") (param i32) (result i32) (i32.const 0))'],
    ['unreachable', '(func (export "%s") (unreachable))'],
  ])('fails with %s for an export of another kind', async (code, wat) => {
    const name = `cc_lb_${stage}`;
    const bytes = await buildPlugin({ ...fixtures.honest, [part]: 'none', wat: [wat.replace('%s', name)] });
    expect(await endOfLoad(bytes)).toMatchObject(refusal(code));
  });

  it('fails with fuel or deadline, whichever comes first, if the guest spins', async () => {
    const failure = await endOfLoad(await buildFixture(spins));
    expect(failure).toMatchObject({ name: 'PluginLoadError', stage });
    expect(['fuel', 'deadline']).toContain(failure.code);
    // The message must not suggest one of the operator's limits.
    expect(failure).toHaveProperty('message', expect.stringContaining('the protocol’s limit of'));
    expect(failure).toHaveProperty('message', expect.not.stringContaining('limits.'));
  });

  it('fails with source_failed if the given source of WASI’s clock fails', async () => {
    const bytes = await pluginThat(asksClock);
    const sources = { nowUnixMs: () => Number.NaN };
    expect(await endOfLoad(bytes, { wasi: true }, { sources })).toMatchObject(refusal('source_failed'));
  });

  it('fails with guest_exit if the guest exits with a status other than 0', async () => {
    const bytes = await pluginThat(exits);
    expect(await endOfLoad(bytes, { wasi: true })).toMatchObject(refusal('guest_exit'));
  });

  it('leaves the name free for another plugin', async () => {
    const [code, fixture] = refused;
    const host = openHost({ functions: [greet] });
    await expect(host.load(await buildFixture(fixture))).rejects.toMatchObject(refusal(code));
    await expect(host.load(await buildFixture('honest'))).resolves.toMatchObject({ name: 'fixture' });
  });
});

describe('the instance of both phases', () => {
  const accept = behave.answer({
    handshake_schema_version: 1,
    envelope_version: 1,
    chosen_versions: { greet: 1 },
    plugin_supported: { greet: [1] },
    implemented_functions: ['greet'],
    required_capabilities: [],
  });
  const emptyOutput = { kind: 'fallback', error: { code: 'empty_output' } };
  const hosting = { functions: [greet] };

  it('does not pass state from the handshake to the functions', async () => {
    const stores = behave.sequence(behave.varSet('answer', '{"_v":1,"text":"left behind"}'), accept);
    const functions = { greet: behave.varGet('answer') };
    const plugin = await openPlugin({ functions, handshake: stores }, hosting);
    expect(plugin.dispatchSync(greet, {})).toMatchObject(emptyOutput);
  });

  it('is shared by both, and not used to serve calls', async () => {
    const checked = '{"status":"success","failures":[],"completed_at":1}';
    const plugin = await openPlugin(
      {
        functions: { greet: behave.varGet('kept') },
        handshake: behave.sequence(behave.varSet('kept', checked), accept),
        selfCheck: behave.varGet('kept'),
      },
      hosting,
    );
    expect(plugin.dispatchSync(greet, {})).toMatchObject(emptyOutput);
  });
});
