import type { Registry } from 'prom-client';

/** Responses by `status failure`, as the balancer's metrics have them. */
export const readResponses = async (registry: Registry): Promise<ReadonlyMap<string, number>> => {
  const metric = await registry.getSingleMetric('balancer_responses_total')?.get();
  return new Map(
    (metric?.values ?? []).map(({ labels, value }) => [`${labels['status']} ${labels['failure']}`, value]),
  );
};
