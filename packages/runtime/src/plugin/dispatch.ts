import {
  checkRequest,
  draftRequest,
  findLadder,
  type DefaultResult,
  type DispatchStage,
  makeDefault,
  readResponse,
  stageFailure,
  type Ladder,
  type Message,
  type TimeLeft,
  type WireFunction,
} from '@plugwire/wire';

import { clock } from '../clock.ts';
import type { CallLimits } from '../limits.ts';
import { publish } from '../observe/channels.ts';
import type { DispatchLog } from '../observe/dispatch-log.ts';
import type { FunctionCounts, SlotCounts } from '../observe/host-metrics.ts';
import type { GuestService } from '../sandbox/guest-service.ts';
import { type CallCode, callFailure, type GuestOutput } from '../sandbox/call-result.ts';
import { runningDeadlineMs } from '../sandbox/instance/meter.ts';
import type { CallWindow } from '../sandbox/breaker/call-window.ts';
import type { Absence, DispatchError, DispatchOutcome } from './dispatch-outcome.ts';
import { isPluginFault } from './plugin-fault.ts';

/** A contract of the host, as one plugin serves it. */
export interface DispatchEntry {
  readonly contract: WireFunction;
  readonly ladder: Ladder;
  /** The negotiated version; `undefined` if the plugin does not serve the function. */
  readonly version: number | undefined;
  readonly limits: CallLimits;
}

/** What is called where there is no plugin. */
interface AbsentService {
  call(): {
    readonly ok: false;
    readonly code: Absence;
    readonly message: string;
    readonly guestText: undefined;
  };
}

/** Everything that a dispatch needs of its plugin. */
export interface DispatchTarget {
  /** The operator's name for the plugin. */
  readonly name: string;
  readonly entries: ReadonlyMap<WireFunction, DispatchEntry>;
  readonly service: Pick<GuestService, 'call'> | AbsentService;
  readonly counts: Pick<SlotCounts, 'forFunction'>;
  /** The dispatches of the last while; a request that the contract refuses is not one of them. */
  readonly recent: CallWindow;
  readonly log: DispatchLog;
  readonly revealGuestErrors: boolean;
  /** Nobody waits for its answers: failures are not published. */
  readonly isReplay?: true;
  isClosed(): boolean;
}

/** What holds for one dispatch alone. */
export interface DispatchOptions {
  /** What is left of the caller's own time, in milliseconds. It only shortens the limit; 0 or less fails at once. */
  readonly deadlineMs?: number;
  /** The caller's own fields for the log line of a failure, such as a request id. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * Dispatches one request: checks it, writes it at the negotiated version, calls the plugin, reads the answer. Whatever
 * fails becomes the contract's fallback, counted and logged. Never throws.
 */
export const dispatchTo = (
  target: DispatchTarget,
  contract: WireFunction,
  request: unknown,
  options: DispatchOptions | undefined,
): DispatchOutcome => {
  const startedMs = clock.nowMs();
  let attempt: Attempt;
  try {
    attempt = attemptDispatch(target, contract, request, options, startedMs);
  } catch {
    // What was thrown could quote anything.
    attempt = failed(
      stageFailure('panic', 'unexpected', 'the host itself failed: this is a defect of Plugwire'),
    );
  }
  try {
    return conclude(target, contract, attempt, options, startedMs);
  } catch {
    // Counting or logging failed, or there is no contract at all: the answer stands.
    return attempt.ok ? okOutcome(attempt) : fallbackOutcome(target, policyOf(contract), attempt, undefined);
  }
};

type Attempt = Answered | Failed;

interface Answered {
  readonly ok: true;
  readonly response: object;
  readonly version: number;
  /** When the answer was ready. */
  readonly endedMs: number;
}

interface Failed {
  readonly ok: false;
  readonly error: DispatchError;
  /** The guest's own words: payload. */
  readonly guestText: string | undefined;
  /** The request, where it was fit for the plugin and so is for the default. */
  readonly request: Message | undefined;
}

const failed = (error: DispatchError, request?: Message, guestText?: string): Failed => ({
  ok: false,
  error,
  guestText,
  request,
});

const attemptDispatch = (
  target: DispatchTarget,
  contract: WireFunction,
  request: unknown,
  options: DispatchOptions | undefined,
  startedMs: number,
): Attempt => {
  const entry = target.entries.get(contract);
  if (entry === undefined) {
    return refuseVersion(
      findLadder(contract),
      request,
      'not_registered',
      'the host was created without this contract (contracts match by object, not by name)',
    );
  }
  const { ladder, version } = entry;
  if (version === undefined) {
    return refuseVersion(
      ladder,
      request,
      'not_negotiated',
      'the plugin does not serve this function at a version that the host speaks',
    );
  }
  const limits = withinCaller(entry.limits, options?.deadlineMs);
  const deadlineMs = Math.min(startedMs + limits.deadlineMs, runningDeadlineMs());
  const timeLeft = (): number => deadlineMs - clock.nowMs();
  const checked = checkRequest(ladder, request, timeLeft);
  if (!checked.ok) return failed(checked);
  const { message } = checked;
  const drafted = draftRequest(ladder, version, message, timeLeft);
  if (!drafted.ok) return failed(drafted, drafted.stage === 'plugin_call' ? message : undefined);
  const readyMs = clock.nowMs();
  // Too late for a call: what took so long was the host's own doing, and must not count against the plugin.
  if (readyMs >= deadlineMs) return failed(late('the request was not ready in time'), message);
  const read = (output: GuestOutput | null): Attempt => readAnswer(output, entry, version, message, timeLeft);
  const times = { begunMs: startedMs, startedMs: readyMs };
  const called = target.service.call(contract.name, drafted.json, limits, { read, isWrong }, times);
  if (!called.ok) {
    const { code, message: detail, guestText } = called;
    return failed({ stage: 'plugin_call', code, message: detail }, message, guestText);
  }
  const attempt = called.answer;
  // Whatever the time went into, an answer that comes too late is none.
  return attempt.ok && attempt.endedMs >= deadlineMs
    ? failed(late('the answer came after it'), message)
    : attempt;
};

const isWrong = (attempt: Attempt): boolean => !attempt.ok && isPluginFault(attempt.error);

const readAnswer = (
  output: GuestOutput | null,
  { ladder, limits }: DispatchEntry,
  version: number,
  request: Message,
  timeLeft: TimeLeft,
): Attempt => {
  const text = textOf(output, limits, timeLeft);
  if (typeof text !== 'string') return failed(text, request);
  const read = readResponse(ladder, version, text, timeLeft);
  return read.ok
    ? { ok: true, response: read.response, version, endedMs: clock.nowMs() }
    : failed(read, request);
};

/** The text of an output, or why it is not to be had. What cannot be interrupted is not begun if there is no time for it. */
const textOf = (
  output: GuestOutput | null,
  { outputNodes }: CallLimits,
  timeLeft: TimeLeft,
): string | DispatchError => {
  if (output === null) return '';
  const refusal = output.checkJson({ nodes: outputNodes, timeLeft });
  if (refusal === 'deadline') return late('the output cannot be read in the time that is left');
  if (refusal === 'too_deep')
    return stageFailure('response_decode', 'too_deep', 'response: nests deeper than 128 levels');
  if (refusal === 'nodes') return callError('output_too_complex', `at most ${outputNodes}`);
  return (
    output.text() ?? stageFailure('deserialize_response', 'not_utf8', 'response: the output is not UTF-8')
  );
};

const late = (detail: string): DispatchError => callError('deadline', detail);

const callError = (code: CallCode, detail: string): DispatchError => ({
  stage: 'plugin_call',
  code,
  message: callFailure(code, detail).message,
});

/** A caller can only shorten the deadline; what is no number does not count. */
const withinCaller = (limits: CallLimits, leftMs: number | undefined): CallLimits =>
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
  // Nobody failed: the operator wants the fallback.
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

/** Counts how long a dispatch took, and whether it failed at a stage. */
const observe = (
  { recent }: DispatchTarget,
  counts: FunctionCounts | undefined,
  startedMs: number,
  endedMs: number,
  failedAt: DispatchStage | undefined,
): void => {
  const durationMs = endedMs - startedMs;
  counts?.observe(durationMs / 1000);
  // A request that the contract refuses says nothing about the plugin.
  if (failedAt === undefined || !isRefusedRequest(failedAt))
    recent.add(endedMs, failedAt !== undefined, durationMs);
};

/** Whether the contract refused the request, so that the plugin was not asked. */
const isRefusedRequest = (stage: DispatchStage): boolean =>
  stage === 'request_envelope' || stage === 'serialize_request';

const policyOf = (contract: WireFunction): WireFunction['fallback'] =>
  // Without a contract nobody said that skipping is safe.
  findLadder(contract) === undefined ? 'fail_request' : contract.fallback;

const defaultAnswer = (contract: WireFunction, { request }: Failed): DefaultResult | undefined => {
  const ladder = findLadder(contract);
  return ladder === undefined || request === undefined ? undefined : makeDefault(ladder, request);
};

const okOutcome = ({ response, version }: Answered): DispatchOutcome => ({ kind: 'ok', response, version });

const fallbackOutcome = (
  target: DispatchTarget,
  policy: WireFunction['fallback'],
  { error, guestText }: Failed,
  answer: DefaultResult | undefined,
): DispatchOutcome => {
  const { stage, code } = error;
  const message =
    target.revealGuestErrors && guestText !== undefined ? `${error.message}: ${guestText}` : error.message;
  return {
    kind: 'fallback',
    policy,
    error: { stage, code, message },
    response: answer?.ok === true ? answer.response : undefined,
    defaultError: answer?.ok === false ? answer.error : undefined,
  };
};
