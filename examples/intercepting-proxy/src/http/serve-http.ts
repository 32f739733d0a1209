import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { type Body, discard, readBody, toStream } from '@plugwire/example-shared/body';
import { endToEnd, fromRawHeaders, type Header } from '@plugwire/example-shared/headers';
import type { Logger } from 'pino';

import { failureBody, type FailureCode, FAILURES } from '../failures.ts';
import type { InterceptPlugin } from '../intercept-plugin.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import { readAuthority, type Target, type TargetRules } from '../target-rules.ts';
import { type HttpChain, openHttpChain } from './http-chain.ts';
import type { ShownResponse } from './http-message.ts';
import { readAbsoluteForm, type ServerAgent } from './server-agent.ts';

/** What is needed to serve a request. All requests share it. */
export interface HttpService {
  readonly plugins: () => readonly InterceptPlugin[];
  readonly rules: TargetRules;
  readonly agent: ServerAgent;
  readonly limits: ProxyLimits;
  readonly logger: Logger;
}

/** Serves one request in absolute form: shows it to the plugins, sends it, and shows the response to the plugins. Never rejects. */
export const serveHttp = async (
  incoming: IncomingMessage,
  reply: ServerResponse,
  service: HttpService,
): Promise<void> => {
  const id = randomUUID();
  const gone = new AbortController();
  reply.once('close', () => gone.abort());
  const { limits, logger } = service;
  let chain: HttpChain | undefined;
  try {
    const read = readAbsoluteForm(incoming.url ?? '');
    if (read === undefined) return fail(reply, 'bad_request_target');
    if (!service.rules.allows(read.target, 'http')) return fail(reply, 'target_forbidden');
    chain = await openHttpChain(service.plugins(), id, limits, logger);
    const outcome = await forward({ incoming, reply, ...read, chain, service, signal: gone.signal });
    if (typeof outcome === 'string') fail(reply, outcome);
  } catch (error) {
    // The client has disconnected, or the server failed after the response headers.
    if (reply.headersSent || gone.signal.aborted) reply.destroy();
    else {
      const code = (error as { code?: unknown }).code;
      logger.error({ target: 'proxy', request_id: id, code }, 'a request failed');
      fail(reply, 'internal');
    }
  } finally {
    chain?.release();
  }
};

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly reply: ServerResponse;
  readonly target: Target;
  readonly path: string;
  readonly chain: HttpChain;
  readonly service: HttpService;
  readonly signal: AbortSignal;
}

const forward = async (exchange: Exchange): Promise<FailureCode | undefined> => {
  const { incoming, reply, target, chain, service } = exchange;
  const { shownBodyBytes } = service.limits;
  const isShown = !chain.isEmpty;
  const body: Body = isShown
    ? await readBody(incoming, shownBodyBytes)
    : { kind: 'stream', stream: incoming };
  if (body.kind === 'stream' && chain.isGuarded) return 'body_too_large';
  const given = {
    method: incoming.method ?? 'GET',
    path: exchange.path,
    headers: endToEnd(fromRawHeaders(incoming.rawHeaders)),
    body: body.kind === 'whole' ? body.bytes : NOTHING,
  };
  const shown = isShown ? await chain.showRequest(given) : ({ kind: 'continue', message: given } as const);
  if (shown.kind === 'failure') return shown.code;
  if (shown.kind === 'answer') {
    answer(reply, shown.response);
    return undefined;
  }
  const { message } = shown;
  const whole = body.kind === 'whole';
  const headers = message.headers.filter(
    ([name]) => !(name === 'host' || (whole && name === 'content-length')),
  );
  const answered = await service.agent.send({
    target,
    method: message.method,
    path: message.path,
    headers: [['host', hostOf(target)], ...headers, ['via', '1.1 plugwire']],
    body: whole ? message.body : hasBody(incoming) ? toStream(body) : NOTHING,
    signal: exchange.signal,
  });
  if (!answered.ok) return answered.code;
  return await respond(exchange, answered, message.method);
};

const NOTHING = new Uint8Array();

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const hostOf = ({ host, port }: Target): string => {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === 80 ? name : `${name}:${port}`;
};

interface Answered {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Readable;
}

const respond = async (
  { reply, chain, service, signal }: Exchange,
  { status, headers: raw, body: source }: Answered,
  method: string,
): Promise<FailureCode | undefined> => {
  const headers = endToEnd(raw);
  const isBare = method === 'HEAD' || WITHOUT_BODY.has(status);
  if (chain.isEmpty) return await pass(reply, status, headers, source, signal);
  const body: Body = isBare
    ? { kind: 'whole', bytes: Buffer.alloc(0) }
    : isEndless(headers)
      ? { kind: 'stream', stream: source }
      : await readBody(source, service.limits.shownBodyBytes);
  if (isBare) discard(source);
  if (body.kind === 'stream' && chain.isGuarded) {
    discard(source);
    return 'answer_too_large';
  }
  const shown = await chain.showResponse({
    status,
    headers,
    body: body.kind === 'whole' ? body.bytes : NOTHING,
  });
  if (shown.kind === 'failure') {
    discard(source);
    return shown.code;
  }
  const response = shown.kind === 'answer' ? shown.response : shown.message;
  if (body.kind === 'stream' && shown.kind === 'continue')
    return await pass(reply, response.status, response.headers, body.stream, signal);
  if (body.kind === 'stream') discard(source);
  answer(reply, response, isBare && shown.kind === 'continue');
  return undefined;
};

/** Responses with these statuses have no body (RFC 9110, 6.4.1). */
const WITHOUT_BODY = new Set([204, 205, 304]);

/** A stream of events has no end, so it cannot be read as a whole. */
const isEndless = (headers: readonly Header[]): boolean =>
  headers.some(([name, value]) => name === 'content-type' && value.startsWith('text/event-stream'));

const pass = async (
  reply: ServerResponse,
  status: number,
  headers: readonly Header[],
  source: Readable,
  signal: AbortSignal,
): Promise<undefined> => {
  reply.writeHead(status, headers.flat());
  await pipeline(source, reply, { signal });
};

/** Sends a complete response. The body is omitted for a HEAD request, and for a status without a body. */
const answer = (
  reply: ServerResponse,
  { status, headers, body }: ShownResponse,
  keepsLength = false,
): void => {
  const isBare = reply.req.method === 'HEAD' || WITHOUT_BODY.has(status);
  const length: Header[] = isBare ? [] : [['content-length', String(body.length)]];
  const others = keepsLength ? headers : headers.filter(([name]) => name !== 'content-length');
  reply.writeHead(status, [...others, ...length].flat());
  reply.end(isBare ? undefined : body);
};

const fail = (reply: ServerResponse, code: FailureCode): void => {
  if (reply.headersSent) {
    reply.destroy();
    return;
  }
  const body = failureBody(code);
  const length = String(Buffer.byteLength(body));
  reply.writeHead(FAILURES[code].status, ['content-type', 'application/json', 'content-length', length]);
  reply.end(body);
};

/** Reads the target of a CONNECT. Returns `undefined` if it is not `host:port`. */
export const readConnectTarget = (text: string | undefined): Target | undefined => readAuthority(text ?? '');
