// The plugin of a load balancer: what it does is in the folder balancer, a file for each function.
import { Text } from './kit';

export { buildSigner } from './balancer/build-signer';
export { filter } from './balancer/filter';
export { normalizeError } from './balancer/normalize-error';
export { observe } from './balancer/observe';
export { onUnauthorized } from './balancer/on-unauthorized';
export { shape } from './balancer/shape';
export { sign } from './balancer/sign';

/** Asks for the log where it is granted: `observe` writes to it. */
export function requiredCapabilities(granted: Text[]): Text[] {
  const required: Text[] = [];
  for (let at = 0; at < granted.length; at++) if (granted[at].is('log')) required.push(granted[at]);
  return required;
}
