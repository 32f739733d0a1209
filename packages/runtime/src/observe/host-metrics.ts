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
 * Every metric, in one table. Labels are operator names, contract names and closed lists; a plugin's own text only where it
 * names its own counters, by Prometheus' rules and in a limited number.
 */
export const METRICS = {
  dispatchTotal: {
    name: 'cc_lb_plugin_dispatch_total',
    help: 'Dispatches by plugin, function and outcome (ok, fallback, refused, disabled).',
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
  info: {
    name: 'cc_lb_plugin_info',
    help: 'What runs where: 1 for the version and the file of each plugin, by plugin, version and sha256.',
    type: 'gauge',
  },
} as const satisfies Record<string, MetricDescription>;

/** The counts of one function of one plugin. */
export interface FunctionCounts {
  countOk(): void;
  /** A dispatch that fell back. */
  countFallback(stage: DispatchStage, code: string): void;
  /** A dispatch to a plugin that the operator has disabled: no error. */
  countDisabled(): void;
  /** A request that the contract refused, so that the plugin was not asked. */
  countRefused(stage: DispatchStage, code: string): void;
  /** A default that gave no answer, beside the fallback that it was run for. */
  countDefaultError(code: DefaultCode): void;
  observe(seconds: number): void;
}

/** What a plugin is and has used, read at a scrape. */
interface PluginFacts {
  /** As its identity says. */
  readonly version: string;
  /** Of its file, in hex. */
  readonly sha256: string;
  usage(): GuestUsage & { readonly breaker: BreakerState };
}

/** One plugin among the counts of its slot. */
interface PluginCounts {
  /** Lets the gauges show this plugin, and no other one of the slot. */
  promote(): void;
  close(): void;
}

/** The counts of one slot: its plugins add to the same ones. They are gone from the registry when the slot closes. */
export interface SlotCounts {
  forFunction(name: string): FunctionCounts;
  readonly guest: GuestCounters;
  /** Adds a plugin. The gauges show it if they show none. */
  addPlugin(facts: PluginFacts): PluginCounts;
  close(): void;
}

/** The counts of one host. */
export interface HostMetrics {
  countLoad(stage: string, code: string): void;
  openSlot(name: string): SlotCounts;
  close(): void;
}

/** Creates a host's counts, and feeds them to the registry if there is one. Throws `PlugwireUsageError` `registry_conflict`. */
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

/** Loads by registry: they outlive the host that counted them, or a host that refused its only plugin would leave no trace. */
const loadsByRegistry = new WeakMap<MetricRegistry, LoadCounts>();

interface LoadCounts {
  readonly loads: Map<string, CountedLabels>;
  readonly source: MetricSource;
}

const loadsOf = (registry: MetricRegistry): Map<string, CountedLabels> => {
  const known = loadsByRegistry.get(registry) ?? createLoadCounts();
  // A registry takes a source once, and may have been cleared since.
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
  /** The plugin that gauges show. */
  shown: PluginFacts | undefined;
  /** Fuel of the plugins that have been closed. */
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
