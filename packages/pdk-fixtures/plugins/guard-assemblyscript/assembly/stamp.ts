import { configuredFlag } from './balancer/config';
import { Stamp } from './balancer/sign';
import { encodeBase64, host, text } from './kit';
import { SIGN_ONCE } from './needs';

/** The bytes of a nonce. No two requests get the same. It is a multiple of three, so base64 needs no padding. */
const NONCE_BYTES = 18;

/** Returns the host's time and random bytes, so that an upstream can reject old and repeated requests. Null if switched off. */
export function makeStamp(): Stamp | null {
  if (!configuredFlag(SIGN_ONCE)) return null;
  const unixMs = text(host.nowUnixMs().toString());
  return new Stamp(unixMs, encodeBase64(host.randomBytes(NONCE_BYTES)));
}
