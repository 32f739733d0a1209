import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { defineHostFunction, LOG_TARGETS } from '@plugwire/runtime';
import { describe, expect, it } from 'vitest';

import { failingPlugin } from '../failures/failing-plugin.ts';
import { openTestPlugin } from '../plugins/open-test-plugin.ts';
import { greet, schedule } from '../testing/contracts.ts';
import { createLogSpy } from './log-spy.ts';
import { createMetricSpy } from './metric-spy.ts';
import { requirePeer } from './require-peer.ts';

const failing = (name = 'rude') =>
  failingPlugin(greet, { stage: 'plugin_call', code: 'guest_error' }, { name });

describe('a log spy', () => {
  it('returns the parsed lines of a host by target, plugin and level', async () => {
    await using test = await openTestPlugin(failing(), [greet]);
    test.plugin.dispatchSync(greet, { name: 'Ada' }, { fields: { request_id: 'r-1' } });
    const lines = test.logs.lines({ target: LOG_TARGETS.dispatch });
    expect(lines).toMatchObject([
      {
        level: 40,
        plugin: 'rude',
        function: 'greet',
        stage: 'plugin_call',
        code: 'guest_error',
        request_id: 'r-1',
      },
    ]);
    expect(test.logs.lines({ plugin: 'rude', level: 'warn' })).toEqual(lines);
    expect(test.logs.lines({ plugin: 'another' })).toEqual([]);
    expect(test.logs.lines({ target: LOG_TARGETS.load, level: 'info' })).toHaveLength(1);
    expect(test.logs.text()).toBe(
      test.logs
        .lines()
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    );
  });

  it('is a pino logger of any level, and can be cleared', () => {
    const logs = createLogSpy({ level: 'warn' });
    logs.logger.info('no');
    logs.logger.child({ plugin: 'x' }).error({ any: 1 }, 'yes');
    expect(logs.lines()).toMatchObject([{ level: 50, msg: 'yes', plugin: 'x', any: 1 }]);
    logs.clear();
    expect(logs.lines()).toEqual([]);
    expect(logs.text()).toBe('');
  });
});

describe('a metric spy', () => {
  it('returns values by labels, summed over all series with these labels', async () => {
    await using test = await openTestPlugin(failing(), [greet]);
    await test.host.load((await failing()).source, { name: 'other' });
    for (let times = 0; times < 3; times += 1) test.plugin.dispatchSync(greet, { name: 'Ada' });
    const { metrics } = test;
    expect(await metrics.value('cc_lb_plugin_dispatch_total', { plugin: 'rude', outcome: 'fallback' })).toBe(
      3,
    );
    expect(await metrics.value('cc_lb_plugin_dispatch_total', { plugin: 'rude', outcome: 'ok' })).toBe(0);
    expect(await metrics.value('cc_lb_plugin_dispatch_total', { plugin: 'nobody' })).toBe(0);
    expect(await metrics.value('cc_lb_plugin_loaded')).toBe(2);
    expect(await metrics.value('cc_lb_plugin_dispatch_duration_seconds_count', { function: 'greet' })).toBe(
      3,
    );
    expect(await metrics.fallbacks('rude')).toEqual([
      { plugin: 'rude', function: 'greet', stage: 'plugin_call', code: 'guest_error', count: 3 },
    ]);
    expect(await metrics.fallbacks()).toHaveLength(1);
    expect(await metrics.fallbacks('other')).toEqual([]);
    expect(await metrics.text()).toContain('cc_lb_plugin_loaded{plugin="other"} 1');
  });

  it('returns 0 for a histogram before its first observation', async () => {
    await using test = await openTestPlugin(failing(), [greet]);
    expect(await test.metrics.value('cc_lb_plugin_dispatch_duration_seconds_count')).toBe(0);
  });

  it('rejects an unknown metric, whose value would always be 0', async () => {
    await expect(createMetricSpy().value('cc_lb_plugin_dispatchs')).rejects.toThrow(
      'the registry has no metric "cc_lb_plugin_dispatchs": expected one of none, because nothing is registered.',
    );
  });
});

describe('openTestPlugin', () => {
  it('closes the host at the end of the block', async () => {
    let closed;
    {
      await using test = await openTestPlugin(failing(), [greet]);
      closed = test;
    }
    expect(closed.plugin.health().status).toBe('closed');
    await expect(closed.host.load(new Uint8Array())).rejects.toMatchObject({ code: 'host_closed' });
  });

  it('accepts any source of host.load, and passes options on', async () => {
    const bytes = await buildPlugin({
      functions: { greet: behave.configGet('answer') },
    });
    await using test = await openTestPlugin({ modules: [{ name: 'main', source: bytes }] }, [greet], {
      load: { name: 'main', config: { answer: '{"_v":1,"text":"configured"}' } },
      host: { revealGuestErrors: true },
    });
    expect(test.plugin.name).toBe('main');
    expect(test.plugin.dispatchSync(greet, { name: '' }).response).toEqual({ text: 'configured' });
  });

  it('keeps the caller’s host functions in addition to those that a failure needs', async () => {
    let calls = 0;
    const count = defineHostFunction({
      namespace: 'plugwire_testing',
      name: 'count',
      run: () => {
        calls += 1;
      },
    });
    const failure = { stage: 'plugin_call', code: 'host_function_failed' } as const;
    await using test = await openTestPlugin(failingPlugin(greet, failure), [greet], {
      host: { hostFunctions: [count] },
    });
    await using other = await openTestPlugin(
      buildPlugin({
        functions: { greet: behave.callHostFunction({ namespace: 'plugwire_testing', name: 'count' }) },
      }),
      [greet],
      { host: { hostFunctions: [count] } },
    );
    expect(test.plugin.dispatchSync(greet, { name: '' })).toMatchObject({ error: failure });
    other.plugin.dispatchSync(greet, { name: '' });
    expect(calls).toBe(1);
  });

  it('rejects with the errors of host.load', async () => {
    await expect(openTestPlugin('/no/such/plugin.wasm', [greet])).rejects.toMatchObject({
      stage: 'read',
      code: 'not_found',
    });
    await expect(openTestPlugin(failing(), [schedule])).rejects.toMatchObject({ stage: 'handshake' });
    await expect(openTestPlugin(7 as never, [greet])).rejects.toMatchObject({ code: 'bad_source' });
  });
});

it('the error for a missing peer dependency says what to install', () => {
  expect(() => requirePeer('no-such-peer' as never, 'createLogSpy')).toThrow(
    'createLogSpy needs no-such-peer, which cannot be loaded: npm install --save-dev no-such-peer',
  );
});
