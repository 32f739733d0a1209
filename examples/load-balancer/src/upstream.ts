import type { Readable } from 'node:stream';

import type { JsonValue } from '@plugwire/wire';
import { errors, Pool } from 'undici';

import { discard } from '@plugwire/example-shared/body';
import type { FailureCode } from './failures.ts';
import { fromRawHeaders, type Header } from '@plugwire/example-shared/headers';
import type { BalancerLimits } from './balancer-limits.ts';
import type { UpstreamRequest } from './upstream-request.ts';

/** A server to balance to, as the operator configures it. */
export interface UpstreamOptions {
  /** What plugins call it: any text that no other upstream has. */
  readonly id: string;
  readonly name: string;
  /** Such as `http://10.0.0.7:8080`. No plugin sees it. */
  readonly origin: string;
  /** What `build_signer` makes a signer of: keys, perhaps. */
  readonly factoryState?: JsonValue;
}

/** How plugins see any of them: all behind this balancer are of the one kind that the protocol knows. */
export const UPSTREAM = { kind: 'anthropic_direct' } as const;

/** An upstream's answer: its headers are there, its body is still coming. */
export interface Answer {
  readonly ok: true;
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Readable;
  /** Complete once the body has ended. */
  readonly trailers: Readonly<Record<string, string | readonly string[]>>;
}

/** Why there is no answer. */
export interface NoAnswer {
  readonly ok: false;
  readonly code: Extract<FailureCode, 'upstream_unreachable' | 'upstream_failed' | 'upstream_timeout'>;
  /** `false`: no byte of the request has left, so that another upstream may get it whatever its method is. */
  readonly wasSent: boolean;
  /** The code of Node or undici, or one of our own; never a message, which can quote what was received. */
  readonly cause: string;
}

export interface SendOptions {
  readonly signal: AbortSignal;
  /** Told of interim answers (1xx). */
  readonly onInterim: (status: number, headers: readonly Header[]) => void;
}

/** A server to balance to, with its connections. */
export interface Upstream extends UpstreamOptions {
  send(request: UpstreamRequest, options: SendOptions): Promise<Answer | NoAnswer>;
  close(): Promise<void>;
}

/** Opens the connections to an upstream, on demand. Throws `TypeError` if its origin is no http origin. */
export const createUpstream = (options: UpstreamOptions, limits: BalancerLimits): Upstream => {
  const { origin, protocol } = new URL(options.origin);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TypeError(`the origin of "${options.name}" is ${origin}: expected http:// or https://`);
  }
  const pool = new Pool(origin, {
    connections: limits.upstreamConnections,
    connect: { timeout: limits.upstreamConnectMs },
    bodyTimeout: limits.upstreamIdleMs,
    pipelining: 1,
  });

  const send: Upstream['send'] = async (request, { signal, onInterim }) => {
    const { body } = request;
    // A client may take its time with a body that streams.
    const headersMs = limits.upstreamHeadersMs + (body.kind === 'stream' ? limits.clientRequestMs : 0);
    // undici's own wait begins once there is a connection, and anew with each interim answer. This one has an end: it begins
    // here, and once more with the first interim answer.
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(new errors.HeadersTimeoutError()), headersMs);
    // Not `AbortSignal.any`: on Node 20 one that somebody listens to is held until it aborts, 13 KB for each request.
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

/** undici looks at the signal only once a request has its connection. */
const rejectOnAbort = async (signal: AbortSignal): Promise<never> =>
  await new Promise((_, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

/** With `responseHeaders: 'raw'` headers are a flat list, which undici's types do not say. */
const fromUndici = (headers: unknown): Header[] => fromRawHeaders(headers as string[]);

/** undici takes chunks away; what was coded within them would reach the client without a word of it. */
const isCoded = ([name, value]: Header): boolean =>
  name === 'transfer-encoding' && value.trim().toLowerCase() !== 'chunked';

/** Codes that only connecting gives: nothing was sent. */
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
