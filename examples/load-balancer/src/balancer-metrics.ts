import { Counter, type Registry } from 'prom-client';

/** Creates the metrics of the balancer. The host of its plugins counts their calls, in the same registry. */
export const createBalancerMetrics = (registry: Registry) => {
  const registers = [registry];
  return {
    /** `status` is the status that the client got, or `aborted`. `failure` is the code if the balancer itself answered, else `none`. */
    responses: new Counter({
      name: 'balancer_responses_total',
      help: 'Responses by status and failure.',
      labelNames: ['status', 'failure'] as const,
      registers,
    }),
    /** `result` is `answered`, or the code of the failure. */
    upstreamRequests: new Counter({
      name: 'balancer_upstream_requests_total',
      help: 'Requests to upstreams by upstream and result.',
      labelNames: ['upstream', 'result'] as const,
      registers,
    }),
    /** Counts answers of plugins that match the contract, but that the balancer refuses. */
    refusedAnswers: new Counter({
      name: 'balancer_refused_answers_total',
      help: 'Answers of plugins that the balancer refused, by function and reason.',
      labelNames: ['function', 'reason'] as const,
      registers,
    }),
  };
};

export type BalancerMetrics = ReturnType<typeof createBalancerMetrics>;
