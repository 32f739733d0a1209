import { clock } from '../base/clock.ts';
import { type CallLimits, LIMITS } from '../base/limits.ts';
import { loadError, type LoadCode } from '../outcomes/load-error.ts';
import type { GuestService, Reading } from '../sandbox/guest-service.ts';

/** A phase in which the plugin is asked about itself, before anything of it serves. */
export type LoadPhase = 'handshake' | 'self_check';

/** The protocol's own limits of a phase. */
export type PhaseLimits = Pick<CallLimits, 'deadlineMs' | 'fuel' | 'outputBytes'>;

/** Requests of these phases are the host's own and small: 32 functions with 16 versions each, and names of 64 bytes. */
const PHASE_REQUEST_BYTES = 64 * 1024;

/** Calls the plugin in a phase and gives its output as text. Throws `PluginLoadError` of that phase. */
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

/** The protocol's own limits: none of the operator's would change them. */
const overrunOf = ({ deadlineMs, fuel }: Pick<CallLimits, 'deadlineMs' | 'fuel'>) => ({
  deadline: `the guest did not answer within the ${deadlineMs} ms that the protocol gives it`,
  fuel: `the guest used up the ${fuel} units of fuel that the protocol gives it`,
});

const phaseError = (phase: LoadPhase, code: LoadCode<LoadPhase>, message: string) =>
  loadError(phase, code as LoadCode<'handshake'>, message);
