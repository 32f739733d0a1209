/** A header as it is on the wire: a name in lower case, and a value in which each character is one byte (latin1). */
export type Header = readonly [name: string, value: string];

/** A header as plugins see it. */
export interface WireHeader {
  readonly name: string;
  readonly value_base64: string;
}

/** The most headers of a request, from a client or a plugin. */
export const MAX_HEADERS = 200;
/** The most bytes of header names and values from a plugin: the amount that common servers accept. */
const MAX_HEADER_BYTES = 16 * 1024;

/** Headers that belong to one connection (RFC 9110, 7.6.1). They are never forwarded. */
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

/** Headers that only the balancer sets in requests to an upstream. */
const BALANCERS_OWN = new Set(['host', 'content-length', 'via', 'x-forwarded-for', 'x-request-id']);

/** Converts the flat list of names and values of Node and undici to headers. Keeps their order and repeated headers. */
export const fromRawHeaders = (raw: readonly string[]): Header[] => {
  const headers: Header[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    headers.push([(raw[at] as string).toLowerCase(), raw[at + 1] as string]);
  }
  return headers;
};

/** Removes the headers that belong to one connection, including those that `connection` lists. */
export const endToEnd = (headers: readonly Header[]): Header[] => {
  const listed = new Set(
    headers
      .filter(([name]) => name === 'connection')
      .flatMap(([, value]) => value.split(',').map((option) => option.trim().toLowerCase())),
  );
  return headers.filter(([name]) => !HOP_BY_HOP.has(name) && !listed.has(name));
};

/** Removes the headers of one connection and those that only the balancer sets. */
export const forUpstream = (headers: readonly Header[]): Header[] =>
  endToEnd(headers).filter(([name]) => !BALANCERS_OWN.has(name));

/** Headers that are not allowed as trailers, because they affect the framing, the routing or the access (RFC 9110, 6.5.1). */
const NEVER_TRAILERS =
  /^(?:authorization|cache-control|content-.*|cookie|date|expires|host|location|range|set-cookie|vary|www-authenticate)$/;

/** Whether a trailer may be forwarded. */
export const isTrailer = (name: string): boolean => !HOP_BY_HOP.has(name) && !NEVER_TRAILERS.test(name);

export const toWireHeaders = (headers: readonly Header[]): WireHeader[] =>
  headers.map(([name, value]) => ({ name, value_base64: Buffer.from(value, 'latin1').toString('base64') }));

/** Why headers of a plugin are refused. */
export type HeaderRefusal = 'too_many_headers' | 'header_name' | 'header_value';

/** Checks the headers of a plugin, and returns them or the reason of a refusal. Invalid headers are never corrected. */
export const checkWireHeaders = (given: readonly WireHeader[]): Header[] | HeaderRefusal => {
  const named = given.map(({ name, value_base64 }) => ({
    name,
    value: fromBase64(value_base64)?.toString('latin1'),
  }));
  return checkHeaders(named);
};

/** Checks headers whose values are latin1 text. `undefined` is a value that could not be decoded, and is refused. */
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

/** Whether a text is a token (RFC 9110, 5.6.2), which methods and header names have to be. */
export const isToken = (text: string): boolean => /^[\w!#$%&'*+.^`|~-]+$/.test(text);

/** A header value (RFC 9110, 5.5) without obsolete line folding: no CR, no LF, no NUL. */
const FIELD_VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]*$/;

/** Decodes canonical base64. Returns `undefined` for any other text, which `Buffer.from` would accept. */
export const fromBase64 = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
};
