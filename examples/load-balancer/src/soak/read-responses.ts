import type { Registry } from 'prom-client';

/** Returns the number of responses from the balancer's metrics, by `status failure`. */
export const readResponses = async (registry: Registry): Promise<ReadonlyMap<string, number>> => {
  const metric = await registry.getSingleMetric('balancer_responses_total')?.get();
  return new Map(
    (metric?.values ?? []).map(({ labels, value }) => [`${labels['status']} ${labels['failure']}`, value]),
  );
};
