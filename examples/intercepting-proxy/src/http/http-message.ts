import { checkHeaders, endToEnd, type Header, isToken } from '@plugwire/example-shared/headers';
import type { RequestOf } from '@plugwire/wire';
import type { httpRequest, httpResponse } from '@plugwire/wire/intercept';

/** A request as plugins see it. */
type WireRequest = RequestOf<typeof httpRequest>['request'];
/** A response as plugins see it. */
type WireResponse = RequestOf<typeof httpResponse>['response'];

/** A request whose body fits the limit. */
export interface ShownRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}

/** A response whose body fits the limit. */
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

/** Reads what a plugin made of a request; `undefined` if it is no request that can be sent. */
export const readRequest = ({ method, path, headers, body }: WireRequest): ShownRequest | undefined => {
  const checked = checkHeaders(headers);
  if (typeof checked === 'string' || !isToken(method) || method === 'CONNECT') return undefined;
  return PATH.test(path) ? { method, path, headers: endToEnd(checked), body } : undefined;
};

/** Reads what a plugin made of a response; `undefined` if it is no response that can be sent. */
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

/** A path with its query: printable, without a blank, which would end it, and without a fragment, which no server gets. */
const PATH = /^\/[!"$-~]*$/;
