import {
  type DefaultResult,
  type DispatchStage,
  findLadder,
  makeDefault,
  stageFailure,
  type WireFunction,
} from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import { publish } from '../observe/channels.ts';
import type { FunctionCounts } from '../observe/host-metrics.ts';
import { type Answered, type Attempt, type Failed, failed } from './attempt.ts';
import type { DispatchOutcome } from '../outcomes/dispatch-outcome.ts';
import type { DispatchOptions, DispatchTarget } from './dispatch-target.ts';

/** The attempt of a dispatch in which the host threw an unexpected error. The error is left out, because it could contain payload. */
export const panicked = (): Failed =>
  failed(
    stageFailure(
      'panic',
      'unexpected',
      'the host itself failed: this is a bug in Plugwire, please report it',
    ),
  );

/** Counts and logs an attempt and turns it into an outcome. A failed attempt becomes the contract's fallback. Never throws. */
export const concludeDispatch = (
  target: DispatchTarget,
  contract: WireFunction,
  attempt: Attempt,
  options: DispatchOptions | undefined,
  startedMs: number,
): DispatchOutcome => {
  try {
    return conclude(target, contract, attempt, options, startedMs);
  } catch {
    // Counting or logging failed, or the contract is not valid. The outcome is still returned.
    return attempt.ok ? okOutcome(attempt) : fallbackOutcome(target, policyOf(contract), attempt, undefined);
  }
};

const conclude = (
  target: DispatchTarget,
  contract: WireFunction,
  attempt: Attempt,
  options: DispatchOptions | undefined,
  startedMs: number,
): DispatchOutcome => {
  const name = findLadder(contract) === undefined ? 'unknown' : contract.name;
  const counts = target.isClosed() ? undefined : target.counts.forFunction(name);
  if (attempt.ok) {
    counts?.countOk();
    observe(target, counts, startedMs, attempt.endedMs, undefined);
    return okOutcome(attempt);
  }
  const { stage, code, message } = attempt.error;
  const policy = policyOf(contract);
  const answer = policy === 'use_default' ? defaultAnswer(contract, attempt) : undefined;
  const line = { function: name, policy, fields: options?.fields };
  // Not a failure: the operator disabled the plugin.
  if (code === 'disabled') counts?.countDisabled();
  else {
    target.log.warn({ ...line, stage, code, detail: message });
    if (isRefusedRequest(stage)) counts?.countRefused(stage, code);
    else counts?.countFallback(stage, code);
    if (target.isReplay !== true)
      publish('dispatchFailed', () => ({ plugin: target.name, function: name, stage, code, policy }));
  }
  if (answer?.ok === false) {
    const { code: defaultCode, message: detail } = answer.error;
    counts?.countDefaultError(defaultCode);
    target.log.defaultFailed({ ...line, stage, code: defaultCode, detail });
  }
  if (code !== 'disabled') observe(target, counts, startedMs, clock.nowMs(), stage);
  return fallbackOutcome(target, policy, attempt, answer);
};

/** Counts the duration of a dispatch and its result. */
const observe = (
  { recent }: DispatchTarget,
  counts: FunctionCounts | undefined,
  startedMs: number,
  endedMs: number,
  failedAt: DispatchStage | undefined,
): void => {
  const durationMs = endedMs - startedMs;
  counts?.observe(durationMs / 1000);
  // A request that does not fit the contract says nothing about the plugin.
  if (failedAt === undefined || !isRefusedRequest(failedAt))
    recent.add(endedMs, failedAt !== undefined, durationMs);
};

/** Returns whether the request does not fit the contract, so that the plugin was not called. */
const isRefusedRequest = (stage: DispatchStage): boolean =>
  stage === 'request_envelope' || stage === 'serialize_request';

const policyOf = (contract: WireFunction): WireFunction['fallback'] =>
  // Without a contract there is no policy, so skipping may not be safe.
  findLadder(contract) === undefined ? 'fail_request' : contract.fallback;

const defaultAnswer = (contract: WireFunction, { request }: Failed): DefaultResult | undefined => {
  const ladder = findLadder(contract);
  return ladder === undefined || request === undefined ? undefined : makeDefault(ladder, request);
};

const okOutcome = ({ response, version }: Answered): DispatchOutcome => ({ kind: 'ok', response, version });

const fallbackOutcome = (
  target: DispatchTarget,
  policy: WireFunction['fallback'],
  { error: failure, guestText }: Failed,
  answer: DefaultResult | undefined,
): DispatchOutcome => {
  const { stage, code, message: text } = failure;
  const message = target.revealGuestErrors && guestText !== undefined ? `${text}: ${guestText}` : text;
  const error = { stage, code, message };
  return answer?.ok === true
    ? { kind: 'fallback', policy, error, response: answer.response, defaultError: undefined }
    : { kind: 'fallback', policy, error, response: undefined, defaultError: answer?.error };
};
