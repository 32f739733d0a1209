import { Bytes } from '../../shared/assembly/bytes';
import { Header } from './shapes';
import { decodeBase64 } from '../../shared/assembly/base64';

/** What says who is asking. The plugin sets it, so a client must not. */
export const PRINCIPAL_HEADER = 'x-principal-id';

/** The signature and the key's id. The plugin sets them, so neither a client nor an earlier attempt does. */
export const SIGNATURE_HEADER = 'x-signature';
export const SIGNATURE_KEY_HEADER = 'x-signature-key-id';
export const SIGNATURE_TIME_HEADER = 'x-signature-unix-ms';
export const SIGNATURE_NONCE_HEADER = 'x-signature-nonce';
const OF_THE_SIGNATURE: StaticArray<string> = [
  SIGNATURE_HEADER,
  SIGNATURE_KEY_HEADER,
  SIGNATURE_TIME_HEADER,
  SIGNATURE_NONCE_HEADER,
];

// RFC 9110 §7.6.1: these are about one connection, not about the request.
const OF_THE_CONNECTION: StaticArray<string> = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
// The balancer writes these for the connection to the upstream.
const OF_THE_BALANCER: StaticArray<string> = ['host', 'content-length'];
// The client's word to the balancer: the upstream gets the signature instead.
const CREDENTIALS: StaticArray<string> = ['authorization', 'cookie', 'x-api-key'];

/** The headers that may go upstream. What a `connection` header names is about the connection too. */
export function passHeaders(headers: Header[]): Header[] {
  const named: Bytes[] = [];
  for (let at = 0; at < headers.length; at++) {
    if (headers[at].name.isIgnoringCase('connection')) addNames(decodeBase64(headers[at].valueBase64), named);
  }
  const passed: Header[] = [];
  for (let at = 0; at < headers.length; at++) {
    const name = headers[at].name;
    if (isOneOf(name, OF_THE_CONNECTION) || isOneOf(name, OF_THE_BALANCER)) continue;
    if (isOneOf(name, CREDENTIALS) || name.isIgnoringCase(PRINCIPAL_HEADER)) continue;
    if (isOfTheSignature(name) || isNamed(name, named)) continue;
    passed.push(headers[at]);
  }
  return passed;
}

/** Whether a header is one that `sign` sets: a client's, or one of an earlier attempt, must not stand beside it. */
export function isOfTheSignature(name: Bytes): bool {
  return isOneOf(name, OF_THE_SIGNATURE);
}

function addNames(value: Bytes, to: Bytes[]): void {
  let from = 0;
  while (from <= value.length) {
    const comma = value.indexOf(0x2c, from);
    const end = comma < 0 ? value.length : comma;
    const name = value.part(from, end).trimmed();
    if (name.length > 0) to.push(name);
    from = end + 1;
  }
}

function isOneOf(name: Bytes, list: StaticArray<string>): bool {
  for (let at = 0; at < list.length; at++) if (name.isIgnoringCase(list[at])) return true;
  return false;
}

function isNamed(name: Bytes, list: Bytes[]): bool {
  for (let at = 0; at < list.length; at++) if (name.equalsIgnoringCase(list[at])) return true;
  return false;
}
