import type { DefaultCode, DispatchStage } from '@plugwire/wire';

import type { BreakerState } from '../sandbox/breaker/breaker.ts';
import type { GuestUsage } from '../sandbox/guest-service.ts';
import { createDurationHistogram, type DurationHistogram } from './duration-histogram.ts';
import type { GuestMetrics } from './guest-metrics.ts';
import {
  feedMetric,
  type MetricDescription,
  type MetricRegistry,
  type MetricSample,
} from './metric-family.ts';

/**
 * Every metric, in one table. Labels are operator names, contract names and closed lists; a plugin's own text only where it
 * names its own counters, by Prometheus' rules and in a limited number.
 */
export const METRICS = {
  dispatchTotal: {
    name: 'cc_lb_plugin_dispatch_total',
    help: 'Dispatches by plugin, function and outcome (ok, fallback, refused).',
    type: 'counter',
  },
  defaultErrors: {
    name: 'cc_lb_plugin_default_errors_total',
    help: 'Defaults of contracts that gave no answer, by plugin, function and code.',
    type: 'counter',
  },
  dispatchErrors: {
    name: 'cc_lb_plugin_dispatch_errors_total',
    help: 'Failed dispatches by plugin, function, stage and code.',
    type: 'counter',
  },
  dispatchDuration: {
    name: 'cc_lb_plugin_dispatch_duration_seconds',
    help: 'Duration of dispatches by plugin and function, failed ones included.',
    type: 'histogram',
  },
  loadTotal: {
    name: 'cc_lb_plugin_load_total',
    help: 'Loads by stage and code of the refusal, or ok and ok.',
    type: 'counter',
  },
  fuelTotal: {
    name: 'cc_lb_plugin_fuel_total',
    help: 'Fuel that calls have used, by plugin.',
    type: 'counter',
  },
  fuelLast: {
    name: 'cc_lb_plugin_fuel_last_call',
    help: 'Fuel of the last call that ran, by plugin.',
    type: 'gauge',
  },
  memory: {
    name: 'cc_lb_plugin_memory_bytes',
    help: 'Linear memory of the live instance after its last call, by plugin.',
    type: 'gauge',
  },
  breaker: {
    name: 'cc_lb_plugin_breaker_state',
    help: 'The breaker of a plugin: 0 closed, 1 half open, 2 open.',
    type: 'gauge',
  },
  guestMetric: {
    name: 'cc_lb_plugin_metric_total',
    help: 'What plugins count themselves, by plugin and name.',
    type: 'counter',
  },
  guestMetricDropped: {
    name: 'cc_lb_plugin_metric_dropped_total',
    help: 'Increments that were not counted, since the plugin has too many counters, by plugin.',
    type: 'counter',
  },
  loaded: { name: 'cc_lb_plugin_loaded', help: 'Plugins that are loaded now, by plugin.', type: 'gauge' },
} as const satisfies Record<string, MetricDescription>;

/** The counts of one function of one plugin. */
export interface FunctionCounts {
  countOk(): void;
  /** A dispatch that fell back. */
  countFallback(stage: DispatchStage, code: string): void;
  /** A request that the contract refused, so that the plugin was not asked. */
  countRefused(stage: DispatchStage, code: string): void;
  /** A default that gave no answer, beside the fallback that it was run for. */
  countDefaultError(code: DefaultCode): void;
  observe(seconds: number): void;
}

/** The counts of one plugin; they are gone from the registry when it closes. */
export interface PluginCounts {
  forFunction(name: string): FunctionCounts;
  close(): void;
}

/** What a plugin has used, read at a scrape. */
interface PluginUsage extends GuestUsage {
  readonly breaker: BreakerState;
}

/** The counts of one host. */
export interface HostMetrics {
  countLoad(stage: string, code: string): void;
  openPlugin(plugin: string, readUsage: () => PluginUsage, own: GuestMetrics): PluginCounts;
  close(): void;
}

/** Creates a host's counts, and feeds them to the registry if there is one. Throws `PlugwireUsageError` `registry_conflict`. */
export const createHostMetrics = (registry: MetricRegistry | undefined): HostMetrics => {
  const loads = new Map<string, CountedLabels>();
  const plugins = new Map<string, PluginState>();

  const eachFunction =
    (samples: (state: FunctionState, labels: FunctionLabels) => MetricSample[]) => (): MetricSample[] =>
      [...plugins].flatMap(([plugin, { functions }]) =>
        [...functions].flatMap(([name, state]) => samples(state, { plugin, function: name })),
      );

  const eachPlugin = (read: (usage: PluginUsage) => number) => (): MetricSample[] =>
    [...plugins].map(([plugin, { readUsage }]) => ({ labels: { plugin }, value: read(readUsage()) }));

  const feeds =
    registry === undefined
      ? []
      : [
          feedMetric(registry, METRICS.dispatchTotal, eachFunction(totalSamples)),
          feedMetric(registry, METRICS.dispatchErrors, eachFunction(errorSamples)),
          feedMetric(registry, METRICS.defaultErrors, eachFunction(defaultErrorSamples)),
          feedMetric(registry, METRICS.dispatchDuration, eachFunction(durationSamples)),
          feedMetric(registry, METRICS.loadTotal, () => [...loads.values()].map(toSample)),
          feedMetric(
            registry,
            METRICS.fuelTotal,
            eachPlugin((usage) => usage.totalFuel),
          ),
          feedMetric(
            registry,
            METRICS.fuelLast,
            eachPlugin((usage) => usage.lastFuel),
          ),
          feedMetric(
            registry,
            METRICS.memory,
            eachPlugin((usage) => usage.memoryBytes),
          ),
          feedMetric(
            registry,
            METRICS.breaker,
            eachPlugin((usage) => BREAKER_VALUES[usage.breaker]),
          ),
          feedMetric(registry, METRICS.guestMetric, () =>
            [...plugins].flatMap(([plugin, { guest }]) =>
              [...guest.counters].map(([name, value]) => ({ labels: { plugin, name }, value })),
            ),
          ),
          feedMetric(registry, METRICS.guestMetricDropped, () =>
            [...plugins].map(([plugin, { guest }]) => ({ labels: { plugin }, value: guest.dropped() })),
          ),
          feedMetric(
            registry,
            METRICS.loaded,
            eachPlugin(() => 1),
          ),
        ];

  return {
    countLoad: (stage, code) => count(loads, { stage, code }),
    openPlugin: (plugin, readUsage, guest) => {
      const functions = new Map<string, FunctionState>();
      const own: PluginState = { functions, readUsage, guest };
      plugins.set(plugin, own);
      return {
        forFunction: (name) => {
          const present = functions.get(name);
          if (present !== undefined) return present;
          const state = createFunctionState();
          functions.set(name, state);
          return state;
        },
        close: () => {
          if (plugins.get(plugin) === own) plugins.delete(plugin);
        },
      };
    },
    close: () => {
      for (const end of feeds) end();
    },
  };
};

interface PluginState {
  readonly functions: Map<string, FunctionState>;
  readonly readUsage: () => PluginUsage;
  readonly guest: GuestMetrics;
}

/** A state as a number, worse ones higher, so that an alert can be a threshold. */
const BREAKER_VALUES: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 };

interface FunctionLabels extends Record<string, string> {
  plugin: string;
  function: string;
}

interface CountedLabels {
  readonly labels: Readonly<Record<string, string>>;
  value: number;
}

const OUTCOMES = ['ok', 'fallback', 'refused'] as const;

interface FunctionState extends FunctionCounts {
  readonly totals: Record<(typeof OUTCOMES)[number], number>;
  readonly errors: ReadonlyMap<string, CountedLabels>;
  readonly defaultErrors: ReadonlyMap<string, CountedLabels>;
  readonly durations: DurationHistogram;
}

const createFunctionState = (): FunctionState => {
  const totals = { ok: 0, fallback: 0, refused: 0 };
  const errors = new Map<string, CountedLabels>();
  const defaultErrors = new Map<string, CountedLabels>();
  const durations = createDurationHistogram();
  return {
    totals,
    errors,
    defaultErrors,
    durations,
    countOk: () => {
      totals.ok += 1;
    },
    countFallback: (stage, code) => {
      totals.fallback += 1;
      count(errors, { stage, code });
    },
    countRefused: (stage, code) => {
      totals.refused += 1;
      count(errors, { stage, code });
    },
    countDefaultError: (code) => count(defaultErrors, { code }),
    observe: (seconds) => durations.observe(seconds),
  };
};

const count = (counted: Map<string, CountedLabels>, labels: Readonly<Record<string, string>>): void => {
  const key = Object.values(labels).join(' ');
  const present = counted.get(key);
  if (present === undefined) counted.set(key, { labels, value: 1 });
  else present.value += 1;
};

const toSample = ({ labels, value }: CountedLabels): MetricSample => ({ labels, value });

const totalSamples = ({ totals }: FunctionState, labels: FunctionLabels): MetricSample[] =>
  OUTCOMES.map((outcome) => ({
    labels: { ...labels, outcome },
    value: totals[outcome],
  }));

const countedSamples = (
  counted: ReadonlyMap<string, CountedLabels>,
  labels: FunctionLabels,
): MetricSample[] =>
  [...counted.values()].map((each) => ({ labels: { ...labels, ...each.labels }, value: each.value }));

const errorSamples = ({ errors }: FunctionState, labels: FunctionLabels): MetricSample[] =>
  countedSamples(errors, labels);

const defaultErrorSamples = ({ defaultErrors }: FunctionState, labels: FunctionLabels): MetricSample[] =>
  countedSamples(defaultErrors, labels);

const durationSamples = ({ durations }: FunctionState, labels: FunctionLabels): MetricSample[] =>
  durations.samples(METRICS.dispatchDuration.name, labels);
