import { z } from 'zod';

import { CommandError } from '../base/failure.ts';

/** How long a server may take to respond, in milliseconds. */
const PATIENCE_MS = 5_000;

const version = z.looseObject({ plugin: z.string(), version: z.string(), sha256: z.string() });

/** The part of `GET /health` that is shown. A newer server may return more. */
const health = z.looseObject({
  status: z.string(),
  plugins: z.array(
    z.looseObject({
      name: z.string(),
      state: z.string(),
      version: version.optional(),
      functions: z.record(z.string(), z.number()).default({}),
      breaker: z.string().optional(),
      recent: z
        .looseObject({ dispatches: z.number(), fallbacks: z.number(), fallbackShare: z.number() })
        .optional(),
      canary: version.extend({ share: z.number(), status: z.string() }).optional(),
      lastFailure: z.looseObject({ stage: z.string(), code: z.string(), message: z.string() }).optional(),
    }),
  ),
});

/** The health of a host, as its admin server reports it. */
export type HostStatus = z.output<typeof health>;

/**
 * Requests the health of a host from its admin server: `GET URL/health`. A response with status 503 is valid too: the host is not ready.
 *
 * Rejects with `CommandError`: `usage` if `origin` is not a URL, `system` if the server cannot be reached or does not return the health of a
 * host.
 */
export const readStatus = async (origin: string): Promise<HostStatus> => {
  const url = parseAdminUrl(origin, 'health');
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { accept: 'application/json' },
    });
    body = await response.json();
  } catch (error) {
    throw unreachable(url, error);
  }
  const parsed = health.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new CommandError(
    'system',
    `${url.href}: the response (${response.status}) is not the health of a host. Pass the address of its admin server.`,
    'not_health',
  );
};

/** Returns the URL of a page of an admin server. Throws `CommandError` `usage` if `origin` is not a URL. */
export const parseAdminUrl = (origin: string, page: string): URL => {
  const text = /^https?:\/\//i.test(origin) ? origin : `http://${origin}`;
  if (!URL.canParse(text)) {
    throw new CommandError(
      'usage',
      `${origin} is not a URL. Expected a URL such as http://127.0.0.1:9090.`,
      'bad_url',
    );
  }
  const url = new URL(text);
  if (!url.pathname.endsWith(`/${page}`)) url.pathname = `${url.pathname.replace(/\/$/, '')}/${page}`;
  return url;
};

interface Cause {
  readonly code?: string;
  readonly name?: string;
  readonly errors?: readonly Cause[];
}

/** `fetch` puts the reason into `cause`, with one error for each address of the host name. */
const causeOf = (error: unknown): Cause => {
  const cause = (error as { readonly cause?: Cause }).cause ?? (error as Cause);
  return cause.errors?.[0] ?? cause;
};

/** The error for a server that cannot be reached or returns something else. */
export const unreachable = (url: URL, error: unknown): CommandError =>
  new CommandError('system', `${url.href}: ${explain(error)}`, codeOf(error));

const codeOf = (error: unknown): string => causeOf(error).code ?? causeOf(error).name ?? 'unreachable';

const explain = (error: unknown): string => {
  const code = codeOf(error);
  if (error instanceof SyntaxError)
    return 'the response is not JSON. Pass the address of the admin server of a host.';
  if (code === 'ECONNREFUSED')
    return 'the connection was refused. Check that the host is running, and that this is its admin port.';
  if (code === 'TimeoutError')
    return `no response within ${PATIENCE_MS / 1000} seconds. Check that this is the admin port.`;
  return `the server cannot be reached (${code}). Check the address.`;
};
