const ACCEPT = 'packages/wire/src/protocol/accept.ts';
const HANDSHAKE = 'packages/runtime/src/load/handshake.ts';
const SELF_CHECK = 'packages/wire/src/protocol/self-check.ts';
const PHASE = 'packages/runtime/src/load/load-phase.ts';
const ENVELOPE = 'packages/wire/src/contract/read-response.ts';
const MESSAGE = 'packages/wire/src/contract/message-schema.ts';
const FORM = 'packages/wire/src/contract/read/open-form.ts';
const RECORD = 'packages/wire/src/contract/read/record-reader.ts';
const WRITE = 'packages/wire/src/contract/write-request.ts';
const ATTEMPT = 'packages/runtime/src/plugin/attempt.ts';
const DISPATCH = 'packages/runtime/src/plugin/dispatch.ts';
const KERNEL = 'packages/runtime/src/kernel/kernel.ts';
const INSTANCE = 'packages/runtime/src/sandbox/instance/guest-instance.ts';

const WIRE_TESTS = ['packages/wire/src'];
const ALL_TESTS = ['packages/wire/src', 'packages/runtime/src', 'test'];
const RUNTIME_TESTS = ['packages/runtime/src', 'test'];

const wire = (rule, file, find, replace) => ({ rule, file, find, replace, tests: WIRE_TESTS });
const runtime = (rule, file, find, replace) => ({ rule, file, find, replace, tests: RUNTIME_TESTS });
const both = (rule, file, find, replace) => ({ rule, file, find, replace, tests: ALL_TESTS });

/** A rule of the protocol, the place that checks it, and the replacement that removes the check. */
export const CHECKS = [
  // §2, in the order of its list
  wire(
    '§2 schema version',
    ACCEPT,
    'accept.handshake_schema_version !== offer.handshake_schema_version',
    'false',
  ),
  wire('§2 envelope version', ACCEPT, 'accept.envelope_version !== offer.envelope_version', 'false'),
  wire('§2 chosen is supported', ACCEPT, 'if (supported === undefined)', 'if (false)'),
  wire('§2 chosen is offered', ACCEPT, 'if (offered === undefined)', 'if (false)'),
  wire('§2 chosen is implemented', ACCEPT, '!accept.implemented_functions.includes(name)', 'false'),
  wire('§2 chosen version was offered', ACCEPT, '!offered.includes(version)', 'false'),
  wire('§2 chosen version is supported', ACCEPT, '!supported.includes(version)', 'false'),
  wire('§2 no downgrade', ACCEPT, 'version === highest', 'true'),
  wire(
    '§2 nothing common is left out',
    ACCEPT,
    'highest !== undefined && !Object.hasOwn(',
    'false && !Object.hasOwn(',
  ),
  wire(
    '§2 implemented and supported are known',
    ACCEPT,
    'versionsOf(offer.function_versions, name) === undefined',
    'false',
  ),
  wire('§2 supported versions are in range', ACCEPT, '!versions.every(isVersion)', 'false'),
  wire(
    '§2 required capabilities are offered',
    ACCEPT,
    '!isCapabilityName(name) || !offer.host_capabilities.includes(name)',
    'false',
  ),
  wire('§2 count of supported', ACCEPT, 'supported.length > PROTOCOL_LIMITS.offeredFunctions', 'false'),
  wire('§2 count of chosen', ACCEPT, 'chosen > PROTOCOL_LIMITS.offeredFunctions', 'false'),
  wire(
    '§2 count of implemented',
    ACCEPT,
    'accept.implemented_functions.length > PROTOCOL_LIMITS.implementedFunctions',
    'false',
  ),
  wire('§2 count of versions', ACCEPT, 'versions.length > PROTOCOL_LIMITS.versionsPerFunction', 'false'),
  wire(
    '§2 count of capabilities',
    ACCEPT,
    'accept.required_capabilities.length > PROTOCOL_LIMITS.capabilities',
    'false',
  ),
  wire('§2 no __proto__ key', RECORD, "if (context.origin === 'codec') continue;", 'continue;'),
  runtime('§2 size of the output', HANDSHAKE, 'PROTOCOL_LIMITS.handshakeOutputBytes', '2 ** 30'),
  runtime('§2 the export is there', HANDSHAKE, '!functionNames.has(HANDSHAKE_EXPORT)', 'false'),
  runtime('§2 declared is exported', HANDSHAKE, 'if (!functionNames.has(name))', 'if (false)'),
  runtime('§2 exported is declared', HANDSHAKE, 'functionNames.has(name) && !declared.has(name)', 'false'),
  runtime(
    '§2 something is negotiated',
    HANDSHAKE,
    'Object.keys(result.accept.chosen_versions).length === 0',
    'false',
  ),
  // §3
  runtime(
    '§3 the export is there',
    'packages/runtime/src/load/self-check.ts',
    '!functionNames.has(SELF_CHECK_EXPORT)',
    'false',
  ),
  wire('§3 failure', SELF_CHECK, "if (status === 'success') {", 'if (true) {'),
  wire('§3 success with failures', SELF_CHECK, 'return failures.length === 0', 'return true'),
  wire('§3 failure without failures', SELF_CHECK, 'if (failures.length === 0)', 'if (false)'),
  wire(
    '§3 more than 16 failures',
    SELF_CHECK,
    'failures.length > PROTOCOL_LIMITS.selfCheckFailures',
    'false',
  ),
  wire('§3 the time is positive', SELF_CHECK, 'completedAt <= 0', 'false'),
  runtime(
    '§3 size of the output',
    'packages/runtime/src/load/self-check.ts',
    'PROTOCOL_LIMITS.selfCheckOutputBytes',
    '2 ** 30',
  ),
  runtime('§3 UTF-8', PHASE, 'if (text === undefined)', 'if (false)'),
  runtime(
    '§3 no host function runs',
    'packages/runtime/src/load/load-plugin.ts',
    "gate: () => 'host_call_refused'",
    'gate: () => undefined',
  ),
  runtime(
    '§3 an unknown import is refused',
    'packages/runtime/src/sandbox/imports/check-imports.ts',
    'namespaces.get(item.module)?.has(key(item.kind, item.name)) === true',
    'true',
  ),
  runtime(
    'WASI is off unless it was asked for',
    'packages/runtime/src/modules/compile-modules.ts',
    'if (wasi || modules.every(',
    'if (true || modules.every(',
  ),
  // §4, in the order of a call
  runtime(
    '§4 version_lookup: the host knows it',
    ATTEMPT,
    'if (entry === undefined) {',
    'if (entry === undefined && false) {',
  ),
  runtime(
    '§4 version_lookup: it is negotiated',
    ATTEMPT,
    'return version === undefined\n    ? refuseVersion(',
    'return version === undefined && false\n    ? refuseVersion(',
  ),
  both(
    '§4 request_envelope: fits',
    MESSAGE,
    'const message = read(value, 1, walk);',
    'const message = value;',
  ),
  both('§4 request_envelope: is an object', MESSAGE, 'if (!isObject(value)) return fault.notAnObject();', ''),
  both(
    '§4 request_envelope: depth',
    FORM,
    "if (level > MOST_LEVELS) return walk.badForm('too_deep');\n  return isArray ? copyItems(value, level, walk, copyForm)",
    'return isArray ? copyItems(value, level, walk, copyForm)',
  ),
  both(
    '§4 request_envelope: __proto__',
    FORM,
    "if (key === '__proto__') return walk.badForm('proto_key');",
    '',
  ),
  both('§4 serialize_request', WRITE, 'if (text === undefined) {', 'if (false) {'),
  runtime(
    '§4 plugin_call: a trap restores the instance',
    'packages/runtime/src/sandbox/guest-service.ts',
    '!result.ok && leavesDoubt(result)',
    'false',
  ),
  runtime(
    '§4 plugin_call: guest error by error_set',
    INSTANCE,
    "return text === undefined ? undefined : callFailure('guest_error'",
    "return true ? undefined : callFailure('guest_error'",
  ),
  runtime(
    '§4 plugin_call: guest error by status',
    INSTANCE,
    'status === undefined || status === 0 || status === 0n',
    'true',
  ),
  runtime('§4 plugin_call: output size', INSTANCE, 'length > limits.outputBytes || length < 0', 'false'),
  runtime(
    '§4 plugin_call: what the output is made of',
    'packages/runtime/src/kernel/json-cost.ts',
    "if (count(kernel, 'containers') + count(kernel, 'keys') > nodes) return 'nodes';",
    '',
  ),
  runtime(
    '§4 plugin_call: an answer after the deadline is none',
    DISPATCH,
    'attempt.ok && attempt.endedMs >= deadlineMs',
    'false',
  ),
  runtime('§4 plugin_call: request size', INSTANCE, 'byteLength > mostBytes', 'false'),
  runtime('§4 plugin_call: size of a drafted request', KERNEL, 'total > mostBytes', 'false'),
  runtime(
    '§4 plugin_call: re-entry',
    'packages/runtime/src/sandbox/guest-service.ts',
    "if (isCalling) return callFailure('reentrant_call');",
    '',
  ),
  runtime(
    '§4 plugin_call: host call refused',
    'packages/runtime/src/sandbox/imports/host-function.ts',
    'if (refused !== undefined) stop(refused, name);',
    '',
  ),
  runtime('§4 deserialize_response: UTF-8', INSTANCE, 'text.includes(REPLACEMENT) &&', 'false &&'),
  both(
    '§4 deserialize_response: JSON',
    ENVELOPE,
    "return stageFailure('deserialize_response', 'not_json'",
    "return stageFailure('panic', 'unexpected'",
  ),
  both(
    '§4 response_envelope: an object',
    ENVELOPE,
    "typeof body !== 'object' || body === null || Array.isArray(body)",
    'body === null',
  ),
  both('§4 response_envelope: _v is the negotiated one', ENVELOPE, 'if (_v !== version)', 'if (false)'),
  both('§4 response_envelope: _v is there', ENVELOPE, "!Object.hasOwn(envelope, '_v')", 'false'),
  both(
    '§4 response_decode: depth and __proto__',
    FORM,
    "if (level > MOST_LEVELS) return walk.badForm('too_deep') !== MISFIT;",
    '',
  ),
  runtime(
    '§4 no payload: revealGuestErrors is off',
    'packages/runtime/src/plugin/conclude-dispatch.ts',
    'target.revealGuestErrors && guestText !== undefined',
    'guestText !== undefined',
  ),
  both(
    '§4 no payload: keys of records are not shown',
    RECORD,
    "if (part === MISFIT) return walk.under('.*');\n    if (builds)",
    'if (part === MISFIT) return walk.under(String(key));\n    if (builds)',
  ),
  runtime(
    '§4 ten warnings a second',
    'packages/runtime/src/observe/dispatch-log.ts',
    'window.written >= WARNINGS_PER_WINDOW',
    'false',
  ),
  // §5
  runtime(
    '§5 a capability that was not negotiated is denied',
    'packages/runtime/src/plugin/plugin-resources.ts',
    'capability === undefined || negotiated.has(capability)',
    'true',
  ),
  runtime(
    '§5 imports have the declared types',
    'packages/runtime/src/sandbox/imports/check-signatures.ts',
    'if (seen === expected) continue;',
    'continue;',
  ),
  runtime(
    '§5 a write that was refused ends the call',
    'packages/runtime/src/host-functions/cc-lb-storage-put.ts',
    "if (result === 'stored') return;",
    'if (result !== undefined) return;',
  ),
  runtime(
    '§5 the quota of a store',
    'packages/runtime/src/storage/create-memory-storage.ts',
    'growth > 0 && used + growth > quotaBytes',
    'false',
  ),
];
