import { type Behaviour, behave, type TrapKind } from '@plugwire/pdk-fixtures';
import { type CallCode, defineHostFunction, LIMITS, type Plugin } from '@plugwire/runtime';
import type { WireFunction } from '@plugwire/wire';

import { sampleRequest } from '../plugins/sample-message.ts';
import type { CallCause, CauseParts, OutOfReach } from './cause.ts';

/** Why no module ends in it. */
export const OF_PROCESSES = 'only a plugin in a process of its own causes it: see @plugwire/process';

const call = (parts: CauseParts): CallCause => ({ by: 'call', parts: () => parts });
const does = (behaviour: Behaviour): CallCause => call({ behaviour });
const traps = (kind: TrapKind): CallCause => does(behave.trap(kind));

/** Fails in the guest: where a host function of this name throws. */
const FAILING_NAMESPACE = 'plugwire_testing';

/** The greatest limits, so that it is the other limit that ends the call. */
const PLENTY_OF_FUEL = LIMITS.fuel.max;
const PLENTY_OF_TIME = LIMITS.deadlineMs.max;

const exits: Behaviour = {
  writeBody: (guest) =>
    `(call ${guest.importFunction('wasi_snapshot_preview1', 'proc_exit', '(param i32)')} (i32.const 3)) (unreachable)`,
};

/** Keeps a variable, fills the kernel's memory, and then asks for the variable, for which there is no place any more. */
const overfillsKernel = behave.wat(`
    (local $key i64)
    (local.set $key (call $env.alloc (i64.const 8)))
    (call $env.var_set (local.get $key) (local.get $key))
    (loop $again (br_if $again (i64.ne (call $env.alloc (i64.const 4096)) (i64.const 0))))
    (loop $again (br_if $again (i64.ne (call $env.alloc (i64.const 8)) (i64.const 0))))
    (drop (call $env.var_get (local.get $key)))
    (i32.const 0)`);

/** Keeps a variable of nearly 2 MiB, past the limit that the load sets. */
const overfillsVariables = behave.wat(`
    (call $env.var_set (call $env.alloc (i64.const 1)) (call $env.alloc (i64.const 2097151)))
    (i32.const 0)`);

const fails = defineHostFunction({
  namespace: FAILING_NAMESPACE,
  name: 'fail',
  run: () => {
    throw new Error('a host function that fails on purpose');
  },
});

const takesText = defineHostFunction({
  namespace: FAILING_NAMESPACE,
  name: 'take_text',
  parameters: ['text'],
  run: () => {},
});

/** Opens at the first crash whatever the host's own limits are, and for longer than any test: the longest is no shorter. */
const OPEN_FOR_AN_HOUR = { minimumCalls: 1, firstBackoffMs: 3_600_000, longestBackoffMs: 3_600_000 };

/** More calls than any breaker needs. */
const MAX_CRASHES = 1000;

const codeOf = (plugin: Plugin, contract: WireFunction): string => {
  const outcome = plugin.dispatchSync(contract, sampleRequest(contract));
  return outcome.kind === 'ok' ? 'ok' : outcome.error.code;
};

/** Crashes until the plugin is left alone. */
const openBreaker = (plugin: Plugin, contract: WireFunction): void => {
  for (let crashes = 0; plugin.health().breaker !== 'open'; crashes += 1) {
    if (crashes === MAX_CRASHES) throw new Error(`the breaker of "${plugin.name}" did not open.`);
    codeOf(plugin, contract);
  }
};

/** For each code of a call: how a plugin causes it, or why it cannot. */
export const CALL_CAUSES = {
  fuel: call({ behaviour: behave.spin(), callLimits: { fuel: 10_000, deadlineMs: PLENTY_OF_TIME } }),
  deadline: call({ behaviour: behave.spin(), callLimits: { fuel: PLENTY_OF_FUEL, deadlineMs: 5 } }),
  unreachable: traps('unreachable'),
  out_of_bounds: traps('outOfBounds'),
  division: traps('divideByZero'),
  conversion: traps('conversion'),
  indirect_call: traps('indirectCall'),
  stack_overflow: traps('stackOverflow'),
  trap: 'every trap that an accepted module can raise has a code of its own',
  memory: call({
    behaviour: overfillsKernel,
    callLimits: { fuel: PLENTY_OF_FUEL, deadlineMs: PLENTY_OF_TIME },
    loadOptions: { limits: { kernelMemoryBytes: LIMITS.kernelMemoryBytes.default } },
  }),
  request_too_large: call({ behaviour: behave.noOutput(), callLimits: { requestBytes: 1 } }),
  output_too_large: call({
    behaviour: behave.hugeOutput(LIMITS.outputBytes.default + 1),
    callLimits: { outputBytes: LIMITS.outputBytes.default },
    loadOptions: { limits: { kernelMemoryBytes: LIMITS.kernelMemoryBytes.default } },
  }),
  output_too_complex: call({
    behaviour: behave.deepJson(LIMITS.outputNodes.default),
    callLimits: { outputNodes: LIMITS.outputNodes.default, outputBytes: LIMITS.outputBytes.default },
    loadOptions: { limits: { kernelMemoryBytes: LIMITS.kernelMemoryBytes.default } },
  }),
  guest_error: does(behave.guestError('an error on purpose')),
  guest_exit: call({ behaviour: exits, loadOptions: { wasi: true } }),
  bad_handle: does(behave.badHandle('load')),
  variable_quota: call({
    behaviour: overfillsVariables,
    loadOptions: {
      limits: {
        variableBytes: LIMITS.variableBytes.default,
        kernelMemoryBytes: LIMITS.kernelMemoryBytes.default,
      },
    },
  }),
  http_refused: does(behave.httpRequest()),
  host_function_failed: call({
    behaviour: behave.callHostFunction({ namespace: FAILING_NAMESPACE, name: 'fail' }),
    hostFunctions: [fails],
  }),
  bad_argument: call({
    behaviour: behave.callHostFunction({
      namespace: FAILING_NAMESPACE,
      name: 'take_text',
      args: [Uint8Array.of(0xff)],
    }),
    hostFunctions: [takesText],
  }),
  source_failed: 'it is the host whose clock or randomness fails: give it sources that throw',
  storage_quota: call({
    behaviour: behave.callHostFunction({ name: 'cc_lb_storage_put', args: ['key', 'value'] }),
    capabilities: ['storage'],
    loadOptions: { limits: { storageBytes: 1 } },
  }),
  storage_unavailable: 'it is the storage that takes no write: give the host one whose put is "unavailable"',
  host_call_refused: 'it ends a handshake or a self-check, so that the load is refused: no dispatch sees it',
  capability_denied: does(behave.callHostFunction({ name: 'cc_lb_log', args: ['info', 'not required'] })),
  reentrant_call: 'it is the host that calls a plugin from inside a call to it: dispatch in a host function',
  no_function: {
    by: 'call',
    parts: ({ contract }) => ({
      wat: `(func (export "${contract.name}") (param i32) (result i32) (i32.const 0))`,
    }),
  },
  breaker_open: call({
    behaviour: behave.trap('unreachable'),
    prepare: openBreaker,
    loadOptions: { breaker: OPEN_FOR_AN_HOUR },
  }),
  out_of_memory: 'it is the process that has no room for a new instance',
  closed: 'it is the host that closes a plugin: await plugin.close()',
  process_exited: OF_PROCESSES,
  not_connected: OF_PROCESSES,
  call_failed: OF_PROCESSES,
  too_many_calls: OF_PROCESSES,
} as const satisfies Record<CallCode, CallCause | OutOfReach>;
