import { behave, type Behaviour, buildPlugin } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { defineHostFunction } from '../host-functions/define-host-function.ts';
import type { PluginHost, PluginHostOptions } from '../host/plugin-host.ts';
import { createMemoryStorage } from '../storage/create-memory-storage.ts';
import type { PluginStorage, PluginStore, PutResult } from '../storage/plugin-storage.ts';
import { ask } from '../testing/contracts.ts';
import { keepLines } from '../testing/keep-lines.ts';
import { openHost } from '../testing/open-plugin.ts';

const done = behave.answer({ _v: 1, text: 'done' });
const put = behave.callHostFunction({ name: 'cc_lb_storage_put', args: ['key', '{"_v":1,"text":"kept"}'] });
const answerStored = behave.callHostFunction({
  name: 'cc_lb_storage_get',
  args: ['key'],
  result: 'i64',
  answersResult: true,
});

const plugin = async (behaviour: Behaviour, requiredCapabilities = ['storage']) =>
  await buildPlugin({ functions: { ask: behaviour }, requiredCapabilities });
const granted = { name: 'keeper', capabilities: ['storage'] };

const createHost = (options: Partial<PluginHostOptions> = {}): PluginHost =>
  openHost({ functions: [ask], ...options });

/** A storage in memory that records the events of its stores. Their methods can be replaced. */
const noting = (change: Partial<PluginStore> = {}) => {
  const events: string[] = [];
  const inner = createMemoryStorage();
  const storage: PluginStorage = {
    ...inner,
    open: async (scope, options) => {
      events.push(`open ${scope} ${options.quotaBytes}`);
      const store = await inner.open(scope, options);
      return {
        get: (key) => store.get(key),
        put: (key, value) => {
          events.push('put');
          return store.put(key, value);
        },
        close: async () => {
          events.push('close');
          await store.close();
        },
        ...change,
      };
    },
  };
  return { storage, events };
};

describe('the store of a plugin', () => {
  it('is opened at load with the operator’s name and the quota, and closed with the plugin', async () => {
    const { storage, events } = noting();
    const host = createHost({ storage });
    const loaded = await host.load(await plugin(done), { ...granted, limits: { storageBytes: 77 } });
    expect(events).toEqual(['open keeper 77']);
    await Promise.all([loaded.close(), loaded.close()]);
    expect(events).toEqual(['open keeper 77', 'close']);
  });

  it('is not opened if storage is granted but not required', async () => {
    const { storage, events } = noting();
    await createHost({ storage }).load(await plugin(done, []), granted);
    expect(events).toEqual([]);
  });

  it('keeps its values for the next plugin with the same name, and for no other', async () => {
    const host = createHost();
    const writer = await host.load(await plugin(behave.sequence(put, done)), granted);
    expect(writer.dispatchSync(ask, {}).kind).toBe('ok');
    await writer.close();
    const reader = await host.load(await plugin(answerStored), granted);
    expect(reader.dispatchSync(ask, {})).toMatchObject({ response: { text: 'kept' } });
    const stranger = await host.load(await plugin(answerStored), { ...granted, name: 'stranger' });
    expect(stranger.dispatchSync(ask, {})).toMatchObject({ error: { code: 'empty_output' } });
  });

  it('is not shared between hosts without a storage option', async () => {
    const writer = await createHost().load(await plugin(behave.sequence(put, done)), granted);
    writer.dispatchSync(ask, {});
    const reader = await createHost().load(await plugin(answerStored), granted);
    expect(reader.dispatchSync(ask, {})).toMatchObject({ error: { code: 'empty_output' } });
  });

  it('is closed after the running call, even if that call closes its own plugin', async () => {
    const { storage, events } = noting();
    const shut = defineHostFunction({ name: 'shut', run: () => void loaded.close() });
    const host = createHost({ storage, hostFunctions: [shut] });
    const run = behave.sequence(behave.callHostFunction({ name: 'shut' }), put, done);
    const loaded = await host.load(await plugin(run), granted);
    expect(loaded.dispatchSync(ask, {}).kind).toBe('ok');
    await loaded.close();
    expect(events).toEqual(['open keeper 1048576', 'put', 'close']);
  });

  it('that cannot be opened fails the load, with the error as the cause and without its text', async () => {
    const cause = new Error('redis://user:SECRET@host');
    const storage: PluginStorage = {
      open: async () => await Promise.reject(cause),
      close: async () => await Promise.resolve(),
    };
    const host = createHost({ storage });
    const loading = host.load(await plugin(done), granted);
    await expect(loading).rejects.toMatchObject({ stage: 'instantiate', code: 'storage_not_opened', cause });
    await expect(loading).rejects.not.toThrow('SECRET');
    await host.load(await plugin(done, []), granted); // the name is free again
  });

  it('is closed again if the plugin cannot be instantiated', async () => {
    const { storage, events } = noting();
    let calls = 0;
    // The clock works for the first instance, which the handshake uses, and fails for the second.
    const sources = { nowUnixMs: () => (calls++ === 0 ? 7 : Number.NaN) };
    const wasi = 'wasi_snapshot_preview1';
    const bytes = await buildPlugin({
      functions: { ask: done },
      requiredCapabilities: ['storage'],
      imports: [`(import "${wasi}" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))`],
      wat: [
        '(func $begin (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 8))))',
        '(export "_initialize" (func $begin))',
      ],
    });
    const loading = createHost({ storage, sources }).load(bytes, { ...granted, wasi: true });
    await expect(loading).rejects.toMatchObject({ stage: 'instantiate', code: 'source_failed' });
    expect(events).toEqual(['open keeper 1048576', 'close']);
  });

  it('that fails to close is logged, and the name is free again', async () => {
    const { lines, logger } = keepLines();
    const { storage } = noting({ close: async () => await Promise.reject(new Error('SECRET')) });
    const host = createHost({ storage, logger });
    const loaded = await host.load(await plugin(done), granted);
    await loaded.close();
    expect(lines.at(-1)).toMatchObject({
      level: 40,
      target: 'cc_lb_plugin.storage',
      plugin: 'keeper',
      msg: 'plugin store closed with unconfirmed writes',
    });
    expect(JSON.stringify(lines)).not.toContain('SECRET');
    await host.load(await plugin(done), granted);
  });

  it.each<[string, () => unknown, string]>([
    ['cannot be reached', () => 'unavailable' satisfies PutResult, 'storage_unavailable'],
    ['rejects the key', () => 'bad_key' satisfies PutResult, 'bad_argument'],
    ['returns an unknown result', () => 'perhaps', 'storage_unavailable'],
    ['returns a promise', async () => await Promise.reject(new Error('later')), 'storage_unavailable'],
    [
      'throws',
      () => {
        throw new Error('SECRET');
      },
      'host_function_failed',
    ],
  ])('that %s fails the call', async (_, answer, code) => {
    const { storage } = noting({ put: answer as PluginStore['put'] });
    const loaded = await createHost({ storage }).load(await plugin(behave.sequence(put, done)), granted);
    expect(loaded.dispatchSync(ask, {})).toMatchObject({ error: { stage: 'plugin_call', code } });
  });
});
