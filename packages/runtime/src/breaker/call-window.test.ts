import { describe, expect, it } from 'vitest';

import { createCallWindow } from './call-window.ts';

describe('a window of calls', () => {
  it('counts calls, failures and the time of failures', () => {
    const window = createCallWindow(1000);
    window.add(0, false, 5);
    window.add(50, true, 7);
    expect(window.add(999, true, 1)).toEqual({ calls: 3, failures: 2, failedMs: 8 });
    expect(window.totals(999)).toEqual({ calls: 3, failures: 2, failedMs: 8 });
  });

  it('drops calls that are older than the window, even if no call is added', () => {
    const window = createCallWindow(1000);
    window.add(0, true, 5);
    window.add(500, false, 5);
    expect(window.totals(1000)).toEqual({ calls: 1, failures: 0, failedMs: 0 });
    expect(window.totals(1_000_000)).toEqual({ calls: 0, failures: 0, failedMs: 0 });
  });

  it('is empty after it was cleared', () => {
    const window = createCallWindow(1000);
    window.add(0, true, 5);
    window.clear();
    expect(window.totals(0)).toEqual({ calls: 0, failures: 0, failedMs: 0 });
  });
});
