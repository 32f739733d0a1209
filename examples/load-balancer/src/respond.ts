import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

import { discard, readBody, type Body, toStream } from '@plugwire/example-shared/body';
import { FAILURES, type FailureCode } from './failures.ts';
import { endToEnd, type Header, isTrailer } from '@plugwire/example-shared/headers';
import type { Answer } from './upstream.ts';

export interface RespondOptions {
  /** Error bodies up to this size, in bytes, are kept in memory, so that a plugin can normalise them. */
  readonly shownBodyBytes: number;
  /** The headers that the balancer adds for the client. */
  readonly ownHeaders: readonly Header[];
  /** Whether the client accepts trailers: it sent `TE: trailers`. */
  readonly takesTrailers: boolean;
  readonly signal: AbortSignal;
  readonly normalize: (status: number, body: Buffer) => Buffer | undefined;
  readonly onChunk: (bytes: number) => void;
}

/** Responses with these statuses have no body (RFC 9110, 6.4.1), whatever their headers say. */
const WITHOUT_BODY = new Set([204, 205, 304]);
/** Headers that do not apply to a replaced body. */
const ABOUT_THE_BODY = new Set([
  'accept-ranges',
  'content-digest',
  'content-encoding',
  'content-length',
  'content-md5',
  'content-range',
  'digest',
  'etag',
  'last-modified',
  'repr-digest',
]);

/**
 * Sends the response of an upstream to the client. An error whose body fits the limit passes through `normalize`; everything else is
 * streamed unchanged. Rejects if the upstream or the client disconnects before the end.
 */
export const respond = async (
  answer: Answer,
  reply: ServerResponse,
  options: RespondOptions,
): Promise<void> => {
  const { status } = answer;
  const headers = endToEnd(answer.headers);
  if (reply.req.method === 'HEAD' || WITHOUT_BODY.has(status)) {
    discard(answer.body);
    // For a HEAD and a 304, the length is that of the response to a GET.
    const kept =
      status === 204 || status === 205 ? headers.filter(([name]) => name !== 'content-length') : headers;
    writeHead(reply, status, kept, options);
    reply.end();
    return;
  }
  const { body, kept } =
    status < 400
      ? { body: { kind: 'stream', stream: answer.body } satisfies Body, kept: headers }
      : await normalizeBody(answer, headers, options);
  writeHead(reply, status, kept, options);
  await pipeline(
    toStream(body),
    async function* count(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        options.onChunk(chunk.length);
        yield chunk;
      }
    },
    reply,
    { end: false, signal: options.signal },
  );
  if (options.takesTrailers) reply.addTrailers(trailersOf(answer));
  reply.end();
};

/** Sends an error response of the balancer itself. */
export const respondFailure = (
  code: FailureCode,
  requestId: string,
  reply: ServerResponse,
  ownHeaders: readonly Header[],
): void => {
  const { status, message } = FAILURES[code];
  const body = `${JSON.stringify({ error: { code, message, request_id: requestId } })}\n`;
  const headers: Header[] = [
    ['content-type', 'application/json'],
    ['content-length', String(Buffer.byteLength(body))],
    ...ownHeaders,
  ];
  reply.writeHead(status, headers.flat()).end(body);
};

const writeHead = (
  reply: ServerResponse,
  status: number,
  headers: readonly Header[],
  { ownHeaders }: RespondOptions,
): void => {
  const names = new Set(ownHeaders.map(([name]) => name));
  const others = headers.filter(([name]) => !names.has(name));
  reply.writeHead(status, [...others, ...ownHeaders].flat());
};

const normalizeBody = async (
  { body, status }: Answer,
  headers: readonly Header[],
  { normalize, shownBodyBytes }: RespondOptions,
): Promise<{ readonly body: Body; readonly kept: readonly Header[] }> => {
  const read = await readBody(body, shownBodyBytes);
  const normal = read.kind === 'whole' ? normalize(status, read.bytes) : undefined;
  if (normal === undefined) return { body: read, kept: headers };
  const kept = headers.filter(([name]) => !ABOUT_THE_BODY.has(name));
  return {
    body: { kind: 'whole', bytes: normal },
    kept: [...kept, ['content-length', String(normal.length)]],
  };
};

const trailersOf = ({ trailers }: Answer): [string, string][] =>
  Object.entries(trailers)
    .filter(([name]) => isTrailer(name))
    .flatMap(([name, values]) => [values].flat().map((value) => [name, value] as [string, string]));
