import { configuredFlag } from './balancer/config';
import { Stamp } from './balancer/sign';
import { encodeBase64, host, text } from './kit';
import { SIGN_ONCE } from './needs';

/** As many as no two requests ever share; a multiple of three, so that base64 has no padding. */
const NONCE_BYTES = 18;

/** The host's time and bytes that nobody can foresee, so that an upstream can refuse what is old or was there; null if off. */
export function makeStamp(): Stamp | null {
  if (!configuredFlag(SIGN_ONCE)) return null;
  const unixMs = text(host.nowUnixMs().toString());
  return new Stamp(unixMs, encodeBase64(host.randomBytes(NONCE_BYTES)));
}
