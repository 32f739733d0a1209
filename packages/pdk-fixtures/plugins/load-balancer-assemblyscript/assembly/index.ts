// A load balancer plugin. Each function is in a file of the folder balancer.
import { Text } from './kit';

export { buildSigner } from './balancer/build-signer';
export { filter } from './balancer/filter';
export { normalizeError } from './balancer/normalize-error';
export { observe } from './balancer/observe';
export { onUnauthorized } from './balancer/on-unauthorized';
export { shape } from './balancer/shape';
export { sign } from './balancer/sign';

/** Requires the capability `log` if the host grants it, because `observe` logs. */
export function requiredCapabilities(granted: Text[]): Text[] {
  const required: Text[] = [];
  for (let at = 0; at < granted.length; at++) if (granted[at].is('log')) required.push(granted[at]);
  return required;
}
