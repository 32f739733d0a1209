import { behave, type PluginDescription } from '@plugwire/pdk-fixtures';
import { Registry } from 'prom-client';
import { describe, expect, it, vi } from 'vitest';

import type { LoadOptions } from '../load/load-options.ts';
import type { PluginHostOptions } from '../host/plugin-host.ts';
import { act, reflect } from '../testing/contracts.ts';
import { keepLines } from '../testing/keep-lines.ts';
import { openPlugin } from '../testing/open-plugin.ts';
import type { Plugin } from './plugin.ts';
import { useFakeClock } from '../testing/use-fake-clock.ts';

const load = async (
  description: PluginDescription,
  loadOptions: LoadOptions = {},
  hostOptions: Partial<PluginHostOptions> = {},
): Promise<Plugin> =>
  await openPlugin(description, { functions: [act, reflect], ...hostOptions }, loadOptions);

const codeOf = (plugin: Plugin, options?: { deadlineMs?: number }): string => {
  const outcome = plugin.dispatchSync(act, { text: 'x' }, options);
  return outcome.kind === 'ok' ? 'ok' : outcome.error.code;
};

const spinning = { functions: { act: behave.spin(), reflect: behave.echo() } };

describe('a plugin that spins', () => {
  it('is stopped by its deadline, and the next call works', async () => {
    const plugin = await load(spinning, { limits: { functions: { act: { deadlineMs: 10 } } } });
    expect(codeOf(plugin)).toBe('deadline');
    expect(plugin.dispatchSync(reflect, { text: 'still there' }).kind).toBe('ok');
  });

  it('is stopped by its fuel, where a limit of the function overrides the plugin and the plugin overrides the host', async () => {
    const limits = { functions: { act: { fuel: 5000 } } };
    const plugin = await load(spinning, { limits }, { limits: { fuel: 1_000_000 } });
    expect(codeOf(plugin)).toBe('fuel');
    const { lastFuel } = plugin.health().usage;
    expect(lastFuel).toBeGreaterThanOrEqual(5000);
    expect(lastFuel).toBeLessThan(10_000);
  });

  it('is stopped earlier if the caller has less time, and not called if no time is left', async () => {
    const plugin = await load(spinning, { limits: { deadlineMs: 60_000 } });
    expect(codeOf(plugin, { deadlineMs: 5 })).toBe('deadline');
    expect(codeOf(plugin, { deadlineMs: 0 })).toBe('deadline');
    expect(codeOf(plugin, { deadlineMs: -1 })).toBe('deadline');
  });

  it('is refused when it spins in its handshake', async () => {
    const lying = { ...spinning, handshake: behave.spin() };
    await expect(load(lying)).rejects.toMatchObject({
      stage: 'handshake',
      code: expect.stringMatching(/^(fuel|deadline)$/),
    });
  });
});

describe('the fuel of a call', () => {
  it('is equal on every run, added up, and exported', async () => {
    const registry = new Registry();
    const plugin = await load({ functions: { act: behave.echo() } }, { name: 'it' }, { registry });
    const used = [1, 2, 3].map(() => {
      codeOf(plugin);
      return plugin.health().usage.lastFuel;
    });
    expect(new Set(used).size).toBe(1);
    expect(used[0]).toBeGreaterThan(0);
    expect(plugin.health().usage.totalFuel).toBe(3 * (used[0] ?? 0));
    const text = await registry.metrics();
    expect(text).toContain(`cc_lb_plugin_fuel_total{plugin="it"} ${3 * (used[0] ?? 0)}`);
    expect(text).toContain(`cc_lb_plugin_fuel_last_call{plugin="it"} ${used[0]}`);
    expect(text).toMatch(/cc_lb_plugin_memory_bytes\{plugin="it"\} [1-9]\d*/);
    expect(text).toContain('cc_lb_plugin_breaker_state{plugin="it"} 0');
  });

  it('is not added for a call that is refused before it runs', async () => {
    const limits = { functions: { act: { requestBytes: 1000 } } };
    const plugin = await load({ functions: { act: behave.echo() } }, { limits });
    expect(codeOf(plugin)).toBe('ok');
    const { lastFuel, totalFuel } = plugin.health().usage;
    expect(lastFuel).toBeGreaterThan(0);
    expect(codeOf(plugin, { deadlineMs: 0 })).toBe('deadline');
    expect(plugin.dispatchSync(act, { text: 'x'.repeat(1000) }).kind).toBe('fallback');
    expect(plugin.health().usage).toMatchObject({ lastFuel, totalFuel });
  });

  it.each(['shared', 'per_call'] as const)(
    'stays unchanged if a fresh instance refuses a call: %s',
    async (instances) => {
      const limits = { functions: { act: { requestBytes: 1000 } } };
      const plugin = await load({ functions: { act: behave.trap() } }, { limits, instances });
      expect(codeOf(plugin)).toBe('unreachable');
      const { lastFuel, totalFuel } = plugin.health().usage;
      expect(lastFuel).toBeGreaterThan(0);
      expect(plugin.dispatchSync(act, { text: 'x'.repeat(1000) })).toMatchObject({
        error: { code: 'request_too_large' },
      });
      expect(codeOf(plugin, { deadlineMs: 0 })).toBe('deadline');
      expect(plugin.health().usage).toMatchObject({ lastFuel, totalFuel });
    },
  );
});

describe('the breaker', () => {
  const crash = async (plugin: Plugin): Promise<string> => {
    return codeOf(plugin);
  };

  it('opens after twenty calls if half of them crash, and is visible in health, metric and log', async () => {
    // The backoff is a second, which can pass on a busy machine before the last check.
    useFakeClock();
    const { lines, logger } = keepLines('warn');
    const registry = new Registry();
    const plugin = await load(
      { functions: { act: behave.trap('unreachable'), reflect: behave.echo() } },
      { name: 'it' },
      { logger, registry },
    );
    for (let at = 0; at < 10; at += 1) {
      expect(plugin.dispatchSync(reflect, { text: 'x' }).kind).toBe('ok');
      expect(plugin.health().breaker).toBe('closed');
      expect(await crash(plugin)).toBe('unreachable');
    }
    expect(plugin.health().breaker).toBe('open');
    expect(await crash(plugin)).toBe('breaker_open');
    expect(await registry.metrics()).toContain('cc_lb_plugin_breaker_state{plugin="it"} 2');
    expect(lines).toContainEqual(
      expect.objectContaining({
        target: 'cc_lb_plugin.breaker',
        plugin: 'it',
        state: 'open',
        backoff_ms: 1000,
      }),
    );
  });

  it('uses limits of the host, which limits of the load override', async () => {
    useFakeClock();
    const description = { functions: { act: behave.trap('unreachable') } };
    const hostOptions = { breaker: { minimumCalls: 2, firstBackoffMs: 5000 } };
    const opensAfter = async (plugin: Plugin): Promise<number> => {
      for (let calls = 0; ; calls += 1) if ((await crash(plugin)) === 'breaker_open') return calls;
    };
    const plugin = await load(description, {}, hostOptions);
    expect(await opensAfter(plugin)).toBe(2);
    vi.advanceTimersByTime(4999);
    expect(plugin.health().breaker).toBe('open');
    vi.advanceTimersByTime(1);
    expect(plugin.health().breaker).toBe('half_open');
    const own = await load(description, { breaker: { minimumCalls: 3 } }, hostOptions);
    expect(await opensAfter(own)).toBe(3);
    vi.advanceTimersByTime(4999);
    expect(own.health().breaker).toBe('open');
  });

  it('stays closed if one request crashes among healthy ones', async () => {
    const plugin = await load({ functions: { act: behave.trap('unreachable'), reflect: behave.echo() } });
    for (let at = 0; at < 60; at += 1) {
      if (at % 3 === 0) expect(codeOf(plugin)).toBe('unreachable');
      else plugin.dispatchSync(reflect, { text: 'x' });
    }
    expect(plugin.health().breaker).toBe('closed');
  });

  it('does not count errors that a guest reports with error_set', async () => {
    const plugin = await load({ functions: { act: behave.guestError('no') } });
    for (let at = 0; at < 50; at += 1) expect(codeOf(plugin)).toBe('guest_error');
    expect(plugin.health().breaker).toBe('closed');
  });
});

describe('instances', () => {
  const counting = { functions: { act: behave.countCalls('{"_v":1,"text":"%d"}', 'memory') } };
  const texts = async (plugin: Plugin): Promise<unknown[]> => {
    const seen: unknown[] = [];
    for (let at = 0; at < 5; at += 1) {
      seen.push(plugin.dispatchSync(act, { text: 'x' }).response?.text);
    }
    return seen;
  };

  it('are shared by default, and fresh for each call with per_call', async () => {
    expect(await texts(await load(counting))).toEqual(['1', '2', '3', '4', '5']);
    expect(await texts(await load(counting, { instances: 'per_call' }))).toEqual(['1', '1', '1', '1', '1']);
  });

  it('are available for a burst of calls with per_call', async () => {
    const plugin = await load(counting, { instances: 'per_call' });
    expect(Array.from({ length: 8 }, () => codeOf(plugin))).toEqual(Array.from({ length: 8 }, () => 'ok'));
  });

  it('are not used up by calls that are refused before they run', async () => {
    const plugin = await load(counting, {
      instances: 'per_call',
      limits: { functions: { act: { requestBytes: 1000 } } },
    });
    for (let at = 0; at < 20; at += 1) plugin.dispatchSync(act, { text: 'x'.repeat(1000) });
    expect(codeOf(plugin)).toBe('ok');
  });

  it('must have a known mode', async () => {
    await expect(load(counting, { instances: 'pooled' as never })).rejects.toMatchObject({
      code: 'bad_option',
    });
  });
});
