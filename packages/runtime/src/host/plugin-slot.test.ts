import { behave, buildPlugin, type PluginDescription } from '@plugwire/pdk-fixtures';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';

import { createMemoryStorage } from '../storage/create-memory-storage.ts';
import { act, greet } from '../testing/contracts.ts';
import { failureOf } from '../testing/failure-of.ts';
import { keepLines } from '../testing/keep-lines.ts';
import { openHost } from '../testing/open-plugin.ts';

const answering = async (text: string, more: Partial<PluginDescription> = {}) =>
  await buildPlugin({ functions: { greet: behave.answer({ text, _v: 1 }) }, ...more });

const sample = async (registry: Registry, name: string): Promise<string[]> =>
  (await registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`));

describe('the plugins of a slot', () => {
  it('serve side by side under one name', async () => {
    const slot = openHost({ functions: [greet] }).openSlot('greeter');
    const first = await slot.load(await answering('one'));
    const second = await slot.load(await answering('two'));
    expect([first, second].map((plugin) => plugin.name)).toEqual(['greeter', 'greeter']);
    expect([first, second].map((plugin) => plugin.dispatchSync(greet, {}))).toMatchObject([
      { response: { text: 'one' } },
      { response: { text: 'two' } },
    ]);
    await first.close();
    expect(first.dispatchSync(greet, {})).toMatchObject({ error: { code: 'closed' } });
    expect(second.dispatchSync(greet, {})).toMatchObject({ response: { text: 'two' } });
  });

  it('share their counters, which also include closed plugins', async () => {
    const registry = new Registry();
    const slot = openHost({ functions: [greet], registry }).openSlot('greeter');
    const first = await slot.load(await answering('one'));
    first.dispatchSync(greet, {});
    const fuel = first.health().usage.totalFuel;
    const second = await slot.load(await answering('two'));
    await first.close();
    second.dispatchSync(greet, {});
    expect(await sample(registry, 'cc_lb_plugin_dispatch_total')).toContain(
      'cc_lb_plugin_dispatch_total{plugin="greeter",function="greet",outcome="ok"} 2',
    );
    expect(fuel).toBeGreaterThan(0);
    expect(await sample(registry, 'cc_lb_plugin_fuel_total')).toEqual([
      `cc_lb_plugin_fuel_total{plugin="greeter"} ${fuel + second.health().usage.totalFuel}`,
    ]);
    expect(slot.recent()).toEqual({ dispatches: 2, fallbacks: 0, fallbackShare: 0 });
  });

  it('appear in the gauges one at a time', async () => {
    const registry = new Registry();
    const slot = openHost({ functions: [greet], registry }).openSlot('greeter');
    const first = await slot.load(await answering('one'));
    const second = await slot.load(await answering('two'));
    const info = (sha256: string) =>
      `cc_lb_plugin_info{plugin="greeter",version="${first.identity.plugin_version}",sha256="${sha256}"} 1`;
    expect(first.sha256).not.toBe(second.sha256);
    expect(await sample(registry, 'cc_lb_plugin_info')).toEqual([info(first.sha256)]);
    second.promote();
    expect(await sample(registry, 'cc_lb_plugin_info')).toEqual([info(second.sha256)]);
    await second.close();
    expect(await sample(registry, 'cc_lb_plugin_info')).toEqual([]);
    expect(await sample(registry, 'cc_lb_plugin_loaded')).toEqual([
      'cc_lb_plugin_loaded{plugin="greeter"} 0',
    ]);
    second.promote();
    first.promote();
    expect(await sample(registry, 'cc_lb_plugin_info')).toEqual([info(first.sha256)]);
  });

  it('share a store unless storageScope names another', async () => {
    const storing = await buildPlugin({
      requiredCapabilities: ['storage'],
      functions: {
        act: behave.callHostFunction({ name: 'cc_lb_storage_put', args: ['key', 'value'] }),
      },
    });
    const storage = createMemoryStorage();
    const host = openHost({ functions: [act], storage });
    const slot = host.openSlot('keeper');
    const load = { capabilities: ['storage'] };
    const first = await slot.load(storing, load);
    await slot.load(storing, load);
    await slot.load(storing, { ...load, storageScope: 'canary' });
    first.dispatchSync(act, { text: '' });
    const values = await Promise.all(
      ['keeper', 'canary'].map(async (scope) => await storage.open(scope, { quotaBytes: 1000 })),
    );
    expect(values.map((store) => store.get('key')?.byteLength)).toEqual([5, undefined]);
  });

  it('are closed when the slot closes, and the name is free again', async () => {
    const host = openHost({ functions: [greet] });
    const slot = host.openSlot('greeter');
    const plugin = await slot.load(await answering('one'));
    expect(await failureOf(host.load(await answering('two'), { name: 'greeter' }))).toMatchObject({
      code: 'name_in_use',
    });
    await slot.close();
    expect(plugin.health().status).toBe('closed');
    expect(await failureOf(slot.load(await answering('one')))).toMatchObject({ code: 'slot_closed' });
    await host.load(await answering('two'), { name: 'greeter' });
    expect(() => host.openSlot('greeter')).toThrow(expect.objectContaining({ code: 'name_in_use' }));
  });

  it('are rejected if the slot closes while they load', async () => {
    const host = openHost({ functions: [greet] });
    const slot = host.openSlot('greeter');
    const loading = slot.load(await answering('one'));
    await slot.close();
    expect(await failureOf(loading)).toMatchObject({ code: 'slot_closed' });
  });

  it('keep the name if another one of them is refused', async () => {
    const slot = openHost({ functions: [greet] }).openSlot('greeter');
    const first = await slot.load(await answering('one'));
    expect(await failureOf(slot.load(new Uint8Array([1, 2, 3])))).toMatchObject({ code: 'not_wasm' });
    expect(first.dispatchSync(greet, {})).toMatchObject({ kind: 'ok' });
  });
});

describe('a slot without a plugin', () => {
  it('returns the fallback, and counts and logs it', async () => {
    const registry = new Registry();
    const { lines, logger } = keepLines();
    const slot = openHost({ functions: [greet], registry, logger }).openSlot('greeter');
    expect(slot.fallBack(greet, {}, 'not_loaded')).toMatchObject({
      kind: 'fallback',
      policy: 'silent_skip',
      error: { stage: 'plugin_call', code: 'not_loaded' },
    });
    expect(await sample(registry, 'cc_lb_plugin_dispatch_errors_total')).toEqual([
      'cc_lb_plugin_dispatch_errors_total{plugin="greeter",function="greet",stage="plugin_call",code="not_loaded"} 1',
    ]);
    expect(lines).toMatchObject([{ plugin: 'greeter', function: 'greet', code: 'not_loaded' }]);
    expect(slot.recent()).toMatchObject({ dispatches: 1, fallbacks: 1 });
  });

  it('counts a dispatch to a disabled plugin, but not as an error', async () => {
    const registry = new Registry();
    const { lines, logger } = keepLines();
    const slot = openHost({ functions: [greet], registry, logger }).openSlot('greeter');
    expect(slot.fallBack(greet, {}, 'disabled')).toMatchObject({ error: { code: 'disabled' } });
    expect(await sample(registry, 'cc_lb_plugin_dispatch_total')).toContain(
      'cc_lb_plugin_dispatch_total{plugin="greeter",function="greet",outcome="disabled"} 1',
    );
    expect(await sample(registry, 'cc_lb_plugin_dispatch_errors_total')).toEqual([]);
    expect(lines).toEqual([]);
    expect(slot.recent()).toMatchObject({ dispatches: 0, fallbacks: 0 });
  });

  it('still validates requests', () => {
    const slot = openHost({ functions: [greet] }).openSlot('greeter');
    expect(slot.fallBack(greet, { text: 1 } as never, 'not_loaded')).toMatchObject({
      error: { stage: 'request_envelope', code: 'schema_mismatch' },
    });
  });
});

describe('a load with known metadata', () => {
  const refusing = async () => await answering('one', { handshake: behave.trap('unreachable') });

  it('skips the handshake and the self-check', async () => {
    const host = openHost({ functions: [greet] });
    const { metadata } = await host.load(await answering('one'), { name: 'first' });
    const plugin = await host.load(await refusing(), { name: 'second', metadata });
    expect(plugin.metadata).toEqual(metadata);
    expect(plugin.dispatchSync(greet, {})).toMatchObject({ kind: 'ok' });
  });

  it.each([
    ['another plugin', { identity: { plugin_name: 'other', plugin_version: '1.0.0' } }],
    ['a function that is not offered', { negotiated_functions: { other: 1 } }],
    ['a version that is not offered', { negotiated_functions: { greet: 2 } }],
    ['a capability that is not granted', { negotiated_capabilities: ['storage'] }],
    ['a self-check that failed', { self_check_passed: false }],
    ['an expiry in the past', { expires_at: 1 }],
  ])('still performs the handshake if the metadata has %s', async (_, changes) => {
    const host = openHost({ functions: [greet] });
    const { metadata } = await host.load(await answering('one'), { name: 'first' });
    const changed = { ...metadata, ...changes } as typeof metadata;
    expect(await failureOf(host.load(await refusing(), { name: 'second', metadata: changed }))).toMatchObject(
      {
        stage: 'handshake',
        code: 'unreachable',
      },
    );
  });
});

describe('a ping', () => {
  it('repeats the self-check', async () => {
    const plugin = await openHost({ functions: [greet] }).load(await answering('one'));
    expect(await plugin.ping()).toEqual({ ok: true });
    await plugin.close();
    expect(await plugin.ping()).toMatchObject({ ok: false, stage: 'instantiate', code: 'closed' });
  });

  it('returns the code if the plugin now fails', async () => {
    const host = openHost({ functions: [greet] });
    const { metadata } = await host.load(await answering('one'), { name: 'first' });
    const broken = await answering('one', { selfCheck: behave.trap('unreachable') });
    const plugin = await host.load(broken, { name: 'second', metadata });
    expect(await plugin.ping()).toMatchObject({ ok: false, stage: 'self_check', code: 'unreachable' });
    expect(plugin.dispatchSync(greet, {})).toMatchObject({ kind: 'ok' });
  });
});
