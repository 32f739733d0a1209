import { onTestFinished, vi } from 'vitest';

import { clock } from '../base/clock.ts';

/**
 * Stops the runtime's clock until the test ends. `vi.advanceTimersByTime` moves it, and the timers of `setTimeout` with it. The load of
 * a plugin keeps its real turns.
 */
export const useFakeClock = (): void => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  const spies = [
    vi.spyOn(clock, 'nowMs').mockImplementation(() => performance.now()),
    vi.spyOn(clock, 'setTimeout').mockImplementation(setTimeout),
    vi.spyOn(clock, 'clearTimeout').mockImplementation(clearTimeout),
  ];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
    vi.useRealTimers();
  });
};
