import { PlugwireUsageError, isCapabilityName } from '@plugwire/wire';

import type { CallCode } from './call-result.ts';
import type { RawHostFunction, RawHostFunctions } from './extism-link.ts';
import { KERNEL_NAMESPACE, PRIVATE_NAMESPACE, WASI_NAMESPACE } from './extism-link.ts';
import type { Kernel } from './kernel.ts';

/** The blocks of the running call, for a host function: arguments and results that are bytes travel as their handles. */
export interface GuestMemory {
  /** A copy of the block behind a handle; `undefined` if it is no handle of this call. */
  read(handle: bigint): Uint8Array<ArrayBuffer> | undefined;
  /** The same as text; `undefined` also if it is not UTF-8. */
  readText(handle: bigint): string | undefined;
  /** Stores a value and gives its handle. Ends the call with `memory` if it does not fit. */
  store(value: string | Uint8Array): bigint;
}

/**
 * A function that guests may import. Its wasm signature is the guest's choice: an `i64` arrives as a bigint, the rest as
 * numbers. It is trusted and synchronous: an async one is refused, by type and at run time.
 *
 * @example
 * const shout: HostFunction = (memory, handle) => memory.store((memory.readText(handle as bigint) ?? '').toUpperCase());
 */
export interface HostFunction {
  (memory: GuestMemory, ...values: (number | bigint)[]): number | bigint | undefined;
  /** What a plugin must be granted and must require before this runs for it; without it, every plugin may call it. */
  readonly capability?: string;
}

/** Host functions by namespace and name. The protocol's own namespace is `extism:host/user`. */
export type HostFunctions = Readonly<Record<string, Readonly<Record<string, HostFunction>>>>;

/** Decides about a call to a host function: the code to refuse it with, or `undefined` to let it run. */
export type HostCallGate = (capability: string | undefined) => CallCode | undefined;

/** Ends the running call with a code. It throws and so never returns. */
export type StopCall = (code: CallCode, detail?: string) => never;

/** What a guest's namespaces may not be called, since the sandbox serves them itself. */
const RESERVED_NAMESPACES: ReadonlySet<string> = new Set<string>([
  KERNEL_NAMESPACE,
  PRIVATE_NAMESPACE,
  WASI_NAMESPACE,
]);

/**
 * Whether a namespace or a module may be called so. Extism keeps them in plain objects, where a name such as `constructor`
 * would reach the host's own.
 */
export const isFreeNamespace = (name: unknown): boolean =>
  typeof name === 'string' && name !== '' && !RESERVED_NAMESPACES.has(name) && !(name in Object.prototype);

/** Checks host functions where they are given. Throws `PlugwireUsageError` `bad_host_function`. */
export const checkHostFunctions = (namespaces: HostFunctions): void => {
  for (const [namespace, functions] of entriesOf(namespaces, 'hostFunctions')) {
    if (!isFreeNamespace(namespace)) {
      refuse(
        `the namespace "${namespace}" is the sandbox's own, or a property of every object. Choose another.`,
      );
    }
    for (const [name, run] of entriesOf(functions, namespace)) checkHostFunction(run, name, namespace);
  }
};

const checkHostFunction = (run: HostFunction, name: string, namespace: string): void => {
  const where = `${namespace} ${name}`;
  if (typeof run !== 'function') refuse(`${where} is no function.`);
  if (name === '__proto__') refuse(`${where} cannot be kept in an object. Choose another name.`);
  if (run.constructor.name === 'AsyncFunction') {
    refuse(`${where} is async, and a guest cannot wait. Make it synchronous.`);
  }
  if (run.capability !== undefined && !isCapabilityName(run.capability)) {
    refuse(`${where} has a capability that is no name: expected ^[a-z][a-z0-9_]*$, at most 64 bytes.`);
  }
};

const entriesOf = <Value>(record: Readonly<Record<string, Value>>, where: string): [string, Value][] => {
  if (typeof record !== 'object' || record === null) {
    refuse(`${where} is no object: expected functions by name, in namespaces by name.`);
  }
  return Object.entries(record);
};

const refuse = (message: string): never => {
  throw new PlugwireUsageError('bad_host_function', message);
};

/** Wraps host functions for one instance: gated, guarded, and with the memory of that instance's kernel. */
export const bindHostFunctions = (
  namespaces: HostFunctions,
  kernel: Kernel,
  gate: HostCallGate,
  stop: StopCall,
): RawHostFunctions => {
  const memory = createGuestMemory(kernel, stop);
  return mapValues(namespaces, (functions) =>
    mapValues(functions, (run, name) => bindOne(run, name, memory, gate, stop)),
  );
};

const bindOne = (
  run: HostFunction,
  name: string,
  memory: GuestMemory,
  gate: HostCallGate,
  stop: StopCall,
): RawHostFunction => {
  // Only a function object, so that no property of the caller's (a `bind`, say) is ever touched.
  return (...values) => {
    const refused = gate(run.capability);
    if (refused !== undefined) stop(refused, name);
    let result: unknown;
    try {
      result = run(memory, ...values);
    } catch (error) {
      // The guest's recursion used up the stack: no fault of the host function.
      if (isStackOverflow(error)) throw error;
      stop('host_function_failed', name);
    }
    if (result === undefined || typeof result === 'number' || typeof result === 'bigint') return result;
    // A promise that nobody awaits must not end the process when it rejects.
    if (result instanceof Promise) result.catch(() => undefined);
    return stop('host_function_failed', name);
  };
};

/** V8's error for an exhausted stack. */
export const isStackOverflow = (error: unknown): boolean =>
  error instanceof RangeError && error.message.startsWith('Maximum call stack');

const createGuestMemory = (kernel: Kernel, stop: StopCall): GuestMemory => {
  const read = (handle: bigint): Uint8Array<ArrayBuffer> | undefined => {
    if (typeof handle !== 'bigint' || handle < 0n || handle > 0xffff_ffffn) return undefined;
    const address = Number(handle);
    const length = kernel.blockLength(address);
    return length < 0 ? undefined : kernel.bytes(address, length);
  };
  return {
    read,
    readText: (handle) => {
      const bytes = read(handle);
      return bytes === undefined ? undefined : decodeUtf8(bytes);
    },
    store: (value) => BigInt(kernel.store(value) || stop('memory')),
  };
};

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
};

const mapValues = <In, Out>(
  record: Readonly<Record<string, In>>,
  map: (value: In, key: string) => Out,
): Record<string, Out> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
