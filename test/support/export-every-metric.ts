import { createOperator } from '@plugwire/operate';
import { behave, type Behaviour, buildPlugin } from '@plugwire/pdk-fixtures';
import { createPluginHost, numberBlockBytes } from '@plugwire/runtime';
import { createMetricSpy } from '@plugwire/testing';
import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

const form = { request: z.strictObject({ text: z.string() }), response: z.strictObject({}) };
const sample = { request: { text: '' }, response: {} };

const count = defineWireFunction({ name: 'count', fallback: 'silent_skip', ...form, sample });
const crash = defineWireFunction({ name: 'crash', fallback: 'use_default', ...form, sample }).withDefault(
  ({ text }) => {
    if (text !== sample.request.text) throw new Error('this default is broken');
    return {};
  },
);

const add = (name: string): Behaviour =>
  behave.callHostFunction({ name: 'cc_lb_metric_incr', args: [name, numberBlockBytes('u64-block', 1n)] });
/** Increments two counters, of which one is above the limit. */
const counting = behave.sequence(add('hits'), add('misses'), behave.answer({ _v: 1 }));

/**
 * Runs everything that a host counts on a real host: dispatches with every outcome, a default that fails, refused loads, and counters of a
 * plugin. Returns the labels of each series by name.
 */
export const exportEveryMetric = async (): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  const { registry } = createMetricSpy();
  await using host = createPluginHost({
    functions: [count, crash],
    registry,
    limits: { deadlineMs: 10_000 },
  });
  await using operator = createOperator({ host });
  const plugin = operator.open('counter');
  await plugin.swap(
    await buildPlugin({
      functions: { count: counting, crash: behave.trap('unreachable') },
      requiredCapabilities: ['metrics'],
    }),
    { capabilities: ['metrics'], limits: { metricSeries: 1 } },
  );
  await plugin.swap('./no-such-file.wasm').catch(() => {});
  plugin.dispatchSync(count, { text: 'counted' });
  plugin.dispatchSync(count, { text: 1 as never });
  plugin.dispatchSync(crash, { text: 'crashed' });
  await plugin.disable();
  plugin.dispatchSync(count, { text: 'skipped' });

  const labels = new Map<string, Set<string>>();
  for (const { name, values } of await registry.getMetricsAsJSON()) {
    for (const value of values) {
      const own = (value as { readonly metricName?: string }).metricName ?? name;
      const known = labels.get(own) ?? new Set();
      labels.set(own, known);
      for (const label of Object.keys(value.labels)) known.add(label);
    }
  }
  return labels;
};
