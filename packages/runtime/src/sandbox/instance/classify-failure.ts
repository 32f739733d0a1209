import type { CallCode } from '../../outcomes/call-result.ts';
import { isStackOverflow } from '../../base/is-stack-overflow.ts';
import { FAULT } from '../../kernel/kernel.ts';

/**
 * Messages of traps, by what they begin with: those of V8 (Node, Deno), then those of JavaScriptCore (Bun). They are all of those that an
 * accepted module can raise on the engines that `npm run check:engines` tries; an engine that words one otherwise makes it a plain `trap`.
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

/** What a guest may end in because it got no memory: its own traps, not what the host or the kernel ended. */
const OWN_TRAPS: ReadonlySet<CallCode> = new Set<CallCode>([...TRAPS.map(([, code]) => code), 'trap']);

/** Whether a code is that of a trap in the guest's own code. */
export const isOwnTrap = (code: CallCode): boolean => OWN_TRAPS.has(code);

/** The code of what came out of a guest as an exception, and of the kernel's fault word. */
export const classifyFailure = (thrown: unknown, fault: number): CallCode => {
  if (fault === FAULT.badHandle) return 'bad_handle';
  if (fault === FAULT.http) return 'http_refused';
  if (isStackOverflow(thrown)) return 'stack_overflow';
  if (thrown instanceof WebAssembly.RuntimeError) return trapCode(thrown.message);
  // What a host function returned could not become the value that the guest imports it for.
  return thrown instanceof TypeError || thrown instanceof SyntaxError ? 'host_function_failed' : 'trap';
};

const trapCode = (message: string): CallCode =>
  TRAPS.find(([start]) => message.startsWith(start))?.[1] ?? 'trap';
