import { clock } from '../base/clock.ts';
import { callError } from '../plugin/attempt.ts';
import type { Breaker } from '../breaker/breaker.ts';
import { type CallCode, callFailure, leavesDoubt } from '../outcomes/call-result.ts';
import type { Carrier, CarrierAnswer, CarrierCall } from './carrier.ts';

/** What is done with an answer, as a part of the call. */
interface CarrierReading<Result> {
  read(answer: CarrierAnswer): Result;
  /** Whether the plugin has not done its part: then the call counts as a failure. */
  isWrong(result: Result): boolean;
}

/** The one way in which calls reach a carrier. */
export interface CarrierService {
  /** Carries a message, within its time, and reads the answer. Never rejects. */
  call<Result>(
    call: Omit<CarrierCall, 'signal' | 'timeLeftMs'>,
    deadlineMs: number,
    reading: CarrierReading<Result>,
  ): Promise<Result>;
  /** Ends every call that runs, with `closed`. */
  close(): void;
}

interface ServiceOptions {
  readonly breaker: Breaker;
  readonly concurrentCalls: number;
}

const refusal = (code: CallCode): CarrierAnswer => ({ ok: false, error: callError(code) });

/** Whether a call says that the plugin does not do well; see `leavesDoubt`. */
const isFailing = (answer: CarrierAnswer): boolean =>
  !answer.ok &&
  answer.isUntouched !== true &&
  answer.error.stage === 'plugin_call' &&
  leavesDoubt(callFailure(answer.error.code as CallCode));

/** Puts limits, the breaker and the deadline before a carrier. */
export const createCarrierService = (
  carrier: Carrier,
  { breaker, concurrentCalls }: ServiceOptions,
): CarrierService => {
  /** What ends each call that runs. */
  const running = new Set<(answer: CarrierAnswer) => void>();
  let isClosed = false;

  const carry = async (
    call: Omit<CarrierCall, 'signal' | 'timeLeftMs'>,
    timeLeftMs: number,
  ): Promise<CarrierAnswer> =>
    await new Promise((resolve) => {
      const abort = new AbortController();
      const end = (answer: CarrierAnswer): void => {
        clock.clearTimeout(timer);
        running.delete(stop);
        resolve(answer);
      };
      /** Ends a call that has no answer yet: nobody waits for it then. */
      const stop = (answer: CarrierAnswer): void => {
        end(answer);
        abort.abort();
      };
      const timer = clock.setTimeout(() => stop(refusal('deadline')), timeLeftMs);
      running.add(stop);
      void carrier
        .call({ ...call, timeLeftMs, signal: abort.signal })
        .then(end, () => end(refusal('call_failed')));
    });

  return {
    call: async (call, deadlineMs, { read, isWrong }) => {
      if (isClosed) return read(refusal('closed'));
      if (running.size >= concurrentCalls) return read(refusal('too_many_calls'));
      if (!breaker.admit()) return read(refusal('breaker_open'));
      const startedMs = clock.nowMs();
      let failed = true;
      try {
        const answer = await carry(call, Math.max(0, deadlineMs - startedMs));
        const result = read(answer);
        failed = isFailing(answer) || isWrong(result);
        return result;
      } finally {
        // Calls run side by side and block nothing: what they take is no share of anybody's time.
        breaker.record(failed, startedMs, 0);
      }
    },
    close: () => {
      isClosed = true;
      for (const stop of running) stop(refusal('closed'));
    },
  };
};
