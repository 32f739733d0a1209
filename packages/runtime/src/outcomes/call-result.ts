import type { JsonLimits, JsonRefusal } from './json-limits.ts';

/**
 * Every way in which a call into a guest can fail. One list serves the sandbox, the handshake, the self-check and the
 * dispatch's `plugin_call`. Closed: codes are added, never renamed.
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

/** What each code means, for messages; it never holds what the guest wrote. */
const MEANINGS: Readonly<Record<CallCode, string>> = {
  fuel: 'the guest used up its fuel (limits.fuel)',
  deadline: 'the call did not end within its deadline (limits.deadlineMs)',
  unreachable: 'the guest executed an unreachable instruction (a panic or an abort)',
  out_of_bounds: 'the guest reached outside its memory or table',
  division: 'the guest divided by zero, or the quotient does not fit',
  conversion: 'the guest converted a float that does not fit the integer',
  indirect_call: 'the guest called through a table entry that is empty or of another type',
  stack_overflow: 'the guest recursed too deeply',
  trap: 'the guest ended in a trap that this engine words in a way not known here',
  memory:
    'the guest needs more memory than it may have (limits.memoryBytes, or limits.kernelMemoryBytes for what it passes to the host)',
  request_too_large: 'the request is larger than allowed',
  output_too_large: 'the output is larger than allowed',
  output_too_complex: 'the output has more objects, arrays and keys than allowed (limits.outputNodes)',
  guest_error: 'the guest reported an error of its own (revealGuestErrors shows its text)',
  guest_exit: 'the guest ended its process with a status that is not 0 (proc_exit)',
  bad_handle: 'the guest used a handle or a range that is not of this call',
  variable_quota: 'the guest stored more variables than limits.variableBytes allows',
  http_refused: 'the guest called http_request, which this host does not serve',
  host_function_failed:
    'a host function threw, returned a promise, or returned what its declaration does not allow',
  bad_argument: 'the guest called a host function with an argument that its declaration does not allow',
  source_failed: 'a clock or a source of randomness that the host was given threw, or gave what it may not',
  storage_quota: 'the guest stored more than limits.storageBytes allows',
  storage_unavailable: 'the guest’s store cannot take a write now',
  host_call_refused: 'the guest called a host function during handshake or self-check',
  capability_denied:
    'the guest called a host function whose capability was not granted to it or not required by it',
  reentrant_call: 'the plugin was called from inside a call to itself',
  no_function: 'the guest has no function of this name that takes no parameters',
  breaker_open: 'the plugin failed too often or for too long and is left alone for a while',
  out_of_memory: 'the process has no room for a new instance of the guest: each reserves address space',
  closed: 'it is closed',
  process_exited: 'the plugin’s process ended, and is started again unless it is closed',
  not_connected: 'there is no connection to the plugin’s process, or it broke during the call',
  call_failed: 'the plugin’s process broke the protocol between processes',
  too_many_calls: 'as many calls run in the plugin’s process as may at a time (limits.concurrentCalls)',
};

/** A call that failed. */
export interface CallFailure {
  readonly ok: false;
  readonly code: CallCode;
  /** Fit for any log. */
  readonly message: string;
  /** The guest's own words, payload: shown only where the host reveals guest errors. */
  readonly guestText: string | undefined;
  /** The guest was not entered, although the code alone does not say so. */
  readonly isUntouched?: true;
}

/** Output of a call, still in the kernel's memory: valid until the instance's next call. */
export interface GuestOutput {
  /** A copy of the bytes. */
  bytes(): Uint8Array<ArrayBuffer>;
  /** The text, or `undefined` if the bytes are not UTF-8. */
  text(): string | undefined;
  /** Why the output is not to be read as JSON, if it is not: it would take longer or more than it may. */
  checkJson(limits: JsonLimits): JsonRefusal | undefined;
}

/** A call that succeeded; `null` where the guest set no output. */
interface CallSuccess {
  readonly ok: true;
  readonly output: GuestOutput | null;
  /** When the call must have ended, with what is done with its output, by `clock.nowMs`. */
  readonly deadlineMs: number;
  /** The guest ended its process in good order: the instance may not be entered again. */
  readonly hasLeft: boolean;
}

export type CallResult = CallSuccess | CallFailure;

/** A failure with the standard meaning of its code, and whatever else is known. */
export const callFailure = (code: CallCode, detail?: string, guestText?: string): CallFailure => ({
  ok: false,
  code,
  message: detail === undefined ? MEANINGS[code] : `${MEANINGS[code]}: ${detail}`,
  guestText,
});

/** Calls that were refused: the guest was never entered. */
const REFUSED: ReadonlySet<CallCode> = new Set<CallCode>([
  'request_too_large',
  'reentrant_call',
  'breaker_open',
  'no_function',
  'too_many_calls',
]);

/** Whether anything of the guest ran in the call that failed so. */
export const entersGuest = (failure: CallFailure): boolean =>
  failure.isUntouched !== true && !REFUSED.has(failure.code);

/** Whether an instance must be restored after this failure: its memory may be in any state, unless the guest ended in its own order. */
export const leavesDoubt = (failure: CallFailure): boolean =>
  entersGuest(failure) && failure.code !== 'guest_error';
