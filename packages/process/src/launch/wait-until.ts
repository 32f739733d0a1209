import { clock } from '../base/clock.ts';

/** The interval between two checks, in milliseconds. */
const STEP_MS = 20;

/** Checks a condition repeatedly, for at most `ms` milliseconds. Returns whether it became true. */
export const waitUntil = async (holds: () => boolean, ms: number): Promise<boolean> => {
  const untilMs = clock.nowMs() + ms;
  while (!holds()) {
    if (clock.nowMs() >= untilMs) return false;
    await new Promise((resolve) => clock.setTimeout(resolve, STEP_MS));
  }
  return true;
};
