import type { CallCode } from '@plugwire/runtime';

/** Advice for plugin authors, by the code of a failed call. The type requires advice for every code. */
export const CALL_ADVICE: Readonly<Record<CallCode, string>> = {
  fuel: 'Look for a loop that does not end. If the work is needed, the host has to raise limits.fuel.',
  deadline:
    'Look for a loop that does not end. If the work is needed, build with optimisation, or let the host raise limits.deadlineMs.',
  unreachable:
    'The plugin panicked or aborted. The text of a panic does not reach the host: log it before the panic, or return an error instead.',
  out_of_bounds:
    'Check the indices and pointers of the function. A debug build with bounds checks shows the place.',
  division: 'Check the divisor before the division.',
  conversion: 'Check that the float fits the integer before it is converted.',
  indirect_call:
    'Check function pointers and virtual calls, and that all parts of the plugin were built together.',
  stack_overflow: 'Limit the depth of recursion, or use a loop. Most often the recursion is in a decoder.',
  trap: 'Plugwire does not recognise this trap. Please report it, with the version of Node.',
  memory:
    'Free what a call allocates when the call ends. If the plugin needs that much memory, the host has to raise limits.memoryBytes.',
  request_too_large: 'The host has to send less, or raise limits.requestBytes.',
  output_too_large: 'Return less, or let the host raise limits.outputBytes.',
  output_too_complex: 'Return fewer objects, lists and keys, or let the host raise limits.outputNodes.',
  guest_error:
    'The plugin returned an error; its text is above. If the request is valid, correct the decoder or the function.',
  guest_exit: 'Do not call exit in a plugin: return an error instead.',
  bad_handle: 'Use a handle only in the call that returned it, and only within its length.',
  variable_quota: 'Remove variables that are not needed any more.',
  http_refused:
    'Plugwire provides no HTTP. Ask the host for a host function that does what the plugin needs.',
  host_function_failed: 'The fault is in the host function, in the module given with --host.',
  bad_argument: 'Compare what the plugin passes with the declaration of the host function.',
  source_failed: 'The fault is in the clock or the random source that the host was given.',
  storage_quota: 'Remove keys that are not needed, or let them expire.',
  storage_unavailable: 'The storage of the host accepts no writes at the moment. Try again later.',
  host_call_refused:
    'Call host functions only in the contract’s functions, never in the handshake or in the self-check.',
  capability_denied:
    'List the capability in required_capabilities of the handshake, and let the host grant it (here: --grant).',
  reentrant_call: 'A host function must not call the plugin that calls it.',
  no_function: 'Export the function under its name, without parameters and with an i32 as its result.',
  breaker_open: 'The plugin failed too often shortly before. Correct those failures first.',
  out_of_memory: 'Run this with more memory.',
  process_exited:
    'Look at its last log lines, and at the line “plugin process ended”. The host restarts the process.',
  not_connected: 'Look at the log lines of the process. If its connections keep breaking, it has a defect.',
  call_failed: 'The process violated the protocol. Build it with a current version of go-plugin.',
  too_many_calls:
    'Wait for responses before you send more calls, or let the host raise limits.concurrentCalls.',
  closed: 'The plugin was closed before the call.',
};
