import { configuredFlag } from '../../load-balancer-assemblyscript/assembly/config';
import { Stamp } from '../../load-balancer-assemblyscript/assembly/sign';
import { encodeBase64 } from '../../shared/assembly/base64';
import { Builder } from '../../shared/assembly/bytes';
import { fromBlock } from '../../shared/assembly/call';
import { hostNowUnixMs, hostRandomBytes } from '../../shared/assembly/host';
import { SIGN_ONCE } from './needs';

/** As many as no two requests ever share; a multiple of three, so that base64 has no padding. */
const NONCE_BYTES = 18;

/** The host's time and bytes that nobody can foresee, so that an upstream can refuse what is old or was there; null if off. */
export function makeStamp(): Stamp | null {
  if (!configuredFlag(SIGN_ONCE)) return null;
  const unixMs = new Builder(16);
  unixMs.decimal(hostNowUnixMs());
  return new Stamp(unixMs.done(), encodeBase64(fromBlock(hostRandomBytes(NONCE_BYTES))));
}
