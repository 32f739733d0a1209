import type { Carrier } from '@plugwire/runtime';
import type { WireFunction } from '@plugwire/wire';

import { within } from '../launch/start-process.ts';
import { callFailed, type ExecFunction, notWritable } from './exec-function.ts';
import type { QuadroopsSession } from './start-plugin.ts';

/** How long a failed call waits for the event that the process has ended, in milliseconds. The two events come in any order. */
const EXIT_MS = 100;

/** Creates a carrier that sends messages to the current quadroops process. */
export const createExecCarrier = (
  functions: readonly ExecFunction[],
  session: () => QuadroopsSession | undefined,
): Carrier => {
  const bound = new Map<WireFunction, ExecFunction>(functions.map((each) => [each.contract, each]));
  return {
    call: async ({ contract, message, limits, timeLeftMs, signal }) => {
      const to = session();
      const { command, write, read } = bound.get(contract) as ExecFunction;
      if (to === undefined) return callFailed('process_exited');
      const payload = write(message);
      if (payload === undefined) return notWritable();
      if (payload.length > limits.requestBytes)
        return callFailed('request_too_large', `${payload.length} bytes, at most ${limits.requestBytes}`);
      const answer = await to.caller.exec({
        command,
        payload,
        timeLeftMs,
        signal,
        answerBytes: limits.outputBytes,
      });
      if (answer.ok) return read(answer.bytes);
      const { code } = answer.error;
      const mayHaveEnded = code === 'not_connected' || code === 'call_failed';
      if (mayHaveEnded && !to.isEnded()) await within(Math.min(EXIT_MS, timeLeftMs / 2), to.ended);
      return mayHaveEnded && to.isEnded() ? callFailed('process_exited') : answer;
    },
  };
};
