import { context, metrics, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { createOperator, type Operator } from '@plugwire/operate';
import { behave, type Behaviour, buildPlugin } from '@plugwire/pdk-fixtures';
import { createPluginHost } from '@plugwire/runtime';
import { defineWireFunction } from '@plugwire/wire';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

import { traceDispatch } from './trace-dispatch.ts';
import { tracePlugins } from './trace-plugins.ts';

const SECRET = 'k9Zq-wX3v';
const greet = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: '' }, response: { text: '' } },
});
const answers = behave.answer({ _v: 1, text: 'Moin!' });
const crashes = behave.trap('unreachable');

const build = async (behaviour: Behaviour): Promise<Uint8Array> =>
  await buildPlugin({ functions: { greet: behaviour } });

/** The real SDK, and an operator over a real host. */
const open = () => {
  const spans = new InMemorySpanExporter();
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const tracing = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const metering = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracing);
  metrics.setGlobalMeterProvider(metering);
  const stop = tracePlugins();
  const host = createPluginHost({ functions: [greet], limits: { deadlineMs: 10_000 } });
  const operator: Operator = createOperator({ host });
  onTestFinished(async () => {
    stop();
    await operator.close();
    await host.close();
    await tracing.shutdown();
    await metering.shutdown();
    for (const api of [context, trace, metrics]) api.disable();
  });
  return {
    operator,
    stop,
    spans: () => spans.getFinishedSpans(),
    /** The points of a metric, as attributes and value. */
    points: async (name: string) => {
      await metering.forceFlush();
      const last = exporter.getMetrics().at(-1);
      const found = last?.scopeMetrics
        .flatMap((scope) => scope.metrics)
        .find((each) => each.descriptor.name === name);
      return found?.dataPoints.map(({ attributes, value }) => ({ attributes, value })) ?? [];
    },
  };
};

it('adds a failed dispatch to the span of its request, and counts it', async () => {
  const { operator, spans, points } = open();
  const greeter = operator.open('greeter');
  await greeter.swap(await build(crashes));
  trace.getTracer('test').startActiveSpan('request', (span) => {
    greeter.dispatchSync(greet, { name: SECRET });
    span.end();
  });
  const failed = {
    'plugwire.plugin': 'greeter',
    'plugwire.function': 'greet',
    'plugwire.stage': 'plugin_call',
    'plugwire.code': 'unreachable',
    'plugwire.policy': 'silent_skip',
  };
  expect(spans()).toMatchObject([
    { name: 'request', events: [{ name: 'plugwire.dispatch_failed', attributes: failed }] },
  ]);
  expect(await points('plugwire.dispatch.failures')).toEqual([{ attributes: failed, value: 1 }]);
  expect(JSON.stringify(spans().map(({ events, attributes }) => [events, attributes]))).not.toContain(SECRET);
});

it('records a dispatch as a span with its outcome', async () => {
  const { operator, spans } = open();
  const greeter = operator.open('greeter');
  await greeter.swap(await build(answers));
  expect(traceDispatch(greeter, greet, { name: 'Ada' }).kind).toBe('ok');
  await greeter.swap(await build(crashes));
  expect(traceDispatch(greeter, greet, { name: 'Ada' }).kind).toBe('fallback');
  expect(spans()).toMatchObject([
    { name: 'plugin greeter greet', attributes: { 'plugwire.outcome': 'ok' }, events: [] },
    {
      attributes: { 'plugwire.outcome': 'fallback' },
      status: { code: SpanStatusCode.ERROR, message: 'plugin_call/unreachable' },
      events: [{ name: 'plugwire.dispatch_failed' }],
    },
  ]);
});

it('reports loads, swaps and breakers, also without an active span', async () => {
  const { operator, spans, points } = open();
  const greeter = operator.open('greeter');
  await greeter.swap(await build(answers));
  await greeter.swap(await build(crashes), { breaker: { minimumCalls: 1 } });
  await expect(greeter.swap('./no-such-file.wasm')).rejects.toMatchObject({ code: 'not_found' });
  while (greeter.health().breaker !== 'open') greeter.dispatchSync(greet, { name: 'Ada' });
  trace.getTracer('test').startActiveSpan('rollback', (span) => {
    greeter.rollBack();
    span.end();
  });

  const plugin = { 'plugwire.plugin': 'greeter' };
  expect(await points('plugwire.loads')).toEqual([
    { attributes: { ...plugin, 'plugwire.stage': 'ok', 'plugwire.code': 'ok' }, value: 2 },
    { attributes: { ...plugin, 'plugwire.stage': 'read', 'plugwire.code': 'not_found' }, value: 1 },
  ]);
  expect(await points('plugwire.swaps')).toEqual([
    { attributes: { ...plugin, 'plugwire.how': 'swap' }, value: 2 },
    { attributes: { ...plugin, 'plugwire.how': 'roll_back' }, value: 1 },
  ]);
  expect(await points('plugwire.breaker.state')).toEqual([{ attributes: plugin, value: 2 }]);
  expect(spans()).toMatchObject([
    { name: 'rollback', events: [{ name: 'plugwire.swap', attributes: { 'plugwire.how': 'roll_back' } }] },
  ]);
});

it('reports nothing after it was stopped', async () => {
  const { operator, stop, points } = open();
  stop();
  await operator.open('greeter').swap(await build(answers));
  expect(await points('plugwire.loads')).toEqual([]);
});
