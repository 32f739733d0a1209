import { clock } from '../base/clock.ts';
import { type CallLimits, LIMITS } from '../base/limits.ts';
import { loadError, type LoadCode } from '../outcomes/load-error.ts';
import type { GuestService, Reading } from '../sandbox/guest-service.ts';

/** A phase of a load in which the host calls the plugin, before the plugin serves. */
export type LoadPhase = 'handshake' | 'self_check';

/** The limits that the protocol sets for a phase. */
export type PhaseLimits = Pick<CallLimits, 'deadlineMs' | 'fuel' | 'outputBytes'>;

/** Requests of a phase are created by the host and are small: at most 32 functions with 16 versions each, and names of 64 bytes. */
const PHASE_REQUEST_BYTES = 64 * 1024;

/** Calls the plugin in a phase and returns its output as text. Throws `PluginLoadError` with the phase as its stage. */
export const callPhase = (
  service: GuestService,
  phase: LoadPhase,
  name: string,
  request: string,
  limits: PhaseLimits,
  revealGuestErrors: boolean,
): string => {
  const callLimits: CallLimits = {
    ...limits,
    requestBytes: PHASE_REQUEST_BYTES,
    outputNodes: LIMITS.outputNodes.default,
  };
  const result = service.call(name, request, callLimits, TEXT);
  if (!result.ok) {
    const words = revealGuestErrors && result.guestText !== undefined ? ` It says: ${result.guestText}` : '';
    const overrun =
      result.code === 'deadline' || result.code === 'fuel' ? overrunOf(limits)[result.code] : undefined;
    throw phaseError(phase, result.code, `${overrun ?? result.message}.${words}`);
  }
  if (result.answer === null)
    throw phaseError(phase, 'empty_output', `${name} set no output: expected JSON.`);
  const text = result.answer;
  if (text === undefined)
    throw phaseError(phase, 'not_utf8', `the output of ${name} is not UTF-8: expected JSON.`);
  if (clock.nowMs() >= result.deadlineMs)
    throw phaseError(phase, 'deadline', `${overrunOf(limits).deadline}.`);
  if (text === '') throw phaseError(phase, 'empty_output', `the output of ${name} is empty: expected JSON.`);
  return text;
};

const TEXT: Reading<string | null | undefined> = {
  read: (output) => (output === null ? null : output.text()),
};

/** The protocol sets these limits. The operator's limits do not change them, so the messages do not mention those. */
const overrunOf = ({ deadlineMs, fuel }: Pick<CallLimits, 'deadlineMs' | 'fuel'>) => ({
  deadline: `the guest did not answer within the protocol’s limit of ${deadlineMs} ms`,
  fuel: `the guest used up the protocol’s limit of ${fuel} units of fuel`,
});

const phaseError = (phase: LoadPhase, code: LoadCode<LoadPhase>, message: string) =>
  loadError(phase, code as LoadCode<'handshake'>, message);
