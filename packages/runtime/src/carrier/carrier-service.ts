import { clock } from '../base/clock.ts';
import { callError } from '../plugin/attempt.ts';
import type { Breaker } from '../breaker/breaker.ts';
import { type CallCode, callFailure, leavesDoubt } from '../outcomes/call-result.ts';
import type { Carrier, CarrierAnswer, CarrierCall } from './carrier.ts';

/** How an answer is read, as a part of the call. */
interface CarrierReading<Result> {
  read(answer: CarrierAnswer): Result;
  /** Whether the answer is the plugin's fault. Then the breaker counts the call as a failure. */
  isWrong(result: Result): boolean;
}

/** Runs calls over a carrier, with its limits. */
export interface CarrierService {
  /** Sends a message, waits for the answer until the deadline, and reads it. Never rejects. */
  call<Result>(
    call: Omit<CarrierCall, 'signal' | 'timeLeftMs'>,
    deadlineMs: number,
    reading: CarrierReading<Result>,
  ): Promise<Result>;
  /** Ends every running call with `closed`. */
  close(): void;
}

interface ServiceOptions {
  readonly breaker: Breaker;
  readonly concurrentCalls: number;
}

const refusal = (code: CallCode): CarrierAnswer => ({ ok: false, error: callError(code) });

/** Whether the breaker counts the call as a failure. See `leavesDoubt`. */
const isFailing = (answer: CarrierAnswer): boolean =>
  !answer.ok &&
  answer.isUntouched !== true &&
  answer.error.stage === 'plugin_call' &&
  leavesDoubt(callFailure(answer.error.code as CallCode));

/** Creates a service that applies the limit of concurrent calls, the breaker and the deadline to a carrier. */
export const createCarrierService = (
  carrier: Carrier,
  { breaker, concurrentCalls }: ServiceOptions,
): CarrierService => {
  /** The function that ends each running call. */
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
      /** Ends a call before its answer arrives, and tells the carrier that nobody waits for it any more. */
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
        // Concurrent calls do not block the host's thread, so their time does not count for the breaker.
        breaker.record(failed, startedMs, 0);
      }
    },
    close: () => {
      isClosed = true;
      for (const stop of running) stop(refusal('closed'));
    },
  };
};
