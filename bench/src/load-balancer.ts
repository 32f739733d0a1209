/**
 * The balancer of `examples/`, which is an application and so has no entry of its own.
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
