import { METRICS } from '@plugwire/runtime';
import type { Registry } from 'prom-client';

/** What the registry says of one plugin: dispatches that were answered, and those that were not by `stage/code`. */
export interface DispatchCounts {
  readonly ok: number;
  readonly fallback: number;
  readonly errors: ReadonlyMap<string, number>;
}

/** Reads a plugin's counters, less what an earlier reading had. */
export const dispatchCounts = async (
  registry: Registry,
  plugin: string,
  before?: DispatchCounts,
): Promise<DispatchCounts> => {
  const totals = await samples(registry, METRICS.dispatchTotal.name, { plugin });
  const errors = await samples(registry, METRICS.dispatchErrors.name, { plugin });
  const total = (outcome: string): number =>
    totals.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
  return {
    ok: total('ok') - (before?.ok ?? 0),
    fallback: total('fallback') - (before?.fallback ?? 0),
    errors: new Map(
      errors.map(({ labels, value }) => {
        const reason = `${labels.stage}/${labels.code}`;
        return [reason, value - (before?.errors.get(reason) ?? 0)];
      }),
    ),
  };
};

/** How many plugins were refused for a reason, `stage/code`. */
export const refusalCount = async (registry: Registry, reason: string | undefined): Promise<number> => {
  if (reason === undefined) return 0;
  const [stage = '', code = ''] = reason.split('/');
  const loads = await samples(registry, METRICS.loadTotal.name, { stage, code });
  return loads.reduce((sum, { value }) => sum + value, 0);
};

const samples = async (registry: Registry, name: string, labels: Readonly<Record<string, string>>) => {
  const metric = await registry.getSingleMetric(name)?.get();
  return (metric?.values ?? []).filter((sample) =>
    Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
};
