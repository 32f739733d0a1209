import { stringifyExactJson } from '@plugwire/wire';

import { refuseCall } from '../host-functions/call-refusal.ts';
import type { HostFunction } from '../host-functions/define-host-function.ts';
import type { HostCallIntercept } from '../host-functions/host-function-body.ts';
import { HostFunctionError } from '../host-functions/host-function-error.ts';
import { CALL_CODES, type CallCode } from '../outcomes/call-result.ts';
import { argumentsToJson, codecsOf } from './host-call-codecs.ts';
import type { RecordedHostCall } from './recording.ts';

/** Returns the recorded results of host functions. No host function runs, so nothing is written, counted or logged. */
export interface HostCallPlayer {
  readonly intercept: (declared: HostFunction) => HostCallIntercept;
  /** Uses these recorded calls from now on. */
  load(calls: readonly RecordedHostCall[]): void;
  /** Returns the first host function whose call is not in the recording, or `undefined`. */
  missing(): string | undefined;
}

/** Creates a player without calls. */
export const createHostCallPlayer = (): HostCallPlayer => {
  let recorded: readonly RecordedHostCall[] = [];
  let used = new Set<RecordedHostCall>();
  let missing: string | undefined;

  /** Returns the next recorded call with these arguments. If there is none, returns the last one, so that equal calls have equal results. */
  const find = ({ namespace, name }: HostFunction, written: string): RecordedHostCall | undefined => {
    const fitting = recorded.filter(
      (call) =>
        call.name === name &&
        call.namespace === namespace &&
        (call.areArgumentsRedacted === true || stringifyExactJson(call.arguments) === written),
    );
    const next = fitting.find((call) => !used.has(call)) ?? fitting.at(-1);
    if (next !== undefined) used.add(next);
    return next;
  };

  return {
    intercept: (declared) => (values) => {
      const call = find(declared, stringifyExactJson(argumentsToJson(declared, values)));
      if (call?.error !== undefined) return fail(call.error, declared.name);
      const codec = codecsOf(declared).result;
      if (codec === undefined) return undefined; // the function has no result
      if (call !== undefined) return codec.fromJson(call.result);
      missing ??= declared.name;
      return refuseCall(
        'host_call_refused',
        `${declared.name} was not called with these arguments in the recording`,
      );
    },
    load: (calls) => {
      recorded = calls;
      used = new Set();
      missing = undefined;
    },
    missing: () => missing,
  };
};

const fail = ({ code, guestMessage }: NonNullable<RecordedHostCall['error']>, name: string): never => {
  if (guestMessage !== undefined) throw new HostFunctionError(guestMessage);
  const known: CallCode = CALL_CODES.find((each) => each === code) ?? 'host_function_failed';
  return refuseCall(known, `${name}, as it was recorded`);
};
