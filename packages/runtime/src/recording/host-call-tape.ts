import { stringifyExactJson } from '@plugwire/wire';

import { findRefusal } from '../host-functions/call-refusal.ts';
import type { HostFunction } from '../host-functions/define-host-function.ts';
import { HostFunctionError } from '../host-functions/host-function-error.ts';
import { isStackOverflow } from '../base/is-stack-overflow.ts';
import type { HostCallValues } from './define-recording.ts';
import { argumentsToJson, codecsOf } from './host-call-codecs.ts';
import type { RecordedHostCall } from './recording.ts';

/** The host function calls that a running call has made so far. */
export interface HostCallTape {
  readonly calls: readonly TapedCall[];
  /** Returns why the tape is incomplete, or `undefined` if it is complete. */
  fault(): 'full' | 'unreadable' | undefined;
  /** Runs a host function, and records its arguments and its result or error. Throws what the function throws. */
  hear(declared: HostFunction, values: readonly unknown[], run: () => unknown): unknown;
}

/** A recorded call of a host function before redaction. */
export interface TapedCall extends RecordedHostCall {
  readonly declared: HostFunction;
}

/** Creates a tape for at most `mostBytes` bytes of JSON. */
export const createTape = (mostBytes: number): HostCallTape => {
  const calls: TapedCall[] = [];
  let bytes = 0;
  let fault: 'full' | 'unreadable' | undefined;

  const note = (call: TapedCall): void => {
    try {
      bytes += textBytes(call);
    } catch {
      // Only the recording fails, not the call.
      fault ??= 'unreadable';
    }
    if (bytes > mostBytes) fault ??= 'full';
    if (fault === undefined) calls.push(call);
  };
  /** Arguments are written before the function runs, because it may change them. */
  const write = (declared: HostFunction, values: readonly unknown[]): readonly unknown[] | undefined => {
    try {
      return argumentsToJson(declared, values);
    } catch {
      fault ??= 'unreadable';
      return undefined;
    }
  };

  return {
    calls,
    fault: () => fault,
    hear: (declared, values, run) => {
      const written = fault === undefined ? write(declared, values) : undefined;
      if (written === undefined) return run();
      const { namespace, name } = declared;
      const heard = { declared, namespace, name, arguments: written };
      let given: unknown;
      try {
        given = run();
      } catch (error) {
        // The guest used up the stack, so the host function did not end.
        if (!isStackOverflow(error)) note({ ...heard, error: describeFailure(error) });
        throw error;
      }
      note({ ...heard, ...resultOf(declared, given) });
      return given;
    },
  };
};

const textBytes = ({ arguments: values, result, error }: RecordedHostCall): number =>
  Buffer.byteLength(stringifyExactJson([values, result, error]));

const describeFailure = (error: unknown): { readonly code: string; readonly guestMessage?: string } => {
  const guestMessage = HostFunctionError.guestMessageOf(error);
  const code = findRefusal(error)?.code ?? 'host_function_failed';
  return guestMessage === undefined ? { code } : { code, guestMessage };
};

/** A result that does not fit the declaration ends the call, and is recorded as a failure. */
const resultOf = (declared: HostFunction, given: unknown): Pick<RecordedHostCall, 'result' | 'error'> => {
  const codec = codecsOf(declared).result;
  if (codec === undefined) return {};
  try {
    return { result: codec.toJson(given) };
  } catch {
    return { error: { code: 'host_function_failed' } };
  }
};

/** Redacts a call. Throws what the redactor throws, and `TypeError` for values that are not of the declared types. */
export const redactHostCall = (
  { declared, ...call }: TapedCall,
  redact: (call: HostCallValues) => HostCallValues,
): RecordedHostCall => {
  const codecs = codecsOf(declared);
  const { namespace, name, error } = call;
  const kept = redact({
    name,
    arguments: call.arguments.map((value, at) => codecs.arguments[at]?.fromJson(value)),
    result: 'result' in call ? codecs.result?.fromJson(call.result) : undefined,
    guestMessage: error?.guestMessage,
  });
  if (kept.arguments.length !== call.arguments.length)
    throw new TypeError('a redactor must not change the number of arguments');
  const values = argumentsToJson(declared, kept.arguments);
  const isChanged = stringifyExactJson(values) !== stringifyExactJson(call.arguments);
  return {
    namespace,
    name,
    arguments: values,
    ...(isChanged ? { areArgumentsRedacted: true } : {}),
    ...('result' in call ? { result: codecs.result?.toJson(kept.result) } : {}),
    ...(error === undefined ? {} : { error: withMessage(error.code, kept.guestMessage) }),
  };
};

const withMessage = (code: string, guestMessage: string | undefined) =>
  guestMessage === undefined ? { code } : { code, guestMessage };
