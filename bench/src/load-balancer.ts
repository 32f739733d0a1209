/**
 * The balancer of `examples/`, which is an application and so has no entry of its own.
 *
 * @module
 */
export { startBalancer } from '../../examples/load-balancer/dist/balancer.js';
export { loadLimiter } from '../../examples/load-balancer/dist/limiter.js';
export { ROLES } from '../../examples/load-balancer/dist/chain.js';
