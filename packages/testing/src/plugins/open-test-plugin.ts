import {
  createPluginHost,
  type LoadOptions,
  type Plugin,
  type PluginHost,
  type PluginHostOptions,
  type PluginSource,
} from '@plugwire/runtime';
import type { WireFunction } from '@plugwire/wire';

import { PATIENT_LIMITS } from './patient-limits.ts';
import type { PreparedPlugin } from './prepared-plugin.ts';
import { type CallSpy, createCallSpy } from '../spies/call-spy.ts';
import { createLogSpy, type LogSpy } from '../spies/log-spy.ts';
import { createMetricSpy, type MetricSpy } from '../spies/metric-spy.ts';

/** What may be opened: what `host.load` takes, or a plugin of this package with what it needs. */
export type TestPluginSource = PluginSource | PreparedPlugin;

/**
 * How the host is created and the plugin loaded; the spies are the host's logger and registry. Without limits of time given for
 * either, a call has 10 s and initialisation 60 s, since tests run on busy machines.
 */
export interface TestPluginOptions {
  readonly load?: LoadOptions;
  readonly host?: Omit<PluginHostOptions, 'functions' | 'logger' | 'registry'>;
}

/** A loaded plugin with the host around it. */
export interface TestPlugin {
  readonly plugin: Plugin;
  readonly host: PluginHost;
  readonly logs: LogSpy;
  readonly metrics: MetricSpy;
  /**
   * What reached the plugin of a contract, oldest first: requests, answers, and calls of host functions. Empty if host or load have
   * `recordings` of their own.
   */
  readonly calls: CallSpy['calls'];
  /** Closes the host and with it the plugin. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Loads a plugin into a host of its own, with a log spy and a metric spy. A plugin of `failingPlugin` is also prepared: its
 * next dispatch fails.
 *
 * A call has 10 s, and initialisation 60 s, instead of what production has: give `limits` of host or load to test with those.
 *
 * Rejects like `host.load`, and if pino or prom-client is not installed; nothing stays open then.
 *
 * @example
 * await using test = await openTestPlugin('./greeter.wasm', [greet]);
 * expect(test.plugin.dispatchSync(greet, { name: 'Ada' })).toBeOk({ text: 'hello, Ada' });
 * expect(test.logs.lines({ target: LOG_TARGETS.dispatch })).toEqual([]);
 */
export const openTestPlugin = async (
  source: TestPluginSource | Promise<TestPluginSource>,
  functions: readonly WireFunction[],
  options: TestPluginOptions = {},
): Promise<TestPlugin> => {
  const given = await source;
  const prepared = isPrepared(given) ? given : undefined;
  const logs = createLogSpy();
  const metrics = createMetricSpy();
  const { recordings, calls } = createCallSpy(functions);
  const host = createPluginHost({
    recordings,
    ...options.host,
    limits: { ...PATIENT_LIMITS, ...options.host?.limits },
    functions,
    hostFunctions: [...(options.host?.hostFunctions ?? []), ...(prepared?.hostOptions.hostFunctions ?? [])],
    logger: logs.logger,
    registry: metrics.registry,
  });
  try {
    const plugin = await host.load(
      isPrepared(given) ? given.source : given,
      mergeLoadOptions(options.load, prepared?.loadOptions),
    );
    await prepared?.prepare(plugin);
    return { plugin, host, logs, metrics, calls, close: host.close, [Symbol.asyncDispose]: host.close };
  } catch (error) {
    await host.close();
    throw error;
  }
};

const isPrepared = (source: TestPluginSource): source is PreparedPlugin =>
  typeof source === 'object' && 'prepare' in source;

/** What a failure needs comes last: without it the plugin would do something else. */
const mergeLoadOptions = (own: LoadOptions = {}, needed: LoadOptions = {}): LoadOptions => {
  const { functions: ownFunctions = {}, ...ownLimits } = own.limits ?? {};
  const { functions: neededFunctions = {}, ...neededLimits } = needed.limits ?? {};
  const functions = { ...ownFunctions };
  for (const [name, limits] of Object.entries(neededFunctions)) {
    functions[name] = { ...functions[name], ...limits };
  }
  return {
    ...own,
    ...needed,
    limits: { ...ownLimits, ...neededLimits, functions },
    breaker: { ...own.breaker, ...needed.breaker },
  };
};
