/**
 * Loads the balancer of `examples/`, which is an application and has no public entry.
 *
 * @module
 */
export { startBalancer } from '../../examples/load-balancer/dist/balancer.js';
export { openLimiter } from '../../examples/load-balancer/dist/limiter.js';
export {
  assignPlugins,
  filterChain,
  hostWith,
  type Role,
  ROLES,
} from '../../examples/load-balancer/dist/balancer-plugins.js';
