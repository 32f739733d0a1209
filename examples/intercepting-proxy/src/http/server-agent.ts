import type { Readable } from 'node:stream';

import { fromRawHeaders, type Header } from '@plugwire/example-shared/headers';
import { Agent, Pool } from 'undici';

import type { FailureCode } from '../failures.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import { readAuthority, type Target, type TargetRules } from '../target-rules.ts';

/** A request to a server. */
interface ServerRequest {
  readonly target: Target;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array | Readable;
  readonly signal: AbortSignal;
}

/** The response of a server, with its body as a stream, or the reason why there is none. */
type ServerAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: readonly Header[];
      readonly body: Readable;
    }
  | { readonly ok: false; readonly code: FailureCode };

/** Sends requests to servers and keeps their connections. */
export interface ServerAgent {
  /** Sends a request. Never rejects. */
  send(request: ServerRequest): Promise<ServerAnswer>;
  /** Closes every connection at once. */
  close(): Promise<void>;
}

/** Creates an agent that connects to servers on demand. It refuses addresses that the rules forbid. */
export const createServerAgent = (rules: TargetRules, limits: ProxyLimits): ServerAgent => {
  const agent = new Agent({
    factory: (origin, options: object) => {
      const { hostname, port } = new URL(String(origin));
      const target = { host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port || 80) };
      const connect = { timeout: limits.connectMs, lookup: rules.lookupFor(target) };
      return new Pool(origin, { ...options, connect, pipelining: 1 });
    },
    headersTimeout: limits.serverHeadersMs,
    bodyTimeout: limits.serverIdleMs,
  });

  return {
    send: async ({ target, method, path, headers, body, signal }) => {
      try {
        const answer = await agent.request({
          origin: originOf(target),
          method,
          path,
          headers: headers.flat(),
          body,
          signal,
          responseHeaders: 'raw',
        });
        // With `raw`, headers are a flat list. The types of undici do not say so.
        const answered = fromRawHeaders(answer.headers as unknown as string[]);
        return { ok: true, status: answer.statusCode, headers: answered, body: answer.body };
      } catch (error) {
        return { ok: false, code: failureOf((error as { code?: unknown }).code) };
      }
    },
    close: async () => await agent.destroy(),
  };
};

/** Returns the origin of a target. */
const originOf = ({ host, port }: Target): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

const UNREACHABLE = /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/;

const failureOf = (code: unknown): FailureCode => {
  if (code === 'EFORBIDDEN') return 'target_forbidden';
  if (UNREACHABLE.test(String(code))) return 'server_unreachable';
  return String(code).endsWith('_TIMEOUT') ? 'server_timeout' : 'server_failed';
};

/** Reads a URL in absolute form: its target, and its path with the query. Returns `undefined` if it is not an `http:` URL. */
export const readAbsoluteForm = (
  text: string,
): { readonly target: Target; readonly path: string } | undefined => {
  const [, authority = '', path = ''] =
    /^http:\/\/([^/?#\s@\\]+)(\/[^#\s\\]*|\?[^#\s\\]*)?$/i.exec(text) ?? [];
  const target = readAuthority(authority, 80);
  return target === undefined ? undefined : { target, path: path.startsWith('/') ? path : `/${path}` };
};
