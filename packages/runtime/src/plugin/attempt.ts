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

/** How a dispatch went, before anything is made of it. */
export type Attempt = Answered | Failed;

/** It was answered. */
export interface Answered {
  readonly ok: true;
  readonly response: object;
  readonly version: number;
  /** When the answer was ready. */
  readonly endedMs: number;
}

/** It failed at a stage. */
export interface Failed {
  readonly ok: false;
  readonly error: DispatchError;
  /** The guest's own words: payload. */
  readonly guestText: string | undefined;
  /** The request, where it was fit for the plugin and so is for the default. */
  readonly request: Message | undefined;
}

/** An attempt that failed. */
export const failed = (error: DispatchError, request?: Message, guestText?: string): Failed => ({
  ok: false,
  error,
  guestText,
  request,
});

/** What is dispatched to: the contract at the version that the plugin serves. */
export interface Served {
  readonly ok: true;
  readonly entry: DispatchEntry;
  readonly version: number;
}

/** Looks up what a plugin serves of a contract, or why it is nothing. */
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
        'the plugin does not serve this function at a version that the host speaks',
      )
    : { ok: true, entry, version };
};

/** Why an attempt failed for which there was not enough time. */
export const late = (detail: string): DispatchError => callError('deadline', detail);

/** A failure of the call with the meaning of its code. */
export const callError = (code: CallCode, detail?: string): DispatchError => ({
  stage: 'plugin_call',
  code,
  message: callFailure(code, detail).message,
});

/** A caller can only shorten the deadline; what is no number does not count. */
export const withinCaller = (limits: CallLimits, leftMs: number | undefined): CallLimits =>
  typeof leftMs === 'number' && leftMs < limits.deadlineMs ? { ...limits, deadlineMs: leftMs } : limits;

/** Without a version there is no call; the default answers all the same, if the request is fit for it. */
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
