import { onTestFinished, vi } from 'vitest';

import { clock } from '../base/clock.ts';

/**
 * Stops the runtime's clock and `setTimeout` until the test ends. `vi.advanceTimersByTime` moves both. Loads of plugins still use real turns
 * of the event loop.
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
