import {
  answer,
  answerBytes,
  answerText,
  countCalls,
  deepJson,
  echo,
  echoByBytes,
  emptyOutput,
  hugeOutput,
  noOutput,
} from './answers.ts';
import { sequence, wat } from './behaviour.ts';
import {
  allocateForever,
  badHandle,
  errorSetOnly,
  exhaustKernel,
  guestError,
  nonZero,
  spin,
  trap,
} from './faults.ts';
import { callHostFunction, configGet, httpRequest, log, varDelete, varGet, varSet } from './host-calls.ts';

/**
 * The behaviours of a plugin's function. Combine behaviours that set no output with others in `sequence`.
 *
 * @example behave.sequence(behave.log('info', 'called'), behave.answer({ _v: 1, text: 'hello' }))
 */
export const behave = {
  answer,
  answerText,
  answerBytes,
  echo,
  echoByBytes,
  noOutput,
  emptyOutput,
  hugeOutput,
  deepJson,
  countCalls,
  trap,
  guestError,
  nonZero,
  errorSetOnly,
  badHandle,
  spin,
  allocateForever,
  exhaustKernel,
  log,
  varSet,
  varGet,
  varDelete,
  configGet,
  httpRequest,
  callHostFunction,
  sequence,
  wat,
} as const;
