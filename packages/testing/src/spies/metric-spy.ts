import { type DispatchError, METRICS } from '@plugwire/runtime';
import type * as promClient from 'prom-client';

import { requirePeer } from './require-peer.ts';

/** The name of one of Plugwire's metrics. */
export type MetricName = (typeof METRICS)[keyof typeof METRICS]['name'];

/** How often dispatches of a function fell back at one stage with one code. */
export interface FallbackCount {
  readonly plugin: string;
  readonly function: string;
  readonly stage: DispatchError['stage'];
  readonly code: DispatchError['code'];
  readonly count: number;
}

/** A real prom-client registry, and methods to read it. */
export interface MetricSpy {
  /** Pass this to `createPluginHost({ registry })`. */
  readonly registry: promClient.Registry;
  /**
   * Resolves to the sum of a metric's series with these labels, or 0 if there are none. For a histogram, use its `…_count` or `…_sum`. Rejects
   * with an `Error` if the registry has no metric of that name.
   */
  value(
    name: MetricName | (string & {}),
    labels?: Readonly<Record<string, string | number>>,
  ): Promise<number>;
  /** Resolves to the fallbacks counted so far, of all plugins or of one. */
  fallbacks(plugin?: string): Promise<readonly FallbackCount[]>;
  /** Resolves to the exposition text, as Prometheus scrapes it. */
  text(): Promise<string>;
}

/**
 * Creates a real prom-client registry for tests to read.
 *
 * Throws an `Error` if prom-client is not installed.
 *
 * @example
 * const metrics = createMetricSpy();
 * const host = createPluginHost({ functions: [greet], registry: metrics.registry });
 * expect(await metrics.fallbacks()).toEqual([]);
 */
export const createMetricSpy = (): MetricSpy => {
  const { Registry } = requirePeer('prom-client', 'createMetricSpy') as typeof promClient;
  const registry = new Registry();

  const samples = async (): Promise<Map<string, Sample[]>> => {
    const byName = new Map<string, Sample[]>();
    for (const { name, values } of (await registry.getMetricsAsJSON()) as readonly Metric[]) {
      if (!byName.has(name)) byName.set(name, []);
      for (const { metricName = name, labels, value } of values) {
        const list = byName.get(metricName) ?? [];
        list.push({ labels, value });
        byName.set(metricName, list);
      }
    }
    return byName;
  };

  const value: MetricSpy['value'] = async (name, labels = {}) => {
    const byName = await samples();
    const found = byName.get(name);
    if (found === undefined && !isPartOfHistogram(name, byName)) {
      throw new Error(
        `the registry has no metric "${name}": expected one of ${[...byName.keys()].join(', ') || 'none, because nothing is registered'}.`,
      );
    }
    return (found ?? [])
      .filter((sample) => Object.entries(labels).every(([key, wanted]) => sample.labels[key] === wanted))
      .reduce((sum, sample) => sum + sample.value, 0);
  };

  const fallbacks: MetricSpy['fallbacks'] = async (plugin) => {
    const byName = await samples();
    return (byName.get(METRICS.dispatchErrors.name) ?? [])
      .filter(({ labels }) => plugin === undefined || labels['plugin'] === plugin)
      .map(({ labels, value: count }) => Object.assign({ count }, labels) as unknown as FallbackCount);
  };

  return { registry, value, fallbacks, text: async () => await registry.metrics() };
};

interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** What prom-client's `getMetricsAsJSON` returns for each metric. Its own types lack `metricName`. */
interface Metric {
  readonly name: string;
  readonly values: readonly (Sample & { readonly metricName?: string })[];
}

/** Whether a name belongs to a histogram, which has no series before its first observation. */
const isPartOfHistogram = (name: string, byName: ReadonlyMap<string, unknown>): boolean =>
  byName.has(name.replace(/_(?:count|sum|bucket)$/, ''));
