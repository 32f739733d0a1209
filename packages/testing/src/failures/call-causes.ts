import { type Behaviour, behave, type TrapKind } from '@plugwire/pdk-fixtures';
import { type CallCode, defineHostFunction, LIMITS, type Plugin } from '@plugwire/runtime';
import type { WireFunction } from '@plugwire/wire';

import { sampleRequest } from '../plugins/sample-message.ts';
import type { CallCause, CauseParts, OutOfReach } from './cause.ts';

/** Why no WebAssembly plugin causes the failure. */
export const OF_PROCESSES = 'only a plugin in a separate process causes it: see @plugwire/process';

const call = (parts: CauseParts): CallCause => ({ by: 'call', parts: () => parts });
const does = (behaviour: Behaviour): CallCause => call({ behaviour });
const traps = (kind: TrapKind): CallCause => does(behave.trap(kind));

/** The namespace of the host functions that cause failures. */
const FAILING_NAMESPACE = 'plugwire_testing';

/** The largest limits, so that another limit ends the call. */
const PLENTY_OF_FUEL = LIMITS.fuel.max;
const PLENTY_OF_TIME = LIMITS.deadlineMs.max;

const exits: Behaviour = {
  writeBody: (guest) =>
    `(call ${guest.importFunction('wasi_snapshot_preview1', 'proc_exit', '(param i32)')} (i32.const 3)) (unreachable)`,
};

/** Sets a variable, fills the kernel's memory, and reads the variable, for which there is no memory left. */
const overfillsKernel = behave.wat(`
    (local $key i64)
    (local.set $key (call $env.alloc (i64.const 8)))
    (call $env.var_set (local.get $key) (local.get $key))
    (loop $again (br_if $again (i64.ne (call $env.alloc (i64.const 4096)) (i64.const 0))))
    (loop $again (br_if $again (i64.ne (call $env.alloc (i64.const 8)) (i64.const 0))))
    (drop (call $env.var_get (local.get $key)))
    (i32.const 0)`);

/** Sets a variable of nearly 2 MiB, more than the limit of the load allows. */
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

/** Makes the breaker open at the first failure, whatever the host's limits are, and stay open for longer than any test. */
const OPEN_FOR_AN_HOUR = { minimumCalls: 1, firstBackoffMs: 3_600_000, longestBackoffMs: 3_600_000 };

/** More failures than any breaker needs to open. */
const MAX_CRASHES = 1000;

const codeOf = (plugin: Plugin, contract: WireFunction): string => {
  const outcome = plugin.dispatchSync(contract, sampleRequest(contract));
  return outcome.kind === 'ok' ? 'ok' : outcome.error.code;
};

/** Makes the plugin fail until its breaker is open. */
const openBreaker = (plugin: Plugin, contract: WireFunction): void => {
  for (let crashes = 0; plugin.health().breaker !== 'open'; crashes += 1) {
    if (crashes === MAX_CRASHES) throw new Error(`the breaker of "${plugin.name}" did not open.`);
    codeOf(plugin, contract);
  }
};

/** How a plugin causes each code of a call, or why it cannot. */
export const CALL_CAUSES = {
  fuel: call({ behaviour: behave.spin(), callLimits: { fuel: 10_000, deadlineMs: PLENTY_OF_TIME } }),
  deadline: call({ behaviour: behave.spin(), callLimits: { fuel: PLENTY_OF_FUEL, deadlineMs: 5 } }),
  unreachable: traps('unreachable'),
  out_of_bounds: traps('outOfBounds'),
  division: traps('divideByZero'),
  conversion: traps('conversion'),
  indirect_call: traps('indirectCall'),
  stack_overflow: traps('stackOverflow'),
  trap: 'each trap that an accepted module can raise has a separate code',
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
  source_failed: 'the clock or randomness of the host causes it: give the host sources that throw',
  storage_quota: call({
    behaviour: behave.callHostFunction({ name: 'cc_lb_storage_put', args: ['key', 'value'] }),
    capabilities: ['storage'],
    loadOptions: { limits: { storageBytes: 1 } },
  }),
  storage_unavailable: 'the storage of the host causes it: give the host one whose put returns "unavailable"',
  host_call_refused: 'it only occurs in a handshake or self-check, after which the load is refused',
  capability_denied: does(behave.callHostFunction({ name: 'cc_lb_log', args: ['info', 'not required'] })),
  reentrant_call: 'the host causes it by calling a plugin during a call to it: dispatch in a host function',
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
  out_of_memory: 'the process causes it when it has no memory for a new instance',
  closed: 'the host causes it by closing the plugin: await plugin.close()',
  process_exited: OF_PROCESSES,
  not_connected: OF_PROCESSES,
  call_failed: OF_PROCESSES,
  too_many_calls: OF_PROCESSES,
} as const satisfies Record<CallCode, CallCause | OutOfReach>;
