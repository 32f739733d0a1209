import { PlugwireUsageError, showType } from '@plugwire/wire';

/** What Plugwire needs of a registry: a prom-client `Registry` fits as it is. */
export interface MetricRegistry {
  // oxlint-disable-next-line typescript/no-explicit-any -- prom-client's own classes; we hand it an object of that form
  registerMetric(metric: any): void;
  getSingleMetric(name: string): unknown;
}

/** One number with its labels, as prom-client wants it at a scrape. */
export interface MetricSample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** The name with its suffix, for the parts of a histogram. */
  readonly metricName?: string;
}

/** What is said of a metric, once. */
export interface MetricDescription {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
}

/** Gives the samples of one host, at a scrape. */
export type MetricSource = () => readonly MetricSample[];

/**
 * A metric on somebody's registry, fed at scrapes. prom-client hashes labels at every `inc`; hosts count in plain numbers
 * instead and hand them over here. Several hosts may share a registry: samples of equal labels are added up.
 */
class MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator = 'sum';
  readonly #sources = new Set<MetricSource>();

  constructor({ name, help, type }: MetricDescription) {
    this.name = name;
    this.help = help;
    this.type = type;
  }

  add(source: MetricSource): () => void {
    this.#sources.add(source);
    return () => this.#sources.delete(source);
  }

  /** Called by the registry at a scrape. Sources name their labels in one order, so that equal ones give equal keys. */
  async get() {
    const merged = new Map<string, MetricSample>();
    for (const source of this.#sources) {
      for (const sample of source()) {
        const key = `${sample.metricName ?? ''}${JSON.stringify(sample.labels)}`;
        const value = sample.value + (merged.get(key)?.value ?? 0);
        merged.set(key, { ...sample, value });
      }
    }
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: [...merged.values()] };
  }

  /** Called by `registry.resetMetrics()`; the counts are the hosts' and go on. */
  reset(): void {}
}

/**
 * Feeds a metric of this registry from a source, and gives the function that ends it.
 *
 * Throws `PlugwireUsageError` `bad_option` if it is no registry, `registry_conflict` if the name is taken by another metric.
 */
export const feedMetric = (
  registry: MetricRegistry,
  description: MetricDescription,
  source: MetricSource,
): (() => void) => {
  if (typeof registry?.getSingleMetric !== 'function' || typeof registry.registerMetric !== 'function')
    throw new PlugwireUsageError(
      'bad_option',
      `registry is ${showType(registry)}: expected a prom-client Registry.`,
    );
  const present = registry.getSingleMetric(description.name);
  if (present instanceof MetricFamily) return present.add(source);
  if (present !== undefined) {
    throw new PlugwireUsageError(
      'registry_conflict',
      `the registry has a metric ${description.name} already, which is not Plugwire’s: give the host a registry of its own.`,
    );
  }
  const family = new MetricFamily(description);
  registry.registerMetric(family);
  return family.add(source);
};
