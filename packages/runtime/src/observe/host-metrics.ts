import type { DefaultCode, DispatchStage } from '@plugwire/wire';

import type { BreakerState } from '../breaker/breaker.ts';
import type { GuestUsage } from '../outcomes/guest-usage.ts';
import { createDurationHistogram, type DurationHistogram } from './duration-histogram.ts';
import { createGuestCounters, type GuestCounters } from './guest-metrics.ts';
import {
  feedMetric,
  type MetricDescription,
  type MetricRegistry,
  type MetricSample,
  type MetricSource,
} from './metric-family.ts';

/**
 * Every metric of a host. Label values are operator names, contract names and values of closed lists. Only the names of a plugin's own
 * counters come from the plugin. They follow Prometheus' rules, and their number is limited.
 */
export const METRICS = {
  dispatchTotal: {
    name: 'cc_lb_plugin_dispatch_total',
    help: 'Dispatches by plugin, function and outcome (ok, fallback, refused, disabled).',
    type: 'counter',
  },
  defaultErrors: {
    name: 'cc_lb_plugin_default_errors_total',
    help: 'Contract defaults that returned no answer, by plugin, function and code.',
    type: 'counter',
  },
  dispatchErrors: {
    name: 'cc_lb_plugin_dispatch_errors_total',
    help: 'Failed dispatches by plugin, function, stage and code.',
    type: 'counter',
  },
  dispatchDuration: {
    name: 'cc_lb_plugin_dispatch_duration_seconds',
    help: 'Duration of dispatches by plugin and function, including failed ones.',
    type: 'histogram',
  },
  loadTotal: {
    name: 'cc_lb_plugin_load_total',
    help: 'Loads by stage and code of the refusal. Both are ok if the load succeeded.',
    type: 'counter',
  },
  fuelTotal: {
    name: 'cc_lb_plugin_fuel_total',
    help: 'Fuel used by all calls, by plugin.',
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
    help: 'Counters that plugins increment, by plugin and name.',
    type: 'counter',
  },
  guestMetricDropped: {
    name: 'cc_lb_plugin_metric_dropped_total',
    help: 'Increments that were dropped because the plugin has too many counters, by plugin.',
    type: 'counter',
  },
  loaded: { name: 'cc_lb_plugin_loaded', help: 'Plugins that are loaded now, by plugin.', type: 'gauge' },
  info: {
    name: 'cc_lb_plugin_info',
    help: 'Always 1. The labels give the version and the file hash of each plugin: plugin, version and sha256.',
    type: 'gauge',
  },
} as const satisfies Record<string, MetricDescription>;

/** The counts of one function of one plugin. */
export interface FunctionCounts {
  countOk(): void;
  /** Counts a dispatch that fell back. */
  countFallback(stage: DispatchStage, code: string): void;
  /** Counts a dispatch to a plugin that the operator has disabled. It is not an error. */
  countDisabled(): void;
  /** Counts a request that does not fit the contract, so that the plugin was not called. */
  countRefused(stage: DispatchStage, code: string): void;
  /** Counts a default that returned no answer, in addition to the fallback. */
  countDefaultError(code: DefaultCode): void;
  observe(seconds: number): void;
}

/** Identity and usage of a plugin. They are read at a scrape. */
interface PluginFacts {
  /** The version in its identity. */
  readonly version: string;
  /** The SHA-256 of its file, in hex. */
  readonly sha256: string;
  usage(): GuestUsage & { readonly breaker: BreakerState };
}

/** The counts of one plugin of a slot. */
interface PluginCounts {
  /** Makes the gauges of the slot show this plugin. */
  promote(): void;
  close(): void;
}

/** The counts of one slot, which its plugins share. They are removed from the registry when the slot closes. */
export interface SlotCounts {
  forFunction(name: string): FunctionCounts;
  readonly guest: GuestCounters;
  /** Adds a plugin. The gauges show it if they show no other plugin. */
  addPlugin(facts: PluginFacts): PluginCounts;
  close(): void;
}

/** The counts of one host. */
export interface HostMetrics {
  countLoad(stage: string, code: string): void;
  openSlot(name: string): SlotCounts;
  close(): void;
}

/** Creates a host's counts and exports them to the registry, if there is one. Throws `PlugwireUsageError` `registry_conflict`. */
export const createHostMetrics = (registry: MetricRegistry | undefined): HostMetrics => {
  const loads = registry === undefined ? new Map<string, CountedLabels>() : loadsOf(registry);
  const slots = new Map<string, SlotState>();

  const eachFunction =
    (samples: (state: FunctionState, labels: FunctionLabels) => MetricSample[]) => (): MetricSample[] =>
      [...slots].flatMap(([plugin, { functions }]) =>
        [...functions].flatMap(([name, state]) => samples(state, { plugin, function: name })),
      );

  const eachSlot =
    (samples: (state: SlotState, plugin: string) => readonly MetricSample[]) => (): MetricSample[] =>
      [...slots].flatMap(([plugin, state]) => samples(state, plugin));

  const eachShown = (read: (usage: ReturnType<PluginFacts['usage']>) => number) =>
    eachSlot(({ shown }, plugin) =>
      shown === undefined ? [] : [{ labels: { plugin }, value: read(shown.usage()) }],
    );

  const sources: readonly (readonly [MetricDescription, MetricSource])[] = [
    [METRICS.dispatchTotal, eachFunction(totalSamples)],
    [METRICS.dispatchErrors, eachFunction(errorSamples)],
    [METRICS.defaultErrors, eachFunction(defaultErrorSamples)],
    [METRICS.dispatchDuration, eachFunction(durationSamples)],
    [METRICS.fuelTotal, eachSlot((state, plugin) => [{ labels: { plugin }, value: fuelOf(state) }])],
    [METRICS.fuelLast, eachShown((usage) => usage.lastFuel)],
    [METRICS.memory, eachShown((usage) => usage.memoryBytes)],
    [METRICS.breaker, eachShown((usage) => BREAKER_VALUES[usage.breaker])],
    [METRICS.guestMetric, eachSlot(guestSamples)],
    [
      METRICS.guestMetricDropped,
      eachSlot(({ guest }, plugin) => [{ labels: { plugin }, value: guest.dropped() }]),
    ],
    [
      METRICS.loaded,
      eachSlot(({ shown }, plugin) => [{ labels: { plugin }, value: shown === undefined ? 0 : 1 }]),
    ],
    [METRICS.info, eachSlot(infoSamples)],
  ];
  const feeds =
    registry === undefined
      ? []
      : sources.map(([description, source]) => feedMetric(registry, description, source));

  return {
    countLoad: (stage, code) => count(loads, { stage, code }),
    openSlot: (name) => {
      const state = createSlotState();
      slots.set(name, state);
      return {
        forFunction: (called) => {
          const present = state.functions.get(called);
          if (present !== undefined) return present;
          const created = createFunctionState();
          state.functions.set(called, created);
          return created;
        },
        guest: state.guest,
        addPlugin: (facts) => addPlugin(state, facts),
        close: () => {
          if (slots.get(name) === state) slots.delete(name);
        },
      };
    },
    close: () => {
      for (const end of feeds) end();
    },
  };
};

/** Counts of loads by registry. They stay after their host is closed. Otherwise the refusal of a host's only plugin would not be visible. */
const loadsByRegistry = new WeakMap<MetricRegistry, LoadCounts>();

interface LoadCounts {
  readonly loads: Map<string, CountedLabels>;
  readonly source: MetricSource;
}

const loadsOf = (registry: MetricRegistry): Map<string, CountedLabels> => {
  const known = loadsByRegistry.get(registry) ?? createLoadCounts();
  // A source may be added only once, unless the registry was cleared.
  feedMetric(registry, METRICS.loadTotal, known.source);
  loadsByRegistry.set(registry, known);
  return known.loads;
};

const createLoadCounts = (): LoadCounts => {
  const loads = new Map<string, CountedLabels>();
  return { loads, source: () => [...loads.values()].map(toSample) };
};

interface SlotState {
  readonly functions: Map<string, FunctionState>;
  readonly guest: GuestCounters;
  readonly plugins: Set<PluginFacts>;
  /** The plugin that the gauges show. */
  shown: PluginFacts | undefined;
  /** Fuel used by plugins that are closed. */
  closedFuel: number;
}

const createSlotState = (): SlotState => ({
  functions: new Map(),
  guest: createGuestCounters(),
  plugins: new Set(),
  shown: undefined,
  closedFuel: 0,
});

const addPlugin = (state: SlotState, facts: PluginFacts): PluginCounts => {
  state.plugins.add(facts);
  state.shown ??= facts;
  return {
    promote: () => {
      if (state.plugins.has(facts)) state.shown = facts;
    },
    close: () => {
      if (!state.plugins.delete(facts)) return;
      state.closedFuel += facts.usage().totalFuel;
      if (state.shown === facts) state.shown = undefined;
    },
  };
};

const fuelOf = ({ plugins, closedFuel }: SlotState): number => {
  let fuel = closedFuel;
  for (const { usage } of plugins) fuel += usage().totalFuel;
  return fuel;
};

/** Each state as a number. Worse states are higher, so that an alert can use a threshold. */
const BREAKER_VALUES: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 };

interface FunctionLabels extends Record<string, string> {
  plugin: string;
  function: string;
}

interface CountedLabels {
  readonly labels: Readonly<Record<string, string>>;
  value: number;
}

const OUTCOMES = ['ok', 'fallback', 'refused', 'disabled'] as const;

interface FunctionState extends FunctionCounts {
  readonly totals: Record<(typeof OUTCOMES)[number], number>;
  readonly errors: ReadonlyMap<string, CountedLabels>;
  readonly defaultErrors: ReadonlyMap<string, CountedLabels>;
  readonly durations: DurationHistogram;
}

const createFunctionState = (): FunctionState => {
  const totals = { ok: 0, fallback: 0, refused: 0, disabled: 0 };
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
    countDisabled: () => {
      totals.disabled += 1;
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

const guestSamples = ({ guest }: SlotState, plugin: string): MetricSample[] =>
  [...guest.counters].map(([name, value]) => ({ labels: { plugin, name }, value }));

const infoSamples = ({ shown }: SlotState, plugin: string): MetricSample[] =>
  shown === undefined ? [] : [{ labels: { plugin, version: shown.version, sha256: shown.sha256 }, value: 1 }];

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
