import {
  checkRequest,
  findLadder,
  type Ladder,
  type Message,
  stageFailure,
  type WireFunction,
} from '@plugwire/wire';

import type { CallLimits } from '../base/limits.ts';
import { type CallCode, callFailure } from '../outcomes/call-result.ts';
import type { DispatchError } from '../outcomes/dispatch-outcome.ts';
import type { DispatchEntry, DispatchTarget } from './dispatch-target.ts';

/** The raw result of a dispatch, before it is counted, logged and turned into an outcome. */
export type Attempt = Answered | Failed;

/** The plugin returned a valid response. */
export interface Answered {
  readonly ok: true;
  readonly response: object;
  readonly version: number;
  /** When the answer was ready, in milliseconds of `clock.nowMs`. */
  readonly endedMs: number;
}

/** The dispatch failed at a stage. */
export interface Failed {
  readonly ok: false;
  readonly error: DispatchError;
  /** The error text that the guest wrote. It is payload. */
  readonly guestText: string | undefined;
  /** The validated request for the default. `undefined` if it is not valid. */
  readonly request: Message | undefined;
}

/** Creates a failed attempt. */
export const failed = (error: DispatchError, request?: Message, guestText?: string): Failed => ({
  ok: false,
  error,
  guestText,
  request,
});

/** A contract with the version that the plugin serves. */
export interface Served {
  readonly ok: true;
  readonly entry: DispatchEntry;
  readonly version: number;
}

/** Looks up the version that a plugin serves of a contract. Returns a failed attempt if it serves none. */
export const lookUp = (
  { entries }: Pick<DispatchTarget, 'entries'>,
  contract: WireFunction,
  request: unknown,
): Served | Failed => {
  const entry = entries.get(contract);
  if (entry === undefined) {
    return refuseVersion(
      findLadder(contract),
      request,
      'not_registered',
      'the host was created without this contract (contracts match by object, not by name)',
    );
  }
  const { ladder, version } = entry;
  return version === undefined
    ? refuseVersion(
        ladder,
        request,
        'not_negotiated',
        'the plugin does not serve this function at a version that the host supports',
      )
    : { ok: true, entry, version };
};

/** Creates the error of an attempt that ran out of time. */
export const late = (detail: string): DispatchError => callError('deadline', detail);

/** Creates an error of the stage `plugin_call` with the meaning of its code. */
export const callError = (code: CallCode, detail?: string): DispatchError => ({
  stage: 'plugin_call',
  code,
  message: callFailure(code, detail).message,
});

/** Applies the caller's deadline. It can only shorten the limit. Values that are not numbers are ignored. */
export const withinCaller = (limits: CallLimits, leftMs: number | undefined): CallLimits =>
  typeof leftMs === 'number' && leftMs < limits.deadlineMs ? { ...limits, deadlineMs: leftMs } : limits;

/** Without a version there is no call. The default still answers if the request is valid. */
const refuseVersion = (
  ladder: Ladder | undefined,
  request: unknown,
  code: 'not_registered' | 'not_negotiated',
  message: string,
): Failed => {
  const checked = ladder === undefined ? undefined : checkRequest(ladder, request);
  return failed(
    stageFailure('version_lookup', code, message),
    checked?.ok === true ? checked.message : undefined,
  );
};
