import {
  checkRequest,
  draftRequest,
  type Message,
  readResponse,
  stageFailure,
  type TimeLeft,
  type WireFunction,
} from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import type { CallLimits } from '../base/limits.ts';
import type { GuestService } from '../sandbox/guest-service.ts';
import type { GuestOutput } from '../outcomes/call-result.ts';
import { runningDeadlineMs } from '../sandbox/instance/meter.ts';
import { type Attempt, callError, failed, late, lookUp, withinCaller } from './attempt.ts';
import { concludeDispatch, panicked } from './conclude-dispatch.ts';
import type { Absence, DispatchError, DispatchOutcome } from '../outcomes/dispatch-outcome.ts';
import type { DispatchEntry, DispatchOptions, DispatchTarget } from './dispatch-target.ts';
import { isPluginFault } from './plugin-fault.ts';

/** The answer of a plugin that is absent. */
interface AbsentService {
  call(): {
    readonly ok: false;
    readonly code: Absence;
    readonly message: string;
    readonly guestText: undefined;
  };
}

/** A plugin that runs in this thread. */
export interface GuestTarget extends DispatchTarget {
  readonly service: Pick<GuestService, 'call'> | AbsentService;
}

/**
 * Dispatches one request: validates it, writes it at the negotiated version, calls the plugin and reads the answer. A failure is counted and
 * logged, and the contract's fallback is returned. Never throws.
 */
export const dispatchTo = (
  target: GuestTarget,
  contract: WireFunction,
  request: unknown,
  options: DispatchOptions | undefined,
): DispatchOutcome => {
  const startedMs = clock.nowMs();
  let attempt: Attempt;
  try {
    attempt = attemptDispatch(target, contract, request, options, startedMs);
  } catch {
    attempt = panicked();
  }
  return concludeDispatch(target, contract, attempt, options, startedMs);
};

const attemptDispatch = (
  target: GuestTarget,
  contract: WireFunction,
  request: unknown,
  options: DispatchOptions | undefined,
  startedMs: number,
): Attempt => {
  const served = lookUp(target, contract, request);
  if (!served.ok) return served;
  const { entry, version } = served;
  const { ladder } = entry;
  const limits = withinCaller(entry.limits, options?.deadlineMs);
  const deadlineMs = Math.min(startedMs + limits.deadlineMs, runningDeadlineMs());
  const timeLeft = (): number => deadlineMs - clock.nowMs();
  const checked = checkRequest(ladder, request, timeLeft);
  if (!checked.ok) return failed(checked);
  const { message } = checked;
  const drafted = draftRequest(ladder, version, message, timeLeft);
  if (!drafted.ok) return failed(drafted, drafted.stage === 'plugin_call' ? message : undefined);
  const readyMs = clock.nowMs();
  // The host itself used up the time, so the plugin is not called and its breaker does not count this.
  if (readyMs >= deadlineMs) return failed(late('the request was not ready in time'), message);
  const read = (output: GuestOutput | null): Attempt => readAnswer(output, entry, version, message, timeLeft);
  const times = { begunMs: startedMs, startedMs: readyMs };
  const called = target.service.call(contract.name, drafted.json, limits, { read, isWrong }, times);
  if (!called.ok) {
    const { code, message: detail, guestText } = called;
    return failed({ stage: 'plugin_call', code, message: detail }, message, guestText);
  }
  const attempt = called.answer;
  // An answer after the deadline does not count, wherever the time was spent.
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

/** Returns the text of an output, or an error. JSON parsing cannot be interrupted, so it does not start without enough time. */
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
