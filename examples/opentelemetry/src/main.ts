/**
 * `node examples/opentelemetry/dist/main.js` runs a plugin that works, a plugin that crashes, and a rollback, and prints the traces and metrics of
 * OpenTelemetry on the console.
 */
import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  ConsoleMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createOperator } from '@plugwire/operate';
import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { createPluginHost } from '@plugwire/runtime';
import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

import { traceDispatch } from './trace-dispatch.ts';
import { tracePlugins } from './trace-plugins.ts';

const greet = defineWireFunction({
  name: 'greet',
  fallback: 'use_default',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: '' }, response: { text: '' } },
}).withDefault(({ name }) => ({ text: `Good day, ${name}` }));

// Your process sets up the SDK with its own exporters.
const tracing = new BasicTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())],
});
const reader = new PeriodicExportingMetricReader({ exporter: new ConsoleMetricExporter() });
const metering = new MeterProvider({ readers: [reader] });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(tracing);
metrics.setGlobalMeterProvider(metering);

const stop = tracePlugins();
const host = createPluginHost({ functions: [greet] });
const operator = createOperator({ host });
const greeter = operator.open('greeter');
await greeter.swap(await buildPlugin({ functions: { greet: behave.answer({ _v: 1, text: 'Moin!' }) } }));
traceDispatch(greeter, greet, { name: 'Ada' });
await greeter.swap(await buildPlugin({ functions: { greet: behave.trap('unreachable') } }));
traceDispatch(greeter, greet, { name: 'Grace' });
trace.getTracer('operator').startActiveSpan('roll back', (span) => {
  greeter.rollBack();
  span.end();
});
await operator.close();
await host.close();
stop();
await tracing.shutdown();
await metering.shutdown();
