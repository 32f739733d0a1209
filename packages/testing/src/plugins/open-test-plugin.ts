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

/** The plugin to open: any source of `host.load`, or a plugin that this package prepared, such as a failing one. */
export type TestPluginSource = PluginSource | PreparedPlugin;

/**
 * Options of {@link openTestPlugin}. The spies are the host's logger and registry. By default a call has 10 s and initialisation 60 s, because
 * tests run on busy machines. Set `limits` of the host or the load to change that.
 */
export interface TestPluginOptions {
  readonly load?: LoadOptions;
  readonly host?: Omit<PluginHostOptions, 'functions' | 'logger' | 'registry'>;
}

/** A loaded plugin, its host, and the spies. */
export interface TestPlugin {
  readonly plugin: Plugin;
  readonly host: PluginHost;
  readonly logs: LogSpy;
  readonly metrics: MetricSpy;
  /**
   * Returns the calls of a contract that reached the plugin, oldest first, with requests, answers, and calls of host functions. Empty if you
   * set `recordings` for the host or the load.
   */
  readonly calls: CallSpy['calls'];
  /** Closes the host and its plugin. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Loads a plugin into a new host, with spies for logs, metrics and calls. A plugin of `failingPlugin` is also prepared, so that its next
 * dispatch fails.
 *
 * By default a call has 10 s and initialisation 60 s, more than in production. Set `limits` of the host or the load to test with other limits.
 *
 * Rejects with the errors of `host.load`, and with an `Error` if pino or prom-client is not installed. The host is closed in both cases.
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

/** Merges load options. Those that a failure needs win, because the plugin would otherwise not fail in that way. */
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
