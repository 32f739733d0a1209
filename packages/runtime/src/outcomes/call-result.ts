import type { JsonLimits, JsonRefusal } from './json-limits.ts';

/**
 * Every code with which a call into a guest can fail. The sandbox, the handshake, the self-check and the stage `plugin_call` of a dispatch
 * share this list. Codes may be added, but are never renamed. docs/errors.md explains each.
 */
export const CALL_CODES = [
  'fuel',
  'deadline',
  'unreachable',
  'out_of_bounds',
  'division',
  'conversion',
  'indirect_call',
  'stack_overflow',
  'trap',
  'memory',
  'request_too_large',
  'output_too_large',
  'output_too_complex',
  'guest_error',
  'guest_exit',
  'bad_handle',
  'variable_quota',
  'http_refused',
  'host_function_failed',
  'bad_argument',
  'source_failed',
  'storage_quota',
  'storage_unavailable',
  'host_call_refused',
  'capability_denied',
  'reentrant_call',
  'no_function',
  'breaker_open',
  'out_of_memory',
  'closed',
  'process_exited',
  'not_connected',
  'call_failed',
  'too_many_calls',
] as const;

/** One of {@link CALL_CODES}. */
export type CallCode = (typeof CALL_CODES)[number];

/** The meaning of each code, for messages. It never contains text of the guest. */
const MEANINGS: Readonly<Record<CallCode, string>> = {
  fuel: 'the guest used up its fuel (limits.fuel)',
  deadline: 'the call did not end within its deadline (limits.deadlineMs)',
  unreachable: 'the guest executed an unreachable instruction (a panic or an abort)',
  out_of_bounds: 'the guest accessed its memory or a table out of bounds',
  division: 'the guest divided by zero, or the quotient overflowed',
  conversion: 'the guest converted a float that does not fit into the integer type',
  indirect_call: 'the guest called through a table entry that is empty or of another type',
  stack_overflow: 'the guest recursed too deeply',
  trap: 'the guest trapped, and Plugwire does not know this engine’s message for the trap',
  memory:
    'the guest needs more memory than allowed (limits.memoryBytes, or limits.kernelMemoryBytes for data that it passes to the host)',
  request_too_large: 'the request is larger than allowed',
  output_too_large: 'the output is larger than allowed',
  output_too_complex: 'the output has more objects, arrays and keys than allowed (limits.outputNodes)',
  guest_error: 'the guest reported an error (revealGuestErrors shows its text)',
  guest_exit: 'the guest exited with a status other than 0 (proc_exit)',
  bad_handle: 'the guest used a handle or a range that does not belong to this call',
  variable_quota: 'the guest stored more variables than limits.variableBytes allows',
  http_refused: 'the guest called http_request, which this host does not support',
  host_function_failed:
    'a host function threw, returned a promise, or returned what its declaration does not allow',
  bad_argument: 'the guest called a host function with an argument that its declaration does not allow',
  source_failed: 'a given clock or source of randomness threw or returned an invalid value (sources)',
  storage_quota: 'the guest stored more than limits.storageBytes allows',
  storage_unavailable: 'the guest’s store cannot accept writes now',
  host_call_refused: 'the guest called a host function during handshake or self-check',
  capability_denied:
    'the guest called a host function whose capability was not granted, or not required by the plugin',
  reentrant_call: 'the plugin was called from inside a call to itself',
  no_function: 'the guest has no function of this name that takes no parameters',
  breaker_open: 'the plugin failed too often or for too long, so calls are refused for a while',
  out_of_memory: 'the process cannot reserve memory for a new instance of the guest',
  closed: 'the plugin or sandbox is closed',
  process_exited: 'the plugin’s process ended (it is restarted unless the plugin is closed)',
  not_connected: 'there is no connection to the plugin’s process, or it broke during the call',
  call_failed: 'the plugin’s process violated the protocol between processes',
  too_many_calls: 'the plugin’s process already runs the most calls at a time (limits.concurrentCalls)',
};

/** A call that failed. */
export interface CallFailure {
  readonly ok: false;
  readonly code: CallCode;
  /** Contains no payload. */
  readonly message: string;
  /** The error text that the guest wrote. It is payload, and shown only if the host reveals guest errors. */
  readonly guestText: string | undefined;
  /** Set if no code of the guest ran, although the code of the failure does not imply that. */
  readonly isUntouched?: true;
}

/** Output of a call. It is still in the kernel's memory, and valid until the instance's next call. */
export interface GuestOutput {
  /** Returns a copy of the bytes. */
  bytes(): Uint8Array<ArrayBuffer>;
  /** Returns the text, or `undefined` if the bytes are not UTF-8. */
  text(): string | undefined;
  /** Returns why the output must not be parsed as JSON, or `undefined` if it may be. It must fit the limits and the time that is left. */
  checkJson(limits: JsonLimits): JsonRefusal | undefined;
}

/** A call that succeeded. `output` is `null` if the guest set no output. */
interface CallSuccess {
  readonly ok: true;
  readonly output: GuestOutput | null;
  /** The deadline of the call, including the reading of its output, in milliseconds of `clock.nowMs`. */
  readonly deadlineMs: number;
  /** Whether the guest exited with status 0. Then the instance must not be called again. */
  readonly hasLeft: boolean;
}

export type CallResult = CallSuccess | CallFailure;

/** Creates a failure. Its message has the meaning of the code, and the detail if there is one. */
export const callFailure = (code: CallCode, detail?: string, guestText?: string): CallFailure => ({
  ok: false,
  code,
  message: detail === undefined ? MEANINGS[code] : `${MEANINGS[code]}: ${detail}`,
  guestText,
});

/** Codes of calls that were refused before any code of the guest ran. */
const REFUSED: ReadonlySet<CallCode> = new Set<CallCode>([
  'request_too_large',
  'reentrant_call',
  'breaker_open',
  'no_function',
  'too_many_calls',
]);

/** Returns whether code of the guest ran in the failed call. */
export const entersGuest = (failure: CallFailure): boolean =>
  failure.isUntouched !== true && !REFUSED.has(failure.code);

/** Returns whether the instance must be restored after this failure, because its memory may be in any state. */
export const leavesDoubt = (failure: CallFailure): boolean =>
  entersGuest(failure) && failure.code !== 'guest_error';
