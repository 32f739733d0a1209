import type { CallCode } from '../../outcomes/call-result.ts';
import { isStackOverflow } from '../../base/is-stack-overflow.ts';
import { FAULT } from '../../kernel/kernel.ts';

/**
 * How the messages of traps begin: first those of V8 (Node, Deno), then those of JavaScriptCore (Bun). The list has all traps of accepted
 * modules on the engines of `npm run check:engines`. A trap with another message gets the code `trap`.
 */
const TRAPS: readonly (readonly [string, CallCode])[] = [
  ['unreachable', 'unreachable'],
  ['memory access out of bounds', 'out_of_bounds'],
  ['table index is out of bounds', 'out_of_bounds'],
  ['table access out of bounds', 'out_of_bounds'],
  ['element segment out of bounds', 'out_of_bounds'], // and one that was dropped
  ['data segment out of bounds', 'out_of_bounds'], // Node 26
  ['divide by zero', 'division'],
  ['remainder by zero', 'division'],
  ['divide result unrepresentable', 'division'],
  ['float unrepresentable in integer range', 'conversion'],
  ['null function', 'indirect_call'], // with and, on Deno, without "or function signature mismatch"
  ['function signature mismatch', 'indirect_call'], // Node 26
  ['indirect call', 'indirect_call'],
  ['Unreachable code', 'unreachable'],
  ['Out of bounds Trunc', 'conversion'],
  ['Out of bounds', 'out_of_bounds'],
  ['Invalid data segment', 'out_of_bounds'],
  ['Element is trying', 'out_of_bounds'],
  ['Division by zero', 'division'],
  ['Integer overflow', 'division'],
  ['call_indirect to', 'indirect_call'],
];

/** The codes of a guest's own traps. They can be a consequence of a refused allocation, unlike failures from the host or the kernel. */
const OWN_TRAPS: ReadonlySet<CallCode> = new Set<CallCode>([...TRAPS.map(([, code]) => code), 'trap']);

/** Returns whether a code is that of a trap in the guest's own code. */
export const isOwnTrap = (code: CallCode): boolean => OWN_TRAPS.has(code);

/** Returns the code for an exception from a guest, given the kernel's fault word. */
export const classifyFailure = (thrown: unknown, fault: number): CallCode => {
  if (fault === FAULT.badHandle) return 'bad_handle';
  if (fault === FAULT.http) return 'http_refused';
  if (isStackOverflow(thrown)) return 'stack_overflow';
  if (thrown instanceof WebAssembly.RuntimeError) return trapCode(thrown.message);
  // The engine could not convert the result of a host function to the type that the guest expects.
  return thrown instanceof TypeError || thrown instanceof SyntaxError ? 'host_function_failed' : 'trap';
};

const trapCode = (message: string): CallCode =>
  TRAPS.find(([start]) => message.startsWith(start))?.[1] ?? 'trap';
