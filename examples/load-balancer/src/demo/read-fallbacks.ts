import { METRICS } from '@plugwire/runtime';
import type { Registry } from 'prom-client';

/** The number of fallbacks in the metrics, by `function stage/code`. */
export type Fallbacks = ReadonlyMap<string, number>;

/** Reads the fallbacks of one plugin, or of all plugins, from the metrics. Subtracts an earlier reading. */
export const readFallbacks = async (
  registry: Registry,
  plugin?: string,
  before?: Fallbacks,
): Promise<Fallbacks> => {
  const metric = await registry.getSingleMetric(METRICS.dispatchErrors.name)?.get();
  const counts = new Map<string, number>();
  for (const { labels, value } of metric?.values ?? []) {
    if (plugin !== undefined && labels['plugin'] !== plugin) continue;
    const key = `${labels['function']} ${labels['stage']}/${labels['code']}`;
    counts.set(key, (counts.get(key) ?? 0) + value);
  }
  for (const [key, value] of before ?? []) counts.set(key, (counts.get(key) ?? 0) - value);
  return new Map([...counts].filter(([, value]) => value > 0));
};
