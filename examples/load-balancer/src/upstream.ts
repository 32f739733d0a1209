import type { Readable } from 'node:stream';

import type { JsonValue } from '@plugwire/wire';
import { errors, Pool } from 'undici';

import { discard } from '@plugwire/example-shared/body';
import type { FailureCode } from './failures.ts';
import { fromRawHeaders, type Header } from '@plugwire/example-shared/headers';
import type { BalancerLimits } from './balancer-limits.ts';
import type { UpstreamRequest } from './upstream-request.ts';

/** The configuration of an upstream. */
export interface UpstreamOptions {
  /** The id that plugins see. Each upstream needs a different one. */
  readonly id: string;
  readonly name: string;
  /** The origin, such as `http://10.0.0.7:8080`. Plugins do not see it. */
  readonly origin: string;
  /** The input of `build_signer`, such as keys. */
  readonly factoryState?: JsonValue;
}

/** The kind of every upstream, for plugins. The protocol defines only this one. */
export const UPSTREAM = { kind: 'anthropic_direct' } as const;

/** The response of an upstream. Its headers are complete, and its body is a stream. */
export interface Answer {
  readonly ok: true;
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Readable;
  /** The trailers. They are complete when the body has ended. */
  readonly trailers: Readonly<Record<string, string | readonly string[]>>;
}

/** The reason why there is no response. */
export interface NoAnswer {
  readonly ok: false;
  readonly code: Extract<FailureCode, 'upstream_unreachable' | 'upstream_failed' | 'upstream_timeout'>;
  /** If false, no byte of the request was sent, so it can be sent to another upstream with any method. */
  readonly wasSent: boolean;
  /** The error code of Node, undici or this file. Never a message, because it may quote received data. */
  readonly cause: string;
}

export interface SendOptions {
  readonly signal: AbortSignal;
  /** Called for each interim response (1xx). */
  readonly onInterim: (status: number, headers: readonly Header[]) => void;
}

/** An upstream, with its connections. */
export interface Upstream extends UpstreamOptions {
  send(request: UpstreamRequest, options: SendOptions): Promise<Answer | NoAnswer>;
  close(): Promise<void>;
}

/** Creates an upstream, which connects on demand. Throws `TypeError` if its origin is not an http or https URL. */
export const createUpstream = (options: UpstreamOptions, limits: BalancerLimits): Upstream => {
  const { origin, protocol } = new URL(options.origin);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TypeError(`the origin of "${options.name}" is ${origin}: expected http:// or https://.`);
  }
  const pool = new Pool(origin, {
    connections: limits.upstreamConnections,
    connect: { timeout: limits.upstreamConnectMs },
    bodyTimeout: limits.upstreamIdleMs,
    pipelining: 1,
  });

  const send: Upstream['send'] = async (request, { signal, onInterim }) => {
    const { body } = request;
    // A streamed body is as slow as its client.
    const headersMs = limits.upstreamHeadersMs + (body.kind === 'stream' ? limits.clientRequestMs : 0);
    // undici's own timeout starts only when there is a connection, and starts again with each interim response, so it may never end. This one starts
    // here, and starts again once, with the first interim response.
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(new errors.HeadersTimeoutError()), headersMs);
    // Not `AbortSignal.any`: on Node 20, a signal with a listener is kept in memory until it aborts, which is 13 KB for each request.
    signal.addEventListener('abort', () => ended.abort(signal.reason), { once: true });
    if (signal.aborted) ended.abort(signal.reason);
    let hasInterim = false;
    try {
      const answering = pool.request({
        path: request.path,
        method: request.method,
        headers: request.headers.flat(),
        body: body.kind === 'stream' ? body.stream : body.bytes,
        headersTimeout: 0,
        responseHeaders: 'raw',
        signal: ended.signal,
        onInfo: ({ statusCode, headers }) => {
          if (!hasInterim) timer.refresh();
          hasInterim = true;
          onInterim(statusCode, fromUndici(headers));
        },
      });
      const answer = await Promise.race([answering, rejectOnAbort(ended.signal)]);
      const headers = fromUndici(answer.headers);
      if (headers.some(isCoded)) {
        discard(answer.body);
        return { ok: false, code: 'upstream_failed', wasSent: true, cause: 'TRANSFER_CODING' };
      }
      return {
        ok: true,
        status: answer.statusCode,
        headers,
        body: answer.body,
        trailers: answer.trailers,
      };
    } catch (error) {
      return toNoAnswer(error);
    } finally {
      clearTimeout(timer);
    }
  };

  return { ...options, send, close: async () => await pool.destroy() };
};

/** Rejects when the signal aborts. undici checks the signal only when a request has a connection. */
const rejectOnAbort = async (signal: AbortSignal): Promise<never> =>
  await new Promise((_, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

/** With `responseHeaders: 'raw'`, headers are a flat list. The types of undici do not say so. */
const fromUndici = (headers: unknown): Header[] => fromRawHeaders(headers as string[]);

/** Whether a body has a coding besides chunked. undici decodes only chunked, so the client would get coded bytes without the header for them. */
const isCoded = ([name, value]: Header): boolean =>
  name === 'transfer-encoding' && value.trim().toLowerCase() !== 'chunked';

/** Error codes of the connection attempt: nothing was sent. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const toNoAnswer = (error: unknown): NoAnswer => {
  const code = (error as { code?: unknown } | null)?.code;
  const cause = typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : 'UNKNOWN';
  const wasSent = !UNREACHABLE.has(cause);
  if (cause.endsWith('_TIMEOUT')) return { ok: false, code: 'upstream_timeout', wasSent, cause };
  return { ok: false, code: wasSent ? 'upstream_failed' : 'upstream_unreachable', wasSent, cause };
};
