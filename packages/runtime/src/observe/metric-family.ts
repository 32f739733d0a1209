import { PlugwireUsageError, showType } from '@plugwire/wire';

/** The registry interface that Plugwire uses. A prom-client `Registry` implements it. */
export interface MetricRegistry {
  // oxlint-disable-next-line typescript/no-explicit-any -- the type is prom-client's own class, and we pass an object of the same shape
  registerMetric(metric: any): void;
  getSingleMetric(name: string): unknown;
}

/** One value with its labels, in the form that prom-client expects at a scrape. */
export interface MetricSample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** The name with its suffix, for the parts of a histogram. */
  readonly metricName?: string;
}

/** Name, help text and type of a metric. */
export interface MetricDescription {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
}

/** Returns the samples of one host. Called at each scrape. */
export type MetricSource = () => readonly MetricSample[];

/**
 * A metric on the user's registry. prom-client hashes labels at each `inc`, so hosts count in plain numbers instead and pass them here at
 * each scrape. Several hosts may share a registry: samples with equal labels are added up.
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

  /** Called by the registry at a scrape. Sources list their labels in the same order, so that equal labels give equal keys. */
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

  /** Called by `registry.resetMetrics()`. Does nothing, because the hosts own the counts. */
  reset(): void {}
}

/**
 * Adds a source to a metric of this registry. Returns a function that removes the source.
 *
 * Throws `PlugwireUsageError` `bad_option` if it is not a registry, and `registry_conflict` if another metric has the name.
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
      `the registry already has a metric ${description.name} that is not Plugwire’s: pass a separate registry to the host.`,
    );
  }
  const family = new MetricFamily(description);
  registry.registerMetric(family);
  return family.add(source);
};
