import { checkHeaders, endToEnd, type Header, isToken } from '@plugwire/example-shared/headers';
import type { RequestOf } from '@plugwire/wire';
import type { httpRequest, httpResponse } from '@plugwire/wire/intercept';

/** A request in the form of the contract. */
type WireRequest = RequestOf<typeof httpRequest>['request'];
/** A response in the form of the contract. */
type WireResponse = RequestOf<typeof httpResponse>['response'];

/** A request as the proxy shows it to plugins. */
export interface ShownRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}

/** A response as the proxy shows it to plugins. */
export interface ShownResponse {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}

export const toWireRequest = ({ method, path, headers, body }: ShownRequest): WireRequest => ({
  method,
  path,
  headers: headers.map(toWireHeader),
  body,
});

export const toWireResponse = ({ status, headers, body }: ShownResponse): WireResponse => ({
  status_code: status,
  headers: headers.map(toWireHeader),
  body,
});

const toWireHeader = ([name, value]: Header) => ({ name, value });

/** Reads a request that a plugin returned. Returns `undefined` if it is not a valid HTTP request, or a CONNECT. */
export const readRequest = ({ method, path, headers, body }: WireRequest): ShownRequest | undefined => {
  const checked = checkHeaders(headers);
  if (typeof checked === 'string' || !isToken(method) || method === 'CONNECT') return undefined;
  return PATH.test(path) ? { method, path, headers: endToEnd(checked), body } : undefined;
};

/** Reads a response that a plugin returned. Returns `undefined` if a header is invalid or the status is not between 200 and 599. */
export const readResponse = ({
  status_code: status,
  headers,
  body,
}: WireResponse): ShownResponse | undefined => {
  const checked = checkHeaders(headers);
  return typeof checked === 'string' || status < 200 || status > 599
    ? undefined
    : { status, headers: endToEnd(checked), body };
};

/** A path with its query: printable ASCII, without spaces (they end the path) and without `#` (fragments are not sent to servers). */
const PATH = /^\/[!"$-~]*$/;
