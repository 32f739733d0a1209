import { setImmediate } from 'node:timers/promises';

import type { DispatchError, Plugin } from '@plugwire/runtime';
import { generateMessages, stringifyExactJson } from '@plugwire/wire';

import { plainMessage } from '../base/failure.ts';
import { callFunction } from '../plugin/call-function.ts';
import type { ServedFunction } from '../plugin/open-plugin.ts';
import { type FindingCollector, showRequest } from './collect-findings.ts';
import { lateMessage, MOST_LATE_CALLS, timeCall } from '../plugin/patience.ts';
import type { FunctionReport } from './verification.ts';

/** How to generate requests and judge calls. */
export interface RequestSettings {
  readonly seed: number;
  /** The most requests for one function. */
  readonly count: number;
  /** A call that takes more processor time than this is late, in milliseconds. */
  readonly deadlineMs: number;
}

/** The result of the valid requests, and the requests that the plugin accepted. */
export interface ValidRequests {
  readonly counts: FunctionReport['valid'];
  /** Requests that got a response, or an error that the plugin returned. */
  readonly taken: readonly object[];
}

/**
 * Sends a function requests of every shape that its contract allows. Each response has to fit the contract. An error that the plugin returns
 * is a warning, because the contract does not say what a request means.
 */
export const checkValidRequests = async (
  plugin: Plugin,
  served: ServedFunction,
  settings: RequestSettings,
  findings: FindingCollector,
): Promise<ValidRequests> => {
  const { name, description } = served;
  const taken: object[] = [];
  const counts = { sent: 0, answered: 0, refused: 0, failed: 0 };
  let late = 0;
  for (const request of generateMessages(description.request, description.sample.request, settings)) {
    if (late >= MOST_LATE_CALLS) break;
    // Yields to the event loop, for the progress line and for Ctrl-C.
    await setImmediate();
    const error = callOnce(plugin, served, request as object, settings.deadlineMs);
    counts.sent += 1;
    const isRefusal = error?.code === 'guest_error';
    if (error === undefined) counts.answered += 1;
    else if (isRefusal) counts.refused += 1;
    else counts.failed += 1;
    if (error?.code === 'deadline') late += 1;
    if (error === undefined || isRefusal) taken.push(request as object);
    if (error === undefined) continue;
    const { stage, code, message } = error;
    findings.add({
      level: isRefusal ? 'warning' : 'error',
      check: 'valid_requests',
      function: name,
      stage,
      code,
      message: plainMessage(message),
      request: showRequest(stringifyExactJson(request)),
    });
  }
  return { counts, taken };
};

/** Calls the function, and returns what is wrong with the call. */
const callOnce = (
  plugin: Plugin,
  served: ServedFunction,
  request: object,
  deadlineMs: number,
): DispatchError | undefined => {
  const { result, cpuMs } = timeCall(
    () => callFunction(plugin, served, request),
    ({ error }) => error?.code === 'deadline',
    deadlineMs,
  );
  if (result.error !== undefined || cpuMs <= deadlineMs) return result.error;
  return { stage: 'plugin_call', code: 'deadline', message: lateMessage(cpuMs, deadlineMs) };
};
