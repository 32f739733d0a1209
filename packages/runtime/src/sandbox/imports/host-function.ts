import { PlugwireUsageError, showType } from '@plugwire/wire';

import { findRefusal } from '../../host-functions/call-refusal.ts';
import { findHostFunctionBody, type HostFunction } from '../../host-functions/define-host-function.ts';
import type {
  HostCaller,
  HostCallIntercept,
  HostFunctionBody,
} from '../../host-functions/host-function-body.ts';
import type { CallCode } from '../../outcomes/call-result.ts';
import type { RawHostFunction, RawHostFunctions } from '../../link/extism-link.ts';
import { createCallMemory, type CallMemory } from '../../kernel/call-memory.ts';
import { isStackOverflow } from '../../base/is-stack-overflow.ts';
import type { JsonLimits } from '../../outcomes/json-limits.ts';
import type { Kernel } from '../../kernel/kernel.ts';

/** Decides about a call of a host function. Returns the code to refuse it with, or `undefined` to let it run. */
export type HostCallGate = (capability: string | undefined) => CallCode | undefined;

/** The running call of a guest, as host functions need it. */
export interface RunningCall {
  readonly gate: HostCallGate;
  readonly caller: HostCaller;
  /** Creates the code that runs around a host function when calls are recorded or replayed. */
  readonly intercept: ((declared: HostFunction) => HostCallIntercept) | undefined;
  /** Ends the call with a code. Always throws. */
  readonly stop: (code: CallCode, detail?: string) => never;
  /** Returns the code with which the call must end now, such as `deadline`, or `undefined` if it may continue. */
  checkTime(): CallCode | undefined;
  /** The limits for reading JSON of the guest. */
  readonly jsonLimits: JsonLimits;
}

/** Checked host functions, by namespace and name. */
export type HostFunctionTable = ReadonlyMap<string, ReadonlyMap<string, HostFunction>>;

/**
 * Checks a list of host functions and adds it to `builtIn`.
 *
 * Throws `PlugwireUsageError` `bad_host_function`.
 */
export const checkHostFunctions = (
  list: readonly HostFunction[],
  builtIn: readonly HostFunction[] = [],
): HostFunctionTable => {
  if (!Array.isArray(list))
    refuse(
      `hostFunctions is ${showType(list)}: expected a list. Pass the results of defineHostFunction in it.`,
    );
  const table = new Map<string, Map<string, HostFunction>>();
  for (const [at, declared] of [...builtIn, ...list].entries()) {
    if (findHostFunctionBody(declared) === undefined)
      refuse(
        `hostFunctions[${at - builtIn.length}] is ${showType(declared)}: expected a host function. Create it with defineHostFunction.`,
      );
    const { namespace, name } = declared;
    const functions = table.get(namespace) ?? new Map<string, HostFunction>();
    if (functions.has(name))
      refuse(
        `there are two host functions ${namespace} ${name}: expected unique names. Remove or rename one.`,
      );
    table.set(namespace, functions.set(name, declared));
  }
  return table;
};

const refuse = (message: string): never => {
  throw new PlugwireUsageError('bad_host_function', message);
};

/**
 * Wraps host functions for one instance. They use the memory of its kernel. The gate is checked before each call, the deadline after it,
 * and errors end the guest's call.
 */
export const bindHostFunctions = (
  table: HostFunctionTable,
  kernel: Kernel,
  running: RunningCall,
): RawHostFunctions => {
  const memory = createCallMemory(kernel, running.stop, running.jsonLimits);
  const bound: Record<string, Record<string, RawHostFunction>> = {};
  for (const [namespace, functions] of table) {
    const own: Record<string, RawHostFunction> = {};
    for (const [name, declared] of functions) {
      const body = findHostFunctionBody(declared) as HostFunctionBody;
      own[name] = bindOne(declared, body, memory, running);
    }
    bound[namespace] = own;
  }
  return bound;
};

const bindOne = (
  declared: HostFunction,
  body: HostFunctionBody,
  memory: CallMemory,
  { gate, caller, intercept, stop, checkTime }: RunningCall,
): RawHostFunction => {
  const { name, capability } = declared;
  const interceptOne = intercept?.(declared);
  return (...values) => {
    const refused = gate(capability);
    if (refused !== undefined) stop(refused, name);
    let result: number | bigint | undefined;
    try {
      result = body.invoke(memory, values, caller, interceptOne);
    } catch (error) {
      // The guest's recursion used up the stack. This is not a fault of the host function.
      if (isStackOverflow(error)) throw error;
      const refusal = findRefusal(error);
      // If the call was already stopped inside of the host function, `stop` keeps the first reason.
      stop(refusal?.code ?? 'host_function_failed', refusal?.detail ?? name);
    }
    const late = checkTime();
    if (late !== undefined) stop(late, `${name} returned after it`);
    return result;
  };
};
