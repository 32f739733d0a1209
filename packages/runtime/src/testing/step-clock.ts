import { onTestFinished, vi } from 'vitest';

import { clock } from '../base/clock.ts';

/** What the runtime's clock shows until the test ends. */
export interface StepClock {
  /** What it showed last. */
  readonly atMs: () => number;
  /** Lets time pass. */
  wait(ms: number): void;
}

/**
 * Replaces the runtime's clock by one that goes on by a millisecond each time somebody looks: a guest that spins gets to its
 * deadline, and one that does not never does, however busy the machine is.
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
