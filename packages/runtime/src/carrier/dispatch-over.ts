import {
  checkRequest,
  lowerRequest,
  type Message,
  readResponseBody,
  readResponseJson,
  type ResponseRead,
  type TimeLeft,
  type WireFunction,
} from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import { type Attempt, callError, failed, late, lookUp, withinCaller } from '../plugin/attempt.ts';
import { concludeDispatch, panicked } from '../plugin/conclude-dispatch.ts';
import type { DispatchError, DispatchOutcome } from '../outcomes/dispatch-outcome.ts';
import type { DispatchEntry, DispatchOptions, DispatchTarget } from '../plugin/dispatch-target.ts';
import { isPluginFault } from '../plugin/plugin-fault.ts';
import type { CarrierAnswer } from './carrier.ts';
import { countNodes } from './count-nodes.ts';
import type { CarrierService } from './carrier-service.ts';

/** A plugin that a carrier reaches. */
export interface CarrierTarget extends DispatchTarget {
  readonly service: CarrierService;
}

/**
 * Dispatches one request over a carrier. Checks, stages and outcomes are the same as for a plugin in this thread. The message is passed
 * as data instead of JSON. Never rejects.
 */
export const dispatchOver = async (
  target: CarrierTarget,
  contract: WireFunction,
  request: unknown,
  options: DispatchOptions | undefined,
): Promise<DispatchOutcome> => {
  const startedMs = clock.nowMs();
  let attempt: Attempt;
  try {
    attempt = await attemptDispatch(target, contract, request, options, startedMs);
  } catch {
    attempt = panicked();
  }
  return concludeDispatch(target, contract, attempt, options, startedMs);
};

const attemptDispatch = async (
  target: CarrierTarget,
  contract: WireFunction,
  request: unknown,
  options: DispatchOptions | undefined,
  startedMs: number,
): Promise<Attempt> => {
  const served = lookUp(target, contract, request);
  if (!served.ok) return served;
  const { entry, version } = served;
  const { ladder } = entry;
  const limits = withinCaller(entry.limits, options?.deadlineMs);
  const deadlineMs = startedMs + limits.deadlineMs;
  const timeLeft = (): number => deadlineMs - clock.nowMs();
  const checked = checkRequest(ladder, request, timeLeft);
  if (!checked.ok) return failed(checked);
  const { message } = checked;
  const lowered = lowerRequest(ladder, version, message, timeLeft);
  if (!lowered.ok) return failed(lowered, lowered.stage === 'plugin_call' ? message : undefined);
  if (timeLeft() <= 0) return failed(late('the request was not ready in time'), message);

  const read = (answer: CarrierAnswer): Attempt => {
    if (!answer.ok) return failed(answer.error, fitForDefault(answer, message), answer.guestText);
    const response =
      'json' in answer
        ? readJson(answer.json, entry, version, timeLeft)
        : readResponseBody(ladder, version, answer.body, timeLeft);
    if (!response.ok) return failed(response, message);
    const endedMs = clock.nowMs();
    return endedMs >= deadlineMs
      ? failed(late('the answer came after it'), message)
      : { ok: true, response: response.response, version, endedMs };
  };
  const isWrong = (attempt: Attempt): boolean =>
    !attempt.ok && attempt.error.stage !== 'plugin_call' && isPluginFault(attempt.error);
  const call = { contract, version, message: lowered.message.wire, limits };
  return await target.service.call(call, deadlineMs, { read, isWrong });
};

const readJson = (
  json: string,
  { ladder, limits }: DispatchEntry,
  version: number,
  timeLeft: TimeLeft,
): ResponseRead | Failure => {
  if (countNodes(json, limits.outputNodes) > limits.outputNodes)
    return { ok: false, ...callError('output_too_complex', `at most ${limits.outputNodes}`) };
  return readResponseJson(ladder, version, json, timeLeft);
};

interface Failure extends DispatchError {
  readonly ok: false;
}

/** A request that cannot be written is not passed to the default either. */
const fitForDefault = (
  answer: CarrierAnswer & { readonly ok: false },
  message: Message,
): Message | undefined => (answer.error.stage === 'serialize_request' ? undefined : message);
