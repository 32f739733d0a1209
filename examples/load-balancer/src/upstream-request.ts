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

/** A request to an upstream. It has no origin, because only the chosen upstream defines it. */
export interface UpstreamRequest {
  readonly path: string;
  readonly method: string;
  readonly headers: readonly Header[];
  readonly body: Body;
}

/** A request in the form of the contract, as `shape` returns it and `sign` sees it. */
export type Shaped = ResponseOf<typeof shape>;

/** The reasons to refuse the answer of a plugin. A refusal has the same effect as a failure: the policy of `shape` and `sign` applies. */
type ShapedRefusal = 'url' | 'method' | 'body_not_base64' | 'body_streams' | HeaderRefusal;

export type ShapedResult =
  | { readonly ok: true; readonly request: UpstreamRequest }
  | { readonly ok: false; readonly refusal: ShapedRefusal };

/** Common servers refuse longer request targets. */
const MAX_PATH_BYTES = 8 * 1024;

/**
 * Whether a text is a path with an optional query, in visible ASCII. Refuses `//host`, which some servers treat as an origin; `\`, which some
 * treat as `/`; fragments, which are never sent; and spaces and control characters, which would end the request line.
 */
export const isPath = (text: string): boolean =>
  text.length <= MAX_PATH_BYTES && /^\/(?!\/)[!-"$-[\]-~]*$/.test(text);

/**
 * Whether a method is forwarded. CONNECT and TRACE are not, because they address the connection and not a resource. `head` in lower case is not:
 * some servers treat it as HEAD and others do not, so they disagree about whether the response has a body.
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
 * Creates a request from the answer of a plugin. Every part is checked. Headers that belong to the connection or to the balancer are dropped.
 * Anything else that is invalid is refused.
 */
export const checkShaped = (said: Shaped, before: UpstreamRequest): ShapedResult => {
  if (!isPath(said.url)) return refused('url');
  // HEAD decides whether the response has a body, so a plugin cannot change it.
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
