import { clock } from '../base/clock.ts';

/** How often it is looked. */
const STEP_MS = 20;

/** Looks again and again, for so long, whether something holds; gives whether it did. */
export const waitUntil = async (holds: () => boolean, ms: number): Promise<boolean> => {
  const untilMs = clock.nowMs() + ms;
  while (!holds()) {
    if (clock.nowMs() >= untilMs) return false;
    await new Promise((resolve) => clock.setTimeout(resolve, STEP_MS));
  }
  return true;
};
