import { types } from 'node:util';

import type { CallMemory } from '../kernel/call-memory.ts';
import { isStackOverflow } from '../base/is-stack-overflow.ts';
import { findRefusal, refuseCall } from './call-refusal.ts';
import type { ArgumentReader, ResultType, ResultWriter, WasmType } from './wasm-values.ts';
import { createJsonWriter, createWriter, isSchema } from './wasm-values.ts';
import { HostFunctionError } from './host-function-error.ts';
import { silenceRejection } from '../base/silence-rejection.ts';

/**
 * What happens when a host function fails. `trap`: the guest's call fails. `error_result`: the guest gets
 * `{"error":{"code","message"}}` instead of `{"ok":…}`. The code is `bad_argument` or `failed`.
 */
export const ERROR_MODES = ['trap', 'error_result'] as const;
/** One of {@link ERROR_MODES}. */
export type ErrorMode = (typeof ERROR_MODES)[number];

/** The plugin that calls a host function. */
export interface HostCaller {
  /** The operator's name for the plugin. `undefined` in a sandbox, which has no name. */
  readonly plugin: string | undefined;
}

/** An implementation without types. It gets the arguments, then the caller. */
export type HostImplementation = (...args: unknown[]) => unknown;

/** Intercepts calls of a host function. It gets the arguments. It calls `run`, or returns a result itself. */
export type HostCallIntercept = (values: readonly unknown[], run: () => unknown) => unknown;

/** A host function as the sandbox runs it. */
export interface HostFunctionBody {
  readonly parameters: readonly WasmType[];
  readonly result: WasmType | undefined;
  /** Reads the arguments, runs the implementation and writes the result. Throws only refusals, stops and stack overflows. */
  invoke(
    memory: CallMemory,
    values: readonly (number | bigint)[],
    caller: HostCaller,
    intercept?: HostCallIntercept,
  ): number | bigint | undefined;
}

/** The checked parts of a declaration. */
interface Declared {
  readonly name: string;
  readonly result: ResultType | undefined;
  readonly onError: ErrorMode;
}

/** The message that a guest gets for any error other than a `HostFunctionError`. */
const UNTOLD = 'the host function failed';

/** Adds the checks to an implementation. Throws `PlugwireUsageError` `bad_schema` for the result's schema. */
export const createHostFunctionBody = (
  declared: Declared,
  readers: readonly ArgumentReader[],
  run: HostImplementation,
): HostFunctionBody => {
  const { name, result, onError } = declared;
  const writer = createAnswerWriter(declared);

  const read = (memory: CallMemory, values: readonly (number | bigint)[]): unknown[] => {
    const args: unknown[] = [];
    for (let at = 0; at < readers.length; at += 1)
      args.push((readers[at] as ArgumentReader).read(values[at] as number | bigint, memory));
    return args;
  };

  const perform = (
    args: unknown[],
    caller: HostCaller,
    intercept: HostCallIntercept | undefined,
  ): unknown => {
    if (intercept !== undefined) return intercept(args, () => run(...args, caller));
    args.push(caller);
    return run(...args);
  };

  const trapping: HostFunctionBody['invoke'] = (memory, values, caller, intercept) => {
    const args = read(memory, values);
    let given: unknown;
    try {
      given = perform(args, caller, intercept);
    } catch (error) {
      return passOn(error) ?? refuseCall('host_function_failed', `${name} threw`);
    }
    return give(given, memory);
  };

  const answering: HostFunctionBody['invoke'] = (memory, values, caller, intercept) => {
    let args: unknown[];
    try {
      args = read(memory, values);
    } catch (error) {
      const refusal = findRefusal(error);
      if (refusal?.code !== 'bad_argument') throw error;
      return memory.store(errorText('bad_argument', refusal.detail));
    }
    let given: unknown;
    try {
      given = perform(args, caller, intercept);
    } catch (error) {
      passOn(error);
      return memory.store(errorText('failed', HostFunctionError.guestMessageOf(error) ?? UNTOLD));
    }
    return give(given, memory);
  };

  const give = (given: unknown, memory: CallMemory): number | bigint | undefined => {
    if (types.isPromise(given)) {
      silenceRejection(given);
      return refuseCall('host_function_failed', `${name} returned a promise, but a guest cannot wait`);
    }
    return writer.write(given, memory);
  };

  return {
    parameters: readers.map(({ wasm }) => wasm),
    result: result === undefined ? undefined : writer.wasm,
    invoke: onError === 'error_result' ? answering : trapping,
  };
};

/** Errors that the implementation did not throw: refusals, and overflows of a stack that the guest used up. */
const passOn = (error: unknown): undefined => {
  if (isStackOverflow(error) || findRefusal(error) !== undefined) throw error;
};

const errorText = (code: 'bad_argument' | 'failed', message: string): string =>
  JSON.stringify({ error: { code, message } });

interface AnswerWriter extends Omit<ResultWriter, 'write'> {
  write(value: unknown, memory: CallMemory): number | bigint | undefined;
}

const createAnswerWriter = ({ name, result, onError }: Declared): AnswerWriter => {
  const what = `${name} result`;
  if (result === undefined) {
    return {
      wasm: 'i64',
      write: (value) =>
        value === undefined
          ? value
          : refuseCall('host_function_failed', `${what} is not undefined, but no result is declared`),
    };
  }
  if (!isSchema(result)) return createWriter(result, what);
  const toJson = createJsonWriter(result, what);
  return {
    wasm: 'i64',
    write: (value, memory) => {
      const text = toJson(value);
      if (onError === 'error_result') return memory.store(`{"ok":${text ?? 'null'}}`);
      return text === undefined ? 0n : memory.store(text);
    },
  };
};
