import { describe, expect, it } from 'vitest';
import { meterEverything } from './testing/metered-engine.ts';
import { REAL_MODULES } from './testing/real-modules.ts';

describe('computes the same metered and unmetered', () => {
  it.each(REAL_MODULES)('$title', async ({ load }) => {
    const plain = await load();
    const engine = meterEverything();
    try {
      const metered = await load();
      expect(engine.modules()).not.toHaveLength(0);
      const result = metered();
      expect(engine.fuelUsed()).toBeGreaterThan(0);
      expect(JSON.stringify(result)).toBe(JSON.stringify(plain()));
    } finally {
      engine.restore();
    }
  });
});
