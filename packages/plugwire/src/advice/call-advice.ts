import type { CallCode } from '@plugwire/runtime';

/** What the author of a plugin can do about each code of a call. A new code does not compile without advice. */
export const CALL_ADVICE: Readonly<Record<CallCode, string>> = {
  fuel: 'Look for a loop that does not end. If the work is honest, the host has to raise limits.fuel.',
  deadline:
    'Look for a loop that does not end. If the work is honest, build with optimisation, or the host has to raise limits.deadlineMs.',
  unreachable:
    'The plugin panicked or aborted, and the text of a panic does not reach the host. Log it before it panics, or return an error instead.',
  out_of_bounds:
    'Check the indices and pointers of the function. A debug build with bounds checks finds the place.',
  division: 'Check the divisor before the division.',
  conversion: 'Check that the float fits the integer before it is converted.',
  indirect_call:
    'Check function pointers and virtual calls, and that all parts of the plugin were built together.',
  stack_overflow: 'Bound the recursion, most often of a decoder, or use a loop.',
  trap: 'Report this with the version of Node, because this trap is not known here.',
  memory:
    'Free what a call allocates when the call ends, and do not grow with the number of calls. If it is honest, the host has to raise limits.memoryBytes.',
  request_too_large: 'The host has to send less or to raise limits.requestBytes.',
  output_too_large: 'Answer with less, or the host has to raise limits.outputBytes.',
  output_too_complex:
    'Answer with fewer objects, lists and keys, or the host has to raise limits.outputNodes.',
  guest_error:
    'The plugin refused the request itself, and its text is above. If the request is valid, correct the decoder or the function.',
  guest_exit: 'Do not call exit in a plugin: return an error instead.',
  bad_handle: 'Use handles only in the call that gave them, and only as far as their length goes.',
  variable_quota: 'Remove variables that are not needed any more.',
  http_refused: 'Hosts of Plugwire have no HTTP: ask for a host function that does what the plugin needs.',
  host_function_failed: 'The fault is in the host function, in the module given with --host.',
  bad_argument: 'Compare what the plugin passes with the declaration of the host function.',
  source_failed: 'The fault is in the sources of time or randomness that the host was given.',
  storage_quota: 'Remove keys that are not needed, or let them expire.',
  storage_unavailable: 'The storage of the host takes no writes now: try again.',
  host_call_refused:
    'Call host functions only in the contract’s functions, never in the handshake or in the self-check.',
  capability_denied:
    'List the capability in required_capabilities of the handshake, and let the host grant it (--grant here).',
  reentrant_call: 'A host function must not call the plugin that calls it.',
  no_function: 'Export the function under its name, without parameters and with an i32 as its result.',
  breaker_open: 'The plugin failed too often just before. Correct the failures that came first.',
  out_of_memory: 'Run this with more memory.',
  process_exited:
    'Look at its last log lines, and at the line “plugin process ended”. It is started again by itself.',
  not_connected: 'Look at the log lines of the process. One that goes on breaking connections has a defect.',
  call_failed: 'The process broke the protocol between processes. Build it with a current go-plugin.',
  too_many_calls:
    'Wait for answers before more calls are sent, or the host has to raise limits.concurrentCalls.',
  closed: 'The plugin was closed before the call.',
};
