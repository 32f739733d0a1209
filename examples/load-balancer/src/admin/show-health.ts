import type { Operator, PluginHandle } from '@plugwire/operate';

import type { BalancerPlugins } from '../balancer-plugins.ts';
import type { Reply } from './reply.ts';

/** What readiness depends on. */
interface HealthSources {
  readonly operator: Operator;
  /** Whether the balancer accepts no requests, because it drains or does not listen yet. */
  readonly isDraining: () => boolean;
  readonly plugins: () => BalancerPlugins;
}

/**
 * Returns `operator.health()` and whether the balancer can serve requests. The status is 503 while it drains, and while its `shape` or `signer`
 * does not work, because every request fails then. Requests can be served without the other plugins, so `degraded` is a 200: one failing plugin
 * must not remove all balancers from service.
 */
export const showHealth = ({ operator, isDraining: isBalancerDraining, plugins }: HealthSources): Reply => {
  const { shape, signer } = plugins();
  const isDraining = isBalancerDraining();
  const isReady = !isDraining && [shape, signer].every((handle) => handle === undefined || works(handle));
  const health = operator.health();
  const status = isDraining ? 'draining' : isReady ? health.status : 'failing';
  return { status: isReady ? 200 : 503, body: { ...health, status, isReady } };
};

const works = (handle: PluginHandle): boolean => {
  const { state, breaker } = handle.health();
  // While the breaker is open, calls fail.
  return state === 'serving' && breaker !== 'open';
};
