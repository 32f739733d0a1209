import { Counter, type Registry } from 'prom-client';

/** What the balancer counts itself; what becomes of its plugins' calls their host counts, on the same registry. */
export const createBalancerMetrics = (registry: Registry) => {
  const registers = [registry];
  return {
    /** `status` is what the client got, or `aborted`; `failure` the balancer's code where the answer is its own. */
    responses: new Counter({
      name: 'balancer_responses_total',
      help: 'Responses by status and failure.',
      labelNames: ['status', 'failure'] as const,
      registers,
    }),
    /** `result` is `answered` or the code of what went wrong. */
    upstreamRequests: new Counter({
      name: 'balancer_upstream_requests_total',
      help: 'Requests to upstreams by upstream and result.',
      labelNames: ['upstream', 'result'] as const,
      registers,
    }),
    /** Answers of plugins that fit the contract, and that the balancer does not do. */
    refusedAnswers: new Counter({
      name: 'balancer_refused_answers_total',
      help: 'Answers of plugins that the balancer refused, by function and reason.',
      labelNames: ['function', 'reason'] as const,
      registers,
    }),
  };
};

export type BalancerMetrics = ReturnType<typeof createBalancerMetrics>;
