import { decodeBase64, encodeBase64 } from '../../shared/assembly/base64';
import { ascii, Bytes } from '../../shared/assembly/bytes';
import { HmacSha256 } from '../../shared/assembly/hmac';
import { Fields } from '../../shared/assembly/json-object';
import { Kind, Value } from '../../shared/assembly/json-value';
import { Writer } from '../../shared/assembly/json-writer';
import { Message } from '../../shared/assembly/message';
import {
  isOfTheSignature,
  SIGNATURE_HEADER,
  SIGNATURE_KEY_HEADER,
  SIGNATURE_NONCE_HEADER,
  SIGNATURE_TIME_HEADER,
} from './header-policy';
import { Header, Shaped } from './shapes';
import { SignerState } from './signer-state';

export class SignRequest extends Message {
  constructor(
    public shaped: Shaped,
    public signerState: Value,
  ) {
    super();
  }

  static read(fields: Fields): SignRequest {
    const shaped = Shaped.readMembers(fields.fields('shaped'));
    const signerState = fields.any('signer_state');
    fields.end();
    return new SignRequest(shaped, signerState);
  }

  writeMembers(to: Writer): void {
    to.key('shaped');
    to.open('{');
    this.shaped.writeMembers(to);
    to.close('}');
    to.key('signer_state');
    to.json(this.signerState.json);
  }
}

/** Null leaves a part of the request as it is. */
export class SignResponse extends Message {
  constructor(
    public url: Bytes | null,
    public method: Bytes | null,
    public headers: Header[] | null,
    public bodyBase64: Bytes | null,
  ) {
    super();
  }

  static read(fields: Fields): SignResponse {
    const url = fields.textOrNull('url');
    const method = fields.textOrNull('method');
    const given = fields.any('headers');
    const headers: Header[] = [];
    if (given.kind != Kind.nothing) {
      for (let at: Value | null = given.elements(); at !== null; at = at!.next) headers.push(Header.read(at));
    }
    const body = fields.textOrNull('body_base64');
    fields.end();
    return new SignResponse(url, method, given.isNull() ? null : headers, body);
  }

  writeMembers(to: Writer): void {
    to.key('url');
    to.textOrNull(this.url);
    to.key('method');
    to.textOrNull(this.method);
    const headers = this.headers;
    if (headers === null) {
      to.key('headers');
      to.raw('null');
    } else Header.writeList(to, headers);
    to.key('body_base64');
    to.textOrNull(this.bodyBase64);
  }
}

/** What makes a signature good for one time: visible ASCII, signed before the rest. */
export class Stamp {
  constructor(
    public unixMs: Bytes,
    public nonce: Bytes,
  ) {}
}

/** Signs the stamp, if there is one, method, path with query, and body; only headers change. */
export function signRequest(request: SignRequest, stamp: Stamp | null = null): SignResponse {
  const key = SignerState.read(request.signerState).key();
  const shaped = request.shaped;
  const hmac = new HmacSha256(decodeBase64(key.keyBase64));
  const newLine = ascii('\n');
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
    headers.push(new Header(ascii(SIGNATURE_TIME_HEADER), encodeBase64(stamp.unixMs)));
    headers.push(new Header(ascii(SIGNATURE_NONCE_HEADER), encodeBase64(stamp.nonce)));
  }
  headers.push(new Header(ascii(SIGNATURE_KEY_HEADER), encodeBase64(key.id)));
  headers.push(new Header(ascii(SIGNATURE_HEADER), encodeBase64(signature)));
  return new SignResponse(null, null, headers, null);
}

/** The path and what follows it: the balancer may send the same request to another origin. */
function withoutOrigin(url: Bytes): Bytes {
  const colon = url.indexOf(0x3a);
  if (colon < 0 || !url.part(colon, url.length).startsWith('://')) return url;
  if (url.indexOf(0x2f) < colon) return url;
  const slash = url.indexOf(0x2f, colon + 3);
  return slash < 0 ? ascii('/') : url.part(slash, url.length);
}
