import { Bytes, decodeBase64, Header, Text } from '../kit';
import { equalsIgnoringCase, isIgnoringCase } from './ascii';

/** The header that names the principal. The plugin sets it, so a client's value is dropped. */
export const PRINCIPAL_HEADER = 'x-principal-id';

/** The signature and the key's id. The plugin sets them, so those of a client or of an earlier attempt are dropped. */
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

// RFC 9110 §7.6.1: these headers belong to one connection, not to the request.
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
// The client's credentials for the balancer. The upstream gets the signature instead.
const CREDENTIALS: StaticArray<string> = ['authorization', 'cookie', 'x-api-key'];

/** Returns the headers to send upstream. Headers that a `connection` header names belong to the connection and are dropped too. */
export function passHeaders(headers: Header[]): Header[] {
  const named: Text[] = [];
  for (let at = 0; at < headers.length; at++) {
    if (isIgnoringCase(headers[at].name, 'connection')) addNames(decodeBase64(headers[at].valueBase64), named);
  }
  const passed: Header[] = [];
  for (let at = 0; at < headers.length; at++) {
    const name = headers[at].name;
    if (isOneOf(name, OF_THE_CONNECTION) || isOneOf(name, OF_THE_BALANCER)) continue;
    if (isOneOf(name, CREDENTIALS) || isIgnoringCase(name, PRINCIPAL_HEADER)) continue;
    if (isOfTheSignature(name) || isNamed(name, named)) continue;
    passed.push(headers[at]);
  }
  return passed;
}

/** Whether `sign` sets this header. Headers of that name from a client or an earlier attempt must be removed. */
export function isOfTheSignature(name: Text): bool {
  return isOneOf(name, OF_THE_SIGNATURE);
}

/** Header names are ASCII, so values that are not text cannot contain one. */
function addNames(value: Bytes, to: Text[]): void {
  let from = 0;
  while (from <= value.length) {
    const comma = value.indexOf(0x2c, from);
    const end = comma < 0 ? value.length : comma;
    const name = Text.from(trimmed(value.part(from, end)));
    if (name !== null && name.length > 0) to.push(name);
    from = end + 1;
  }
}

function isOneOf(name: Text, list: StaticArray<string>): bool {
  for (let at = 0; at < list.length; at++) if (isIgnoringCase(name, list[at])) return true;
  return false;
}

function isNamed(name: Text, list: Text[]): bool {
  for (let at = 0; at < list.length; at++) if (equalsIgnoringCase(name, list[at])) return true;
  return false;
}

/** Removes spaces and tabs at both ends. */
function trimmed(value: Bytes): Bytes {
  let from = 0;
  let to = value.length;
  while (from < to && isBlank(value.at(from))) from++;
  while (to > from && isBlank(value.at(to - 1))) to--;
  return value.part(from, to);
}

function isBlank(byte: u32): bool {
  return byte == 0x20 || byte == 0x09;
}
