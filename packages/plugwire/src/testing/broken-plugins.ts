import { gzipSync } from 'node:zlib';

import {
  behave,
  type Behaviour,
  buildFixture,
  buildPlugin,
  compileWat,
  type FixtureName,
  type PluginDescription,
} from '@plugwire/pdk-fixtures';
import { listSections } from '@plugwire/runtime';

/** A broken plugin, and the finding that `verify` must report for it. */
export interface BrokenPlugin {
  /** What is wrong with it. Completes the sentence that begins with "a plugin that". */
  readonly title: string;
  /** The bytes of its file. */
  readonly bytes: () => Promise<Uint8Array>;
  /** The stage and code that `verify` reports. */
  readonly finding: `${string}/${string}`;
  /** Options of `verify`. The contract is `greet.ts` by default. */
  readonly options?: readonly string[];
  readonly contract?: 'greet-2.ts' | 'open.ts';
}

const fixture = (name: FixtureName) => async (): Promise<Uint8Array> => await buildFixture(name);
const built = (description: PluginDescription) => async (): Promise<Uint8Array> =>
  await buildPlugin(description);
const greets = (behaviour: Behaviour) => built({ functions: { greet: behaviour } });
const bytesOf = (bytes: Uint8Array) => async (): Promise<Uint8Array> => await Promise.resolve(bytes);
const honestWith = (...wat: string[]) =>
  built({ functions: { greet: behave.answer({ _v: 1, text: 'hello' }) }, wat });
const answers = behave.answer({ _v: 1, text: 'hello' });

/** A module whose only function does not return what its type says. */
const invalidModule = async (): Promise<Uint8Array> => {
  const bytes = await buildFixture('honest');
  const broken = Uint8Array.from(bytes);
  const types = listSections(broken)?.find(({ id }) => id === 1);
  if (types !== undefined) broken[types.end - 1] = 0x7e;
  return broken;
};

const READ_AND_IDENTITY: readonly BrokenPlugin[] = [
  { title: 'is an empty file', bytes: bytesOf(new Uint8Array()), finding: 'identity/not_wasm' },
  {
    title: 'is JavaScript',
    bytes: bytesOf(Buffer.from('export const greet = 1;')),
    finding: 'identity/not_wasm',
  },
  {
    title: 'is compressed with gzip',
    bytes: async () => gzipSync(await buildFixture('honest')),
    finding: 'identity/not_wasm',
  },
  {
    title: 'is a component',
    bytes: bytesOf(Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0)),
    finding: 'identity/not_wasm',
  },
  {
    title: 'is truncated',
    bytes: async () => (await buildFixture('honest')).slice(0, 200),
    finding: 'identity/not_wasm',
  },
  { title: 'has no identity', bytes: built({ identity: 'none' }), finding: 'identity/section_missing' },
  { title: 'has two identities', bytes: built({ identity: [{}, {}] }), finding: 'identity/section_twice' },
  {
    title: 'has an identity of 65,537 bytes',
    bytes: built({ identity: 'x'.repeat(65_537) }),
    finding: 'identity/section_too_large',
  },
  {
    title: 'has an identity that is not JSON',
    bytes: built({ identity: 'greeter 1.0' }),
    finding: 'identity/payload_undecodable',
  },
  {
    title: 'has the magic of another protocol',
    bytes: built({ identity: { magic: [0, 1, 2, 3, 4, 5, 6, 7] } }),
    finding: 'identity/magic_mismatch',
  },
  {
    title: 'has a name in capital letters',
    bytes: built({ identity: { plugin_name: 'Greeter' } }),
    finding: 'identity/field_invalid',
  },
];

const COMPILE: readonly BrokenPlugin[] = [
  { title: 'is not valid WebAssembly', bytes: invalidModule, finding: 'compile/invalid_module' },
  {
    title: 'is larger than its limit',
    bytes: fixture('honest'),
    finding: 'compile/module_too_large',
    options: ['--limit', 'moduleBytes=100'],
  },
  {
    title: 'exports a reserved name',
    bytes: honestWith('(func (export "plugwire:mine"))'),
    finding: 'compile/reserved_name',
  },
  {
    title: 'starts with too much memory',
    bytes: fixture('honest'),
    finding: 'compile/memory_too_large',
    options: ['--limit', 'memoryBytes=1'],
  },
  {
    title: 'has a table that is too large',
    bytes: honestWith('(table 20000 funcref)'),
    finding: 'compile/table_too_large',
  },
  {
    title: 'has a function that is too large',
    bytes: honestWith(`(func ${'nop '.repeat(2000)})`),
    finding: 'compile/function_too_large',
    options: ['--limit', 'functionBytes=1000'],
  },
  {
    title: 'has a function with too many locals',
    bytes: honestWith(`(func (local ${'i32 '.repeat(200)}))`),
    finding: 'compile/too_many_locals',
    options: ['--limit', 'functionLocals=100'],
  },
  {
    title: 'imports WASI when WASI is disabled',
    bytes: fixture('importsWasi'),
    finding: 'compile/wasi_disabled',
    options: ['--no-wasi'],
  },
];

const INSTANTIATE: readonly BrokenPlugin[] = [
  {
    title: 'imports a function that the host does not provide',
    bytes: fixture('importUnknown'),
    finding: 'instantiate/import_unknown',
  },
  {
    title: 'imports alloc with another type',
    bytes: fixture('importMismatch'),
    finding: 'instantiate/import_mismatch',
  },
  {
    title: 'has a data segment outside its memory',
    bytes: fixture('dataOutOfBounds'),
    finding: 'instantiate/instantiation_failed',
  },
  {
    title: 'traps when it starts',
    bytes: honestWith('(func $begin (unreachable))', '(start $begin)'),
    finding: 'instantiate/unreachable',
  },
  {
    title: 'loops in its initialiser',
    bytes: honestWith('(func (export "_initialize") (loop $again (br $again)))'),
    finding: 'instantiate/fuel',
    options: ['--limit', 'initialisationFuel=1000000'],
  },
];

const HANDSHAKE: readonly BrokenPlugin[] = [
  { title: 'has no handshake', bytes: fixture('handshakeMissing'), finding: 'handshake/export_missing' },
  { title: 'traps in its handshake', bytes: fixture('handshakeTraps'), finding: 'handshake/unreachable' },
  {
    title: 'fails in its handshake',
    bytes: fixture('handshakeGuestError'),
    finding: 'handshake/guest_error',
  },
  { title: 'writes no accept message', bytes: fixture('acceptEmpty'), finding: 'handshake/empty_output' },
  {
    title: 'writes its accept message in Latin-1',
    bytes: fixture('acceptNotUtf8'),
    finding: 'handshake/not_utf8',
  },
  {
    title: 'writes half an object as its accept message',
    bytes: fixture('acceptNotJson'),
    finding: 'handshake/not_json',
  },
  {
    title: 'writes an accept message with an unknown key',
    bytes: fixture('acceptExtraKey'),
    finding: 'handshake/accept_malformed',
  },
  {
    title: 'calls the host in its handshake',
    bytes: fixture('handshakeHostCall'),
    finding: 'handshake/host_call_refused',
  },
  {
    title: 'was built for another schema',
    bytes: fixture('acceptSchemaVersion'),
    finding: 'handshake/schema_version_mismatch',
  },
  {
    title: 'chooses a function that was not offered',
    bytes: fixture('acceptImplementedUnknown'),
    finding: 'handshake/function_unknown',
  },
  {
    title: 'does not choose the highest shared version',
    bytes: fixture('acceptDowngrade'),
    finding: 'handshake/version_downgrade',
    contract: 'greet-2.ts',
  },
  {
    title: 'requires a capability that is not granted',
    bytes: fixture('logs'),
    finding: 'handshake/capability_not_offered',
    options: ['--grant', 'clock'],
  },
  {
    title: 'does not export a function that it declares',
    bytes: fixture('acceptNotExported'),
    finding: 'handshake/function_not_exported',
  },
  {
    title: 'does not declare a function that it exports',
    bytes: fixture('acceptNotDeclared'),
    finding: 'handshake/function_not_declared',
  },
  {
    title: 'implements no function of the contract',
    bytes: fixture('acceptNothing'),
    finding: 'handshake/no_common_function',
  },
];

const SELF_CHECK: readonly BrokenPlugin[] = [
  { title: 'has no self-check', bytes: fixture('selfCheckMissing'), finding: 'self_check/export_missing' },
  {
    title: 'fails its self-check',
    bytes: fixture('selfCheckFails'),
    finding: 'self_check/failure_reported',
  },
  {
    title: 'returns a self-check result with an unknown key',
    bytes: fixture('selfCheckExtraKey'),
    finding: 'self_check/response_malformed',
  },
  {
    title: 'returns a self-check result with time 0',
    bytes: fixture('selfCheckTimeZero'),
    finding: 'self_check/time_not_positive',
  },
  {
    title: 'traps in its self-check',
    bytes: built({ functions: { greet: answers }, selfCheck: behave.trap('divideByZero') }),
    finding: 'self_check/division',
  },
];

const PLUGIN_CALL: readonly BrokenPlugin[] = [
  { title: 'panics', bytes: fixture('trapUnreachable'), finding: 'plugin_call/unreachable' },
  {
    title: 'reads outside its memory',
    bytes: fixture('trapOutOfBounds'),
    finding: 'plugin_call/out_of_bounds',
  },
  {
    title: 'recurses without end',
    bytes: fixture('trapStackOverflow'),
    finding: 'plugin_call/stack_overflow',
  },
  {
    title: 'loops without end',
    bytes: fixture('spins'),
    finding: 'plugin_call/fuel',
    options: ['--limit', 'fuel=1000000'],
  },
  {
    title: 'exceeds its deadline',
    bytes: fixture('spins'),
    finding: 'plugin_call/deadline',
    options: ['--limit', 'deadlineMs=10'],
  },
  {
    title: 'uses invalid handles',
    bytes: fixture('badHandleLoad'),
    finding: 'plugin_call/bad_handle',
  },
  { title: 'returns 8 MiB', bytes: fixture('hugeOutput'), finding: 'plugin_call/output_too_large' },
  {
    title: 'calls a host function whose capability it does not require',
    bytes: fixture('logsUnasked'),
    finding: 'plugin_call/capability_denied',
  },
  { title: 'calls http_request', bytes: fixture('callsHttp'), finding: 'plugin_call/http_refused' },
  {
    title: 'exports a function with a parameter',
    bytes: fixture('exportTakesParameter'),
    finding: 'plugin_call/no_function',
  },
  {
    title: 'grows its memory with each call',
    bytes: greets(behave.sequence(behave.wat('(drop (memory.grow (i32.const 1))) (i32.const 0)'), answers)),
    finding: 'plugin_call/memory_growth',
    options: ['--calls', '400'],
  },
  {
    title: 'panics only for a long request',
    bytes: greets(
      behave.sequence(
        behave.wat(
          '(if (i64.gt_u (call $env.input_length) (i64.const 50000)) (then (unreachable))) (i32.const 0)',
        ),
        answers,
      ),
    ),
    finding: 'plugin_call/unreachable',
  },
];

const ANSWERS: readonly BrokenPlugin[] = [
  { title: 'returns no output', bytes: fixture('outputNone'), finding: 'deserialize_response/empty_output' },
  { title: 'responds in Latin-1', bytes: fixture('outputNotUtf8'), finding: 'deserialize_response/not_utf8' },
  {
    title: 'returns JSON without a closing quotation mark',
    bytes: fixture('outputNotJson'),
    finding: 'deserialize_response/not_json',
  },
  { title: 'returns a list', bytes: fixture('outputArray'), finding: 'response_envelope/not_an_object' },
  {
    title: 'returns a response without a version',
    bytes: fixture('versionMissing'),
    finding: 'response_envelope/version_missing',
  },
  {
    title: 'returns the version as a string',
    bytes: fixture('versionString'),
    finding: 'response_envelope/version_invalid',
  },
  {
    title: 'responds in another version',
    bytes: fixture('versionOther'),
    finding: 'response_envelope/version_mismatch',
  },
  {
    title: 'returns a response with an unknown key',
    bytes: fixture('responseExtraKey'),
    finding: 'response_decode/schema_mismatch',
  },
  {
    title: 'returns a __proto__ key',
    bytes: fixture('responseProtoKey'),
    finding: 'response_decode/proto_key',
    contract: 'open.ts',
  },
  {
    title: 'returns a number of 40 digits',
    bytes: greets(behave.answerText(`{"_v":1,"text":${'1'.repeat(40)}}`)),
    finding: 'response_decode/inexact_number',
    contract: 'open.ts',
  },
  {
    title: 'violates a rule that only the host’s contract has',
    bytes: fixture('honest'),
    finding: 'response_decode/schema_mismatch',
    contract: 'open.ts',
  },
];

/** More than forty broken plugins, for every stage of a load and every stage of a dispatch that a plugin can fail at. */
export const BROKEN_PLUGINS: readonly BrokenPlugin[] = [
  ...READ_AND_IDENTITY,
  ...COMPILE,
  ...INSTANTIATE,
  ...HANDSHAKE,
  ...SELF_CHECK,
  ...PLUGIN_CALL,
  ...ANSWERS,
];

/** Returns a module with a feature that metering refuses. It is assembled by hand, because wabt does not support the feature. */
export const withSharedMemory = async (): Promise<Uint8Array> => {
  const bytes = await compileWat('(module (memory 1 1))');
  const memory = listSections(bytes)?.find(({ id }) => id === 5);
  const shared = Uint8Array.from(bytes);
  if (memory !== undefined) shared[memory.start + 1] = 3;
  return shared;
};
