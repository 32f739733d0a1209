import { createMemoryStorage, type Plugin, type PluginStorage } from '@plugwire/runtime';
import { filter } from '@plugwire/wire/load-balancer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { GUARDS } from '../support/balancer-plugins.ts';
import { countThrough, filterRequestOf, letsThrough, loadGuard } from '../support/load-guard.ts';
import { responseOf } from '../support/load-toolchain-plugin.ts';

interface Fleet {
  readonly storage: PluginStorage;
  readonly plugins: readonly Plugin[];
}

/** Balancers with separate clocks that share one store. Each sees the writes of the others at once. */
const openFleet = async (
  guard: (typeof GUARDS)[number],
  clocks: readonly (() => number)[],
  config: Record<string, string>,
  storage = createMemoryStorage(),
): Promise<Fleet> => {
  const plugins: Plugin[] = [];
  for (const [slot, nowUnixMs] of clocks.entries()) {
    const own = { ...config, slot: String(slot), slots: String(clocks.length) };
    plugins.push(await loadGuard(guard, own, ['storage', 'clock'], { storage, sources: { nowUnixMs } }));
  }
  return { storage, plugins };
};

const at = (plugins: readonly Plugin[], slot: number): Plugin => {
  const plugin = plugins[slot];
  if (plugin === undefined) throw new Error(`no plugin has slot ${slot}`);
  return plugin;
};

describe.each(GUARDS)('the rate limit of %s', (guard) => {
  it('gives the reason for each rejected candidate', async () => {
    const { plugins } = await openFleet(guard, [() => 0], { requests_per_second: '1' });
    expect(letsThrough(at(plugins, 0))).toBe(true);
    const request = filterRequestOf('ada');
    expect(responseOf(at(plugins, 0).dispatchSync(filter, request))).toEqual({
      results: request.candidates.map(({ upstream_id }) => ({
        upstream_id,
        decision: 'reject',
        reason: 'the rate limit is reached',
      })),
    });
  });

  it('is separate for each principal, whatever their names are', async () => {
    const { plugins } = await openFleet(guard, [() => 0], { requests_per_second: '2' });
    for (const name of ['ada', 'Ada', 'ada:1', '', 'ü', 'x'.repeat(5000)])
      expect([name.slice(0, 5), countThrough(at(plugins, 0), 4, name)]).toEqual([name.slice(0, 5), 2]);
  });

  it('is shared by all principals if it is configured so', async () => {
    const { plugins } = await openFleet(guard, [() => 0], { requests_per_second: '3', limit_by: 'everyone' });
    expect(['ada', 'bob', 'cleo', 'dan'].map((name) => letsThrough(at(plugins, 0), name))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('does not count a request without an acceptable candidate', async () => {
    const { plugins } = await openFleet(guard, [() => 0], { requests_per_second: '1' });
    const none = responseOf(at(plugins, 0).dispatchSync(filter, filterRequestOf('ada', [])));
    expect(none.results).toEqual([]);
    expect(letsThrough(at(plugins, 0))).toBe(true);
  });

  it('accepts exactly the limit in each second, over all balancers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.record({ slot: fc.nat(2), afterMs: fc.nat(400) }), { minLength: 1, maxLength: 120 }),
        async (limit, requests) => {
          let unixMs = 1_700_000_000_000;
          const clock = (): number => unixMs;
          const config = { requests_per_second: String(limit) };
          const { plugins } = await openFleet(guard, [clock, clock, clock], config);
          const asked = new Map<number, number>();
          const through = new Map<number, number>();
          for (const { slot, afterMs } of requests) {
            unixMs += afterMs;
            const second = Math.floor(unixMs / 1000);
            asked.set(second, (asked.get(second) ?? 0) + 1);
            if (letsThrough(at(plugins, slot))) through.set(second, (through.get(second) ?? 0) + 1);
          }
          for (const [second, count] of asked) expect(through.get(second)).toBe(Math.min(count, limit));
        },
      ),
      { numRuns: 15 },
    );
  });

  it('counts requests that a balancer with a clock one second ahead has accepted', async () => {
    let ahead = 7_000;
    const { plugins } = await openFleet(guard, [() => ahead, () => 7_999], { requests_per_second: '4' });
    expect(countThrough(at(plugins, 0), 3)).toBe(3);
    ahead = 8_000;
    expect(countThrough(at(plugins, 0), 2)).toBe(2);
    expect(countThrough(at(plugins, 1), 9)).toBe(1);
  });

  it.each([
    ['by a second, and keeps the counts of that second', 3_600_500, 1],
    ['by an hour, and starts again', 500, 4],
  ])('works if the clock is set back %s', async (_, backToMs, rest) => {
    let unixMs = 3_600_000;
    const { plugins } = await openFleet(guard, [() => unixMs], { requests_per_second: '4' });
    expect(countThrough(at(plugins, 0), 3)).toBe(3);
    unixMs = 3_601_000;
    expect(countThrough(at(plugins, 0), 2)).toBe(2);
    unixMs = backToMs;
    expect(countThrough(at(plugins, 0), 9)).toBe(rest);
  });

  it('does not fill the quota, however many seconds pass', async () => {
    let unixMs = 0;
    const storage = createMemoryStorage();
    const plugin = await loadGuard(guard, { requests_per_second: '1' }, ['storage', 'clock'], {
      storage,
      sources: { nowUnixMs: () => unixMs },
      limits: { storageBytes: 80 },
    });
    for (let second = 0; second < 500; second += 1) {
      unixMs = second * 1000;
      expect([second, countThrough(plugin, 2)]).toEqual([second, 1]);
    }
  });

  it('ignores a stored value that it did not write', async () => {
    const storage = createMemoryStorage();
    const store = await storage.open('guard', { quotaBytes: 1000 });
    expect(store.put('limit:0', new Uint8Array(23).fill(255))).toBe('stored');
    const { plugins } = await openFleet(
      guard,
      [() => 0],
      { requests_per_second: '2', limit_by: 'everyone' },
      storage,
    );
    expect(countThrough(at(plugins, 0), 3)).toBe(2);
  });

  it('is kept when another plugin replaces this one', async () => {
    const storage = createMemoryStorage();
    const config = { requests_per_second: '5' };
    const first = await openFleet(guard, [() => 0], config, storage);
    expect(countThrough(at(first.plugins, 0), 3)).toBe(3);
    await at(first.plugins, 0).close();
    const second = await openFleet(guard, [() => 0], config, storage);
    expect(countThrough(at(second.plugins, 0), 9)).toBe(2);
  });
});
