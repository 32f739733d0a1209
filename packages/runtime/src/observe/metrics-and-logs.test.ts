import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { Counter, Registry } from 'prom-client';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { numberBlockBytes } from '../host-functions/number-blocks.ts';
import type { PluginHost } from '../host/plugin-host.ts';
import { reflect } from '../testing/contracts.ts';
import { keepLines } from '../testing/keep-lines.ts';
import { openHost } from '../testing/open-plugin.ts';
import type { HostLogger } from './logger.ts';
import { useFakeClock } from '../testing/use-fake-clock.ts';

const createHost = (options: { registry?: Registry; logger?: HostLogger }): PluginHost =>
  openHost({ functions: [reflect], ...options });

const echoing = { functions: { reflect: behave.echo() } };
const failing = { functions: { reflect: behave.guestError('no') } };

/** The samples of a metric in the form that Prometheus reads. */
const samples = async (registry: Registry, name: string): Promise<string[]> =>
  (await registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

describe('metrics', () => {
  it('count outcomes, errors and durations per plugin and function', async () => {
    const registry = new Registry();
    const host = createHost({ registry });
    const healthy = await host.load(await buildPlugin(echoing), { name: 'healthy' });
    const broken = await host.load(await buildPlugin(failing), { name: 'broken' });
    for (let at = 0; at < 3; at += 1) healthy.dispatchSync(reflect, { text: 'x' });
    broken.dispatchSync(reflect, { text: 'x' });
    broken.dispatchSync(reflect, {} as never);

    expect(await samples(registry, 'cc_lb_plugin_dispatch_total')).toEqual([
      'cc_lb_plugin_dispatch_total{plugin="healthy",function="reflect",outcome="ok"} 3',
      'cc_lb_plugin_dispatch_total{plugin="healthy",function="reflect",outcome="fallback"} 0',
      'cc_lb_plugin_dispatch_total{plugin="healthy",function="reflect",outcome="refused"} 0',
      'cc_lb_plugin_dispatch_total{plugin="healthy",function="reflect",outcome="disabled"} 0',
      'cc_lb_plugin_dispatch_total{plugin="broken",function="reflect",outcome="ok"} 0',
      'cc_lb_plugin_dispatch_total{plugin="broken",function="reflect",outcome="fallback"} 1',
      'cc_lb_plugin_dispatch_total{plugin="broken",function="reflect",outcome="refused"} 1',
      'cc_lb_plugin_dispatch_total{plugin="broken",function="reflect",outcome="disabled"} 0',
    ]);
    expect(await samples(registry, 'cc_lb_plugin_dispatch_errors_total')).toEqual([
      'cc_lb_plugin_dispatch_errors_total{plugin="broken",function="reflect",stage="plugin_call",code="guest_error"} 1',
      'cc_lb_plugin_dispatch_errors_total{plugin="broken",function="reflect",stage="request_envelope",code="schema_mismatch"} 1',
    ]);
    expect(await samples(registry, 'cc_lb_plugin_dispatch_duration_seconds_count')).toEqual([
      'cc_lb_plugin_dispatch_duration_seconds_count{plugin="healthy",function="reflect"} 3',
      'cc_lb_plugin_dispatch_duration_seconds_count{plugin="broken",function="reflect"} 2',
    ]);
    const buckets = await samples(registry, 'cc_lb_plugin_dispatch_duration_seconds_bucket');
    expect(buckets).toHaveLength(2 * 17);
    expect(buckets.at(16)).toBe(
      'cc_lb_plugin_dispatch_duration_seconds_bucket{plugin="healthy",function="reflect",le="+Inf"} 3',
    );
  });

  it('count loads by result, and show the plugins that are loaded', async () => {
    const registry = new Registry();
    const host = createHost({ registry });
    const plugin = await host.load(await buildPlugin(echoing), { name: 'one' });
    await host.load(await buildPlugin(echoing), { name: 'two' });
    await host.load(await buildPlugin({ ...echoing, identity: 'none' })).catch(() => undefined);
    expect(await samples(registry, 'cc_lb_plugin_load_total')).toEqual([
      'cc_lb_plugin_load_total{stage="ok",code="ok"} 2',
      'cc_lb_plugin_load_total{stage="identity",code="section_missing"} 1',
    ]);
    await plugin.close();
    expect(await samples(registry, 'cc_lb_plugin_loaded')).toEqual(['cc_lb_plugin_loaded{plugin="two"} 1']);
  });

  it('of a plugin are removed when it closes, and its dispatches are no longer counted', async () => {
    const registry = new Registry();
    const host = createHost({ registry });
    const plugin = await host.load(await buildPlugin(echoing));
    plugin.dispatchSync(reflect, { text: 'x' });
    await plugin.close();
    plugin.dispatchSync(reflect, { text: 'x' });
    expect(await samples(registry, 'cc_lb_plugin_dispatch_total')).toEqual([]);
    expect(await samples(registry, 'cc_lb_plugin_dispatch_errors_total')).toEqual([]);
  });

  it('of two hosts on one registry add up, and stay correct when one host closes', async () => {
    const registry = new Registry();
    const [first, second] = [createHost({ registry }), createHost({ registry })];
    const bytes = await buildPlugin(echoing);
    for (const host of [first, second]) (await host.load(bytes)).dispatchSync(reflect, { text: 'x' });
    const total = async () => (await samples(registry, 'cc_lb_plugin_dispatch_total')).at(0);
    expect(await total()).toBe(
      'cc_lb_plugin_dispatch_total{plugin="fixture",function="reflect",outcome="ok"} 2',
    );
    await first.close();
    expect(await total()).toBe(
      'cc_lb_plugin_dispatch_total{plugin="fixture",function="reflect",outcome="ok"} 1',
    );
  });

  it('throw registry_conflict if the registry has another metric with the same name', () => {
    const registry = new Registry();
    registry.registerMetric(new Counter({ name: 'cc_lb_plugin_load_total', help: 'mine', registers: [] }));
    expect(() => createHost({ registry })).toThrow(expect.objectContaining({ code: 'registry_conflict' }));
  });

  describe('that plugins increment', () => {
    const incr = (name: string, value: bigint) =>
      behave.callHostFunction({
        name: 'cc_lb_metric_incr',
        args: [name, numberBlockBytes('u64-block', value)],
      });
    const counting = async (...calls: readonly ReturnType<typeof incr>[]) =>
      await buildPlugin({
        functions: { reflect: behave.sequence(...calls, behave.answer({ _v: 1, text: '' })) },
        requiredCapabilities: ['metrics'],
      });
    const OWN = 'cc_lb_plugin_metric_total';
    const DROPPED = 'cc_lb_plugin_metric_dropped_total';

    it('add up by plugin and name, and are removed when the plugin closes', async () => {
      const registry = new Registry();
      const host = createHost({ registry });
      const bytes = await counting(incr('hits', 2n), incr('misses', 2n ** 53n - 1n), incr('none', 0n));
      const granted = { capabilities: ['metrics'] };
      const [one, two] = [
        await host.load(bytes, { ...granted, name: 'one' }),
        await host.load(bytes, { ...granted, name: 'two' }),
      ];
      for (const plugin of [one, one, two])
        expect(plugin.dispatchSync(reflect, { text: '' }).kind).toBe('ok');
      expect(await samples(registry, OWN)).toEqual([
        `${OWN}{plugin="one",name="hits"} 4`,
        `${OWN}{plugin="one",name="misses"} 18014398509481982`,
        `${OWN}{plugin="one",name="none"} 0`,
        `${OWN}{plugin="two",name="hits"} 2`,
        `${OWN}{plugin="two",name="misses"} 9007199254740991`,
        `${OWN}{plugin="two",name="none"} 0`,
      ]);
      await one.close();
      expect(await samples(registry, OWN)).toHaveLength(3);
      expect(await samples(registry, DROPPED)).toEqual([`${DROPPED}{plugin="two"} 0`]);
    });

    it('are limited in number, and increments of further names are counted', async () => {
      const registry = new Registry();
      const flood = Array.from({ length: 250 }, (_, at) => incr(`name_${at}`, 1n));
      const plugin = await createHost({ registry }).load(await counting(...flood, incr('name_0', 1n)), {
        name: 'flood',
        capabilities: ['metrics'],
        limits: { metricSeries: 20, deadlineMs: 10_000 },
      });
      expect(plugin.dispatchSync(reflect, { text: '' }).kind).toBe('ok');
      const own = await samples(registry, OWN);
      expect(own).toHaveLength(20);
      expect(own[0]).toBe(`${OWN}{plugin="flood",name="name_0"} 2`);
      expect(await samples(registry, DROPPED)).toEqual([`${DROPPED}{plugin="flood"} 230`]);
    });

    it('can be incremented without a registry', async () => {
      const plugin = await createHost({}).load(await counting(incr('hits', 1n)), {
        capabilities: ['metrics'],
      });
      expect(plugin.dispatchSync(reflect, { text: '' }).kind).toBe('ok');
    });
  });

  it('have the default labels of the registry', async () => {
    const registry = new Registry();
    registry.setDefaultLabels({ zone: 'a' });
    const host = createHost({ registry });
    await host.load(await buildPlugin(echoing));
    expect((await samples(registry, 'cc_lb_plugin_loaded')).at(0)).toContain('zone="a"');
  });
});

describe('logs', () => {
  it('report loaded and refused plugins', async () => {
    const { logger, lines } = keepLines();
    const host = createHost({ logger });
    await host.load(await buildPlugin(echoing), { name: 'mirror' });
    await host
      .load(await buildPlugin({ ...echoing, selfCheck: 'none' }), { name: 'mute' })
      .catch(() => undefined);
    expect(lines).toMatchObject([
      {
        level: 30,
        target: 'cc_lb_plugin.load',
        plugin: 'mirror',
        functions: { reflect: 1 },
        msg: 'plugin loaded',
      },
      {
        level: 40,
        target: 'cc_lb_plugin.load',
        plugin: 'mute',
        stage: 'self_check',
        code: 'export_missing',
        msg: 'plugin refused',
      },
    ]);
  });

  it('have a warning for a failed dispatch with the caller’s fields', async () => {
    const { logger, lines } = keepLines();
    const plugin = await createHost({ logger }).load(await buildPlugin(failing), { name: 'broken' });
    plugin.dispatchSync(reflect, { text: 'x' }, { fields: { request_id: 'r-7', code: 'not mine' } });
    expect(lines.at(-1)).toMatchObject({
      level: 40,
      msg: 'dispatch error, applying fallback silent_skip',
      target: 'cc_lb_plugin.dispatch',
      plugin: 'broken',
      function: 'reflect',
      stage: 'plugin_call',
      code: 'guest_error',
      policy: 'silent_skip',
      request_id: 'r-7',
    });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no log');
      },
    ],
    ['rejects', async () => await Promise.reject(new Error('no log'))],
  ])('do not affect calls if the logger %s', async (_, log) => {
    const unhandled = vi.fn<(reason: unknown) => void>();
    process.on('unhandledRejection', unhandled);
    try {
      const logger = { trace: log, debug: log, info: log, warn: log, error: log };
      const plugin = await createHost({ logger: logger as never }).load(await buildPlugin(failing));
      expect(plugin.dispatchSync(reflect, { text: 'x' })).toMatchObject({ error: { code: 'guest_error' } });
      // Unhandled rejections would be reported before the next turn.
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off('unhandledRejection', unhandled);
    }
  });

  it('have a warning for a dispatch to a closed plugin', async () => {
    const { logger, lines } = keepLines();
    const plugin = await createHost({ logger }).load(await buildPlugin(echoing));
    await plugin.close();
    plugin.dispatchSync(reflect, { text: 'x' });
    expect(lines.at(-1)).toMatchObject({ stage: 'plugin_call', code: 'closed' });
  });

  describe('of many failures', () => {
    beforeEach(() => {
      useFakeClock();
    });

    const flood = async () => {
      const { logger, lines } = keepLines();
      const plugin = await createHost({ logger }).load(await buildPlugin(failing));
      lines.length = 0;
      for (let at = 0; at < 25; at += 1) plugin.dispatchSync(reflect, { text: 'x' });
      return { plugin, lines };
    };

    it('have ten warnings per second for one function and code, and one line with the number of others', async () => {
      const { plugin, lines } = await flood();
      expect(lines).toHaveLength(10);
      plugin.dispatchSync(reflect, {} as never);
      expect(lines.at(-1)).toMatchObject({ code: 'schema_mismatch' });
      vi.advanceTimersByTime(1000);
      expect(lines.at(-1)).toMatchObject({
        msg: 'dispatch errors held back',
        code: 'guest_error',
        held_back: 15,
      });
      expect(lines).toHaveLength(12);
      plugin.dispatchSync(reflect, { text: 'x' });
      expect(lines).toHaveLength(13);
    });

    it('report the number of held-back warnings when the plugin closes', async () => {
      const { plugin, lines } = await flood();
      await plugin.close();
      expect(lines.at(-1)).toMatchObject({ held_back: 15 });
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  it('contain lines of the guest, marked as such, only with the capability log', async () => {
    const talking = {
      functions: {
        reflect: behave.sequence(
          behave.log('warn', 'through Extism'),
          behave.callHostFunction({ name: 'cc_lb_log', args: ['info', 'through cc_lb_log'] }),
          behave.answer({ _v: 1, text: 'said' }),
        ),
      },
      requiredCapabilities: ['log'],
    };
    const { logger, lines } = keepLines();
    const host = createHost({ logger });
    const plugin = await host.load(await buildPlugin(talking), { name: 'talker', capabilities: ['log'] });
    expect(plugin.dispatchSync(reflect, { text: 'x' }).kind).toBe('ok');
    const guest = {
      target: 'cc_lb_plugin.guest',
      origin: 'guest',
      plugin: 'talker',
      function: 'reflect',
    };
    expect(lines.slice(1)).toMatchObject([
      { ...guest, level: 40, msg: 'through Extism' },
      { ...guest, level: 30, msg: 'through cc_lb_log' },
    ]);
    lines.length = 0;
    const quiet = {
      functions: { reflect: behave.sequence(behave.log('warn', 'hush'), behave.answer({ _v: 1, text: '' })) },
    };
    const mute = await host.load(await buildPlugin(quiet), { name: 'mute', capabilities: ['log'] });
    expect(mute.dispatchSync(reflect, { text: 'x' }).kind).toBe('ok');
    expect(JSON.stringify(lines)).not.toContain('hush');
  });

  it('are not written below the logger’s level', async () => {
    const { logger, lines } = keepLines();
    logger.level = 'error';
    const talking = {
      functions: {
        reflect: behave.sequence(behave.log('warn', 'quiet'), behave.log('error', 'loud'), behave.noOutput()),
      },
      requiredCapabilities: ['log'],
    };
    const plugin = await createHost({ logger }).load(await buildPlugin(talking), { capabilities: ['log'] });
    plugin.dispatchSync(reflect, { text: 'x' });
    expect(lines.map(({ msg }) => msg)).toEqual(['loud']);
  });
});
