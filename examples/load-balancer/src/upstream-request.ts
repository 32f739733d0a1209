import type { shape } from '@plugwire/wire/load-balancer';
import type { ResponseOf } from '@plugwire/wire';

import { type Body, toBase64 } from '@plugwire/example-shared/body';
import {
  checkWireHeaders,
  forUpstream,
  fromBase64,
  type Header,
  type HeaderRefusal,
  isToken,
  toWireHeaders,
} from '@plugwire/example-shared/headers';

/** A request that may go to an upstream. It has no origin: that is the chosen upstream's, and nobody else's to say. */
export interface UpstreamRequest {
  readonly path: string;
  readonly method: string;
  readonly headers: readonly Header[];
  readonly body: Body;
}

/** A request in the words of the wire, as `shape` answers it and `sign` sees it. */
export type Shaped = ResponseOf<typeof shape>;

/** Why what a plugin says of a request is refused. Refusing is the same as no answer: the policy of `shape` and `sign`. */
type ShapedRefusal = 'url' | 'method' | 'body_not_base64' | 'body_streams' | HeaderRefusal;

export type ShapedResult =
  | { readonly ok: true; readonly request: UpstreamRequest }
  | { readonly ok: false; readonly refusal: ShapedRefusal };

/** Longer request targets are refused by common servers. */
const MAX_PATH_BYTES = 8 * 1024;

/**
 * One path and perhaps a query, in visible ASCII. Not `//host`, which some read as an origin; no `\`, which some read as `/`;
 * no fragment, which never goes over the wire; no space or control character, which would end the request line.
 */
export const isPath = (text: string): boolean =>
  text.length <= MAX_PATH_BYTES && /^\/(?!\/)[!-"$-[\]-~]*$/.test(text);

/**
 * A method that is forwarded. CONNECT and TRACE talk to the connection, not to the resource. `head` is HEAD to some servers and
 * not to others: whether its answer has a body would be read in two ways.
 */
export const isForwardedMethod = (method: string): boolean =>
  isToken(method) && (method === 'HEAD' || !/^(?:connect|trace|head)$/i.test(method));

export const toShaped = ({ path, method, headers, body }: UpstreamRequest): Shaped => ({
  url: path,
  method,
  headers: toWireHeaders(headers),
  body_base64: toBase64(body),
});

/**
 * Makes a request of what a plugin said about one: data, every part of it checked. Headers that are the connection's or the
 * balancer's are dropped; everything else that is not right is refused.
 */
export const checkShaped = (said: Shaped, before: UpstreamRequest): ShapedResult => {
  if (!isPath(said.url)) return refused('url');
  // HEAD decides whether an answer has a body, and so stays what the client chose.
  const isHead = said.method === 'HEAD';
  if (!isForwardedMethod(said.method) || isHead !== (before.method === 'HEAD')) return refused('method');
  const headers = checkWireHeaders(said.headers);
  if (typeof headers === 'string') return refused(headers);
  const body = checkBody(said.body_base64, before.body);
  if (typeof body === 'string') return refused(body);
  return {
    ok: true,
    request: { path: said.url, method: said.method, headers: forUpstream(headers), body },
  };
};

const refused = (refusal: ShapedRefusal): ShapedResult => ({ ok: false, refusal });

const checkBody = (base64: string, before: Body): Body | ShapedRefusal => {
  if (base64 === toBase64(before)) return before;
  if (before.kind === 'stream') return 'body_streams';
  const bytes = fromBase64(base64);
  return bytes === undefined ? 'body_not_base64' : { kind: 'whole', bytes };
};
