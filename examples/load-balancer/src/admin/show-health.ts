import type { Operator, PluginHandle } from '@plugwire/operate';

import type { BalancerPlugins } from '../balancer-plugins.ts';
import type { Reply } from './reply.ts';

/** What readiness depends on. */
interface HealthSources {
  readonly operator: Operator;
  /** Whether the balancer takes no requests: it drains, or does not listen yet. */
  readonly isDraining: () => boolean;
  readonly plugins: () => BalancerPlugins;
}

/**
 * `operator.health()`, and whether the balancer takes requests: 503 while it drains, and while its `shape` or `signer` does not serve, since
 * every request fails then. Without the other plugins requests are served otherwise, so the status `degraded` is a 200: one bad plugin must not
 * take a whole fleet away.
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
  // A breaker that is open means that calls go on failing.
  return state === 'serving' && breaker !== 'open';
};
