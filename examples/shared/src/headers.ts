/** A header as it stands on the wire: a name in lower case, and a value whose characters are bytes (latin1). */
export type Header = readonly [name: string, value: string];

/** A header as plugins see it. */
export interface WireHeader {
  readonly name: string;
  readonly value_base64: string;
}

/** The most headers that a request may have, a client's or a plugin's. */
export const MAX_HEADERS = 200;
/** The most bytes of names and values that a plugin may give: what common servers take. */
const MAX_HEADER_BYTES = 16 * 1024;

/** What belongs to one connection (RFC 9110, 7.6.1), and so is never passed on, whoever says it. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What the balancer alone says to an upstream: where to, how long, on whose behalf. */
const BALANCERS_OWN = new Set(['host', 'content-length', 'via', 'x-forwarded-for', 'x-request-id']);

/** Node's and undici's flat list of names and values as headers, in order and repeated ones apart. */
export const fromRawHeaders = (raw: readonly string[]): Header[] => {
  const headers: Header[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    headers.push([(raw[at] as string).toLowerCase(), raw[at + 1] as string]);
  }
  return headers;
};

/** Drops the headers of one connection: those that always are, and those that `connection` lists. */
export const endToEnd = (headers: readonly Header[]): Header[] => {
  const listed = new Set(
    headers
      .filter(([name]) => name === 'connection')
      .flatMap(([, value]) => value.split(',').map((option) => option.trim().toLowerCase())),
  );
  return headers.filter(([name]) => !HOP_BY_HOP.has(name) && !listed.has(name));
};

/** The same without what the balancer alone says. */
export const forUpstream = (headers: readonly Header[]): Header[] =>
  endToEnd(headers).filter(([name]) => !BALANCERS_OWN.has(name));

/** What decides how a message is read, or who may read it, must not come after it (RFC 9110, 6.5.1). */
const NEVER_TRAILERS =
  /^(?:authorization|cache-control|content-.*|cookie|date|expires|host|location|range|set-cookie|vary|www-authenticate)$/;

/** Whether a trailer may be passed on. */
export const isTrailer = (name: string): boolean => !HOP_BY_HOP.has(name) && !NEVER_TRAILERS.test(name);

export const toWireHeaders = (headers: readonly Header[]): WireHeader[] =>
  headers.map(([name, value]) => ({ name, value_base64: Buffer.from(value, 'latin1').toString('base64') }));

/** Why headers of a plugin are refused. */
export type HeaderRefusal = 'too_many_headers' | 'header_name' | 'header_value';

/** Reads a plugin's headers, or says why they are refused: none is mended, since a mended header says something else. */
export const checkWireHeaders = (given: readonly WireHeader[]): Header[] | HeaderRefusal => {
  const named = given.map(({ name, value_base64 }) => ({
    name,
    value: fromBase64(value_base64)?.toString('latin1'),
  }));
  return checkHeaders(named);
};

/** The same where values are text, whose characters are bytes. `undefined` is a value that could not be read. */
export const checkHeaders = (
  given: readonly { readonly name: string; readonly value: string | undefined }[],
): Header[] | HeaderRefusal => {
  if (given.length > MAX_HEADERS) return 'too_many_headers';
  const headers: Header[] = [];
  let bytes = 0;
  for (const { name, value } of given) {
    if (!isToken(name)) return 'header_name';
    if (value === undefined || !FIELD_VALUE.test(value)) return 'header_value';
    bytes += name.length + value.length;
    if (bytes > MAX_HEADER_BYTES) return 'too_many_headers';
    headers.push([name.toLowerCase(), value]);
  }
  return headers;
};

/** RFC 9110, 5.6.2: what a method and a header's name are made of. */
export const isToken = (text: string): boolean => /^[\w!#$%&'*+.^`|~-]+$/.test(text);

/** RFC 9110, 5.5, without the line folding of old: no CR, no LF, no NUL. */
const FIELD_VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]*$/;

/** The bytes of base64 in its one canonical form; `undefined` for anything else, which `Buffer.from` would guess at. */
export const fromBase64 = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
};
