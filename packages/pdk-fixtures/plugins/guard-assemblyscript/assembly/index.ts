// The load balancer plugin, extended with host functions: a rate limit, counters, a log, and signatures that are valid only once.
// The configuration switches each of them on and determines the required capabilities. The other functions are unchanged. The folder
// balancer is a link to that of the other plugin.

import { SignRequest, SignResponse } from './kit';
import { signWith } from './balancer/sign';
import { makeStamp } from './stamp';

export { buildSigner } from './balancer/build-signer';
export { normalizeError } from './balancer/normalize-error';
export { onUnauthorized } from './balancer/on-unauthorized';
export { shape } from './balancer/shape';
export { filter } from './filter';
export { requiredCapabilities } from './needs';
export { observe } from './observe';

export function sign(request: SignRequest): SignResponse {
  return signWith(request, makeStamp());
}
