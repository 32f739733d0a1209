import { decodeBase64, encodeBase64, Header, SignRequest, SignResponse, text, Text } from '../kit';
import {
  isOfTheSignature,
  SIGNATURE_HEADER,
  SIGNATURE_KEY_HEADER,
  SIGNATURE_NONCE_HEADER,
  SIGNATURE_TIME_HEADER,
} from './header-policy';
import { HmacSha256 } from './hmac';
import { SignerState } from './signer-state';

/** Makes a signature valid only once. It is visible ASCII and is signed before the rest. */
export class Stamp {
  constructor(
    readonly unixMs: Text,
    readonly nonce: Text,
  ) {}
}

/** Signs the method, the path with the query, and the body. Only headers change. */
export function sign(request: SignRequest): SignResponse {
  return signWith(request, null);
}

/** Also signs a stamp, if there is one. */
export function signWith(request: SignRequest, stamp: Stamp | null): SignResponse {
  const key = SignerState.read(request.signerState).key();
  const shaped = request.shaped;
  const hmac = new HmacSha256(decodeBase64(key.keyBase64));
  const newLine = text('\n');
  if (stamp !== null) {
    hmac.add(stamp.unixMs);
    hmac.add(newLine);
    hmac.add(stamp.nonce);
    hmac.add(newLine);
  }
  hmac.add(shaped.method);
  hmac.add(newLine);
  hmac.add(withoutOrigin(shaped.url));
  hmac.add(newLine);
  hmac.add(decodeBase64(shaped.bodyBase64));
  const signature = encodeBase64(hmac.digest());

  const headers: Header[] = [];
  for (let at = 0; at < shaped.headers.length; at++) {
    if (!isOfTheSignature(shaped.headers[at].name)) headers.push(shaped.headers[at]);
  }
  if (stamp !== null) {
    headers.push(header(SIGNATURE_TIME_HEADER, stamp.unixMs));
    headers.push(header(SIGNATURE_NONCE_HEADER, stamp.nonce));
  }
  headers.push(header(SIGNATURE_KEY_HEADER, key.id));
  headers.push(header(SIGNATURE_HEADER, signature));
  return { headers };
}

function header(name: string, value: Text): Header {
  return { name: text(name), valueBase64: encodeBase64(value) };
}

/** Returns the URL without its origin, because the balancer may send the same request to another origin. */
function withoutOrigin(url: Text): Text {
  const colon = url.indexOf(0x3a);
  if (colon < 0 || !url.part(colon, url.length).startsWith('://')) return url;
  if (url.indexOf(0x2f) < colon) return url;
  const slash = url.indexOf(0x2f, colon + 3);
  return slash < 0 ? text('/') : url.part(slash, url.length);
}
