import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { CHANNELS, type ServingPlugin } from '@plugwire/runtime';
import pino from 'pino';
import { Registry } from 'prom-client';
import { expect, it, onTestFinished } from 'vitest';

import { get, kvPlugin, openHost } from './testing/kv.ts';

/** What is seen from outside of some dispatches to a plugin: counters, lines and messages on channels. */
const observe = async (load: (host: ReturnType<typeof openHost>) => Promise<ServingPlugin>) => {
  const registry = new Registry();
  const lines: Record<string, unknown>[] = [];
  const published: unknown[] = [];
  const listen = (message: unknown): void => void published.push(message);
  for (const channel of Object.values(CHANNELS)) subscribe(channel, listen);
  onTestFinished(() => {
    for (const channel of Object.values(CHANNELS)) unsubscribe(channel, listen);
  });
  const logger = pino({ level: 'trace' }, { write: (text: string) => void lines.push(JSON.parse(text)) });
  const host = openHost({ logger, registry, breaker: { minimumCalls: 3, failureShare: 0.5 } });
  const plugin = await load(host);
  await plugin.dispatch(get, { key: 'pid' });
  await plugin.dispatch(get, { key: 7 } as never);
  for (let call = 0; call < 3; call += 1)
    await plugin.dispatch(get, { key: 'a' }, { deadlineMs: 0, fields: { request: call } });
  const metrics = (await registry.metrics())
    .split('\n')
    .filter((line) =>
      /^cc_lb_plugin_(dispatch_total|dispatch_errors|loaded|breaker_state|load_total)/.test(line),
    );
  const shown = lines
    .filter(({ target }) => target === 'cc_lb_plugin.dispatch' || target === 'cc_lb_plugin.breaker')
    .map(({ level, msg, stage, code, policy, function: name, request }) => ({
      level,
      msg,
      stage,
      code,
      policy,
      name,
      request,
    }));
  const { breaker, recent } = plugin.health();
  return {
    metrics,
    shown,
    health: { breaker, recent },
    kinds: published.map((each) => Object.keys(each as object)),
  };
};

it('a process has the same metrics, log lines and events as a module', async () => {
  const module = await observe(
    async (host) =>
      await host.load(await buildPlugin({ functions: { get: behave.answer({ value: '1', _v: 1 }) } }), {
        name: 'kv',
      }),
  );
  const process = await observe(async (host) => await host.load(kvPlugin(), { name: 'kv' }));
  expect(process).toEqual(module);
  expect(process.metrics).toContain(
    'cc_lb_plugin_dispatch_total{plugin="kv",function="get",outcome="refused"} 1',
  );
});
