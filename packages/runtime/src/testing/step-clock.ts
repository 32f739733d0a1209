import { onTestFinished, vi } from 'vitest';

import { clock } from '../base/clock.ts';

/** Controls the runtime's clock until the test ends. */
export interface StepClock {
  /** Returns the time that was read last, in milliseconds. */
  readonly atMs: () => number;
  /** Moves the clock forward. */
  wait(ms: number): void;
}

/**
 * Replaces the runtime's clock by one that moves forward by a millisecond each time it is read. A guest that spins then reaches its
 * deadline, and any other guest does not, however busy the machine is.
 */
export const useStepClock = (): StepClock => {
  let at = 0;
  const spy = vi.spyOn(clock, 'nowMs').mockImplementation(() => {
    at += 1;
    return at;
  });
  onTestFinished(() => spy.mockRestore());
  return {
    atMs: () => at,
    wait: (ms) => {
      at += ms;
    },
  };
};
