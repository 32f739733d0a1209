// The load balancer's plugin with what a host function can add to it: a rate limit, counters, a log, signatures that are good
// once. Each is switched on by the configuration, which alone says what the plugin needs; the rest is as it was. The folder
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
