import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Logger } from 'pino';

import type { BalancerMetrics } from './balancer-metrics.ts';
import type { Chain } from './chain.ts';
import { checkClientRequest, readClientRequest } from './client-request.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { FAILURES, type FailureCode } from './failures.ts';
import { forward } from './forward.ts';
import type { Header } from '@plugwire/example-shared/headers';
import { createInterimSender } from './interim-sender.ts';
import type { BalancerLimits } from './balancer-limits.ts';
import { respond, respondFailure } from './respond.ts';
import type { Answer, NoAnswer, Upstream } from './upstream.ts';

/** The parts of the balancer that serve a request. They are the same for every request. */
export interface ServeContext {
  readonly chain: Chain;
  readonly upstreams: readonly Upstream[];
  readonly limits: BalancerLimits;
  readonly metrics: BalancerMetrics;
  readonly logger: Logger;
  readonly isDraining: () => boolean;
}

/** One request and its response, with their state. */
interface Exchange {
  readonly context: ServeContext;
  readonly incoming: IncomingMessage;
  readonly reply: ServerResponse;
  readonly requestId: string;
  readonly log: Logger;
  readonly events: EventLog;
  /** Aborts when the client can no longer receive a complete response. */
  readonly signal: AbortSignal;
}

/**
 * Serves one request, from its first byte to the last observer. `expectsContinue` means that its client waits for a `100 Continue`.
 * Resolves whatever the client, the plugins and the upstreams do. Rejects only for a defect of the balancer itself.
 */
export const serveRequest = async (
  context: ServeContext,
  incoming: IncomingMessage,
  reply: ServerResponse,
  expectsContinue: boolean,
): Promise<void> => {
  const requestId = randomUUID();
  const log = context.logger.child({ target: 'balancer', request_id: requestId });
  const events = createEventLog(requestId, incoming.headers['user-agent']);
  const aborter = new AbortController();
  const closed = untilClosed(incoming, reply, () => aborter.abort());
  const exchange = { context, incoming, reply, requestId, log, events, signal: aborter.signal };
  try {
    const refusal = checkClientRequest(incoming);
    if (refusal !== undefined) {
      fail(exchange, refusal);
    } else {
      if (expectsContinue) reply.writeContinue();
      await forwardAndRespond(exchange);
    }
  } catch {
    // The client or the upstream disconnected. The error is not logged, because it may quote either.
    fail(exchange, 'upstream_failed');
  }
  await closed;
  // If draining began after the headers were sent, the response has no `connection: close`, so close the connection here.
  if (context.isDraining()) incoming.socket.end();
  finish(exchange);
  context.chain.observe(requestId, events.list());
};

/** Rejects if the client disconnects, or if the upstream ends before its response is complete. */
const forwardAndRespond = async (exchange: Exchange): Promise<void> => {
  const { incoming, reply, requestId, events, signal } = exchange;
  const { chain, upstreams, limits } = exchange.context;
  const { shownBodyBytes } = limits;
  const request = await readClientRequest(incoming, requestId, shownBodyBytes);
  const answer = await forward(request, {
    chain,
    upstreams,
    shownBodyBytes,
    signal,
    onInterim: createInterimSender(reply),
    onChosen: () => events.chosen(),
    onAnswer: (upstream, result) => note(exchange, upstream, result),
  });
  if (!answer.ok) {
    fail(exchange, answer.code);
    return;
  }
  await respond(answer, reply, {
    shownBodyBytes,
    ownHeaders: ownHeaders(exchange),
    takesTrailers: /\btrailers\b/i.test(String(incoming.headers.te ?? '')),
    signal,
    normalize: (status, body) => chain.normalize(requestId, status, body),
    onChunk: events.chunk,
  });
};

/** Counts the result of an upstream, and logs a failure. */
const note = ({ context, log, signal }: Exchange, { name }: Upstream, result: Answer | NoAnswer): void => {
  context.metrics.upstreamRequests.inc({ upstream: name, result: result.ok ? 'answered' : result.code });
  if (!result.ok && !signal.aborted) {
    log.warn({ upstream: name, failure: result.code, cause: result.cause }, 'upstream failed');
  }
};

/** Ends the response with an error of the balancer, unless the client has disconnected. */
const fail = (exchange: Exchange, code: FailureCode): void => {
  const { reply, requestId, log, events, signal } = exchange;
  if (signal.aborted) return;
  events.fail(code);
  log.warn({ status: FAILURES[code].status, failure: code }, 'request failed');
  // A response that ends early must not look complete, so the connection is destroyed.
  if (reply.headersSent) reply.destroy();
  else respondFailure(code, requestId, reply, ownHeaders(exchange));
};

/** The headers that the balancer adds for the client. They override those of the upstream. */
const ownHeaders = ({ context, incoming, requestId }: Exchange): Header[] => [
  ['x-request-id', requestId],
  // The rest of an upload would otherwise be parsed as the next request.
  ...(context.isDraining() || !incoming.complete ? ([['connection', 'close']] as const) : []),
];

const finish = ({ context, reply, events }: Exchange): void => {
  const isWhole = reply.writableFinished;
  const status = isWhole ? String(reply.statusCode) : 'aborted';
  context.metrics.responses.inc({ status, failure: events.failure() ?? 'none' });
  events.finish(isWhole ? reply.statusCode : CLIENT_CLOSED);
};

/** Waits until a response has ended or its socket is closed. A pipelined response that waits for another one gets no `close` event of its own. */
const untilClosed = async (
  { socket }: IncomingMessage,
  reply: ServerResponse,
  onAborted: () => void,
): Promise<void> => {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      socket.off('close', end);
      if (!reply.writableFinished) onAborted();
      resolve();
    };
    reply.once('close', end);
    socket.once('close', end);
  });
};

/** The status in events if the client disconnected before the response was complete. nginx uses the same number. */
const CLIENT_CLOSED = 499;
