import type { Breaker, BreakerOptions, BreakerState } from '../../breaker/breaker.ts';
import { createBreaker } from '../../breaker/breaker.ts';

/** A breaker and its clock. */
export interface Rig {
  readonly breaker: Breaker;
  /** The arguments of each call of `onChange`. */
  readonly changes: (readonly [BreakerState, number])[];
  /** Moves the clock forward. */
  wait(ms: number): void;
  /** Reports a call with this duration. */
  report(failed: boolean, durationMs: number): void;
  /** Runs a call from `admit` to `record`. Returns false if it was refused. */
  call(failed: boolean, durationMs?: number): boolean;
  calls(count: number, failed: boolean, durationMs?: number): void;
}

/** The initial time of the clock, in milliseconds. */
export const START = 123_456;

/** Creates a rig whose breaker is closed. */
export const createRig = (options: BreakerOptions = {}): Rig => {
  let at = START;
  const changes: (readonly [BreakerState, number])[] = [];
  const onChange = (state: BreakerState, backoffMs: number): void => void changes.push([state, backoffMs]);
  const breaker = createBreaker({ ...options, onChange }, () => at);
  const report = (failed: boolean, durationMs: number): void => breaker.record(failed, at - durationMs);
  const call = (failed: boolean, durationMs = 0): boolean => {
    if (!breaker.admit()) return false;
    at += durationMs;
    report(failed, durationMs);
    return true;
  };
  return {
    breaker,
    changes,
    wait: (ms) => {
      at += ms;
    },
    report,
    call,
    calls: (count, failed, durationMs) => {
      for (let done = 0; done < count; done += 1) call(failed, durationMs);
    },
  };
};
