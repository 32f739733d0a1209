import { describe, expect, it } from 'vitest';

import { createCallWindow } from './call-window.ts';

describe('a window of calls', () => {
  it('adds up what it counts', () => {
    const window = createCallWindow(1000);
    window.add(0, false, 5);
    window.add(50, true, 7);
    expect(window.add(999, true, 1)).toEqual({ calls: 3, failures: 2, failedMs: 8 });
    expect(window.totals(999)).toEqual({ calls: 3, failures: 2, failedMs: 8 });
  });

  it('forgets calls that are older than it, even if nothing is added', () => {
    const window = createCallWindow(1000);
    window.add(0, true, 5);
    window.add(500, false, 5);
    expect(window.totals(1000)).toEqual({ calls: 1, failures: 0, failedMs: 0 });
    expect(window.totals(1_000_000)).toEqual({ calls: 0, failures: 0, failedMs: 0 });
  });

  it('forgets everything when it is cleared', () => {
    const window = createCallWindow(1000);
    window.add(0, true, 5);
    window.clear();
    expect(window.totals(0)).toEqual({ calls: 0, failures: 0, failedMs: 0 });
  });
});
