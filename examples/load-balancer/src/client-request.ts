import type { IncomingMessage } from 'node:http';

import { type Body, readBody, toBase64 } from '@plugwire/example-shared/body';
import type { FailureCode } from './failures.ts';
import type { ClientRequest } from './forward.ts';
import {
  endToEnd,
  forUpstream,
  fromRawHeaders,
  type Header,
  MAX_HEADERS,
  toWireHeaders,
} from '@plugwire/example-shared/headers';
import { isForwardedMethod, isPath } from './upstream-request.ts';

/** Checks a request before its body is read. Returns a code if it is refused. Node's parser has already refused invalid HTTP. */
export const checkClientRequest = (incoming: IncomingMessage): FailureCode | undefined => {
  const { method = '', url = '', headers, rawHeaders } = incoming;
  if (rawHeaders.length / 2 > MAX_HEADERS) return 'too_many_headers';
  // Node uses the first Host header and ignores the others, but plugins would see all (RFC 9112, 3.2).
  if ((incoming.headersDistinct['host']?.length ?? 0) > 1) return 'bad_host';
  if (!isForwardedMethod(method)) return 'method_refused';
  if (headers.upgrade !== undefined) return 'upgrade_refused';
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue')
    return 'expectation_refused';
  // Node decodes only chunked. The upstream would get a body in another coding without the header that names it.
  if (headers['transfer-encoding'] !== undefined && headers['transfer-encoding'].toLowerCase() !== 'chunked')
    return 'transfer_coding_refused';
  // An absolute URL names an origin, and `*` has no path.
  if (!isPath(url)) return 'bad_request_target';
  return undefined;
};

/** Reads a checked request, in the form for plugins and in the form for the upstream. Rejects if the client disconnects. */
export const readClientRequest = async (
  incoming: IncomingMessage,
  requestId: string,
  shownBodyBytes: number,
): Promise<ClientRequest> => {
  const { method = '', url = '' } = incoming;
  const headers = endToEnd(fromRawHeaders(incoming.rawHeaders));
  const body = await readBody(incoming, shownBodyBytes);
  const queryAt = url.indexOf('?');
  return {
    shown: {
      request_id: requestId,
      headers: toWireHeaders(headers),
      method,
      path: queryAt === -1 ? url : url.slice(0, queryAt),
      query: queryAt === -1 ? null : url.slice(queryAt + 1),
      body_base64: toBase64(body),
    },
    plain: { path: url, method, headers: forUpstream(headers), body },
    ownHeaders: [
      ['x-request-id', requestId],
      ['x-forwarded-for', incoming.socket.remoteAddress ?? 'unknown'],
      ['via', [incoming.headers['via'], '1.1 plugwire-balancer'].filter(Boolean).join(', ')],
      ...lengthOf(body, incoming),
    ],
  };
};

/** A streamed body keeps its length, so that the upstream notices if it ends early. Without a length, it is sent in chunks. */
const lengthOf = (body: Body, incoming: IncomingMessage): Header[] => {
  const length = incoming.headers['content-length'];
  return body.kind === 'stream' && length !== undefined ? [['content-length', length]] : [];
};
