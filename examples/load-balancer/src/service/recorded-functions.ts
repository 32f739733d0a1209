import { defineRecording, type HostCallValues, type RecordingRule } from '@plugwire/runtime';
import { filter, shape } from '@plugwire/wire/load-balancer';

/** Headers without data of the client. Their values are kept. */
const HARMLESS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'content-type',
  'content-length',
]);

interface Header {
  readonly name: string;
  readonly value_base64: string;
}

const redactHeaders = (headers: readonly Header[]): Header[] =>
  headers.map(({ name, value_base64: value }) => ({
    name,
    value_base64: HARMLESS.has(name.toLowerCase()) ? value : '',
  }));

const PRINCIPAL = { id: 'someone', kind: 'user', claims: {} };

/** Removes the client's data from a request: the values of headers, the query and the body. */
const redactClientRequest = <
  Request extends { headers: Header[]; query: string | null; body_base64: string },
>(
  request: Request,
): Request => ({
  ...request,
  headers: redactHeaders(request.headers),
  query: request.query === null ? null : '',
  body_base64: '',
});

/** Removes the arguments of host calls: storage keys can contain names of principals, and log lines can contain anything. Keeps the results. */
const redactHostCall = (call: HostCallValues): HostCallValues => ({
  ...call,
  arguments: call.arguments.map((value) => {
    if (typeof value === 'string') return '';
    return value instanceof Uint8Array ? new Uint8Array() : value;
  }),
});

/**
 * Returns the functions whose calls are recorded, with their redaction. The recordings are sufficient to test another version of a plugin, and
 * contain no data of clients. `share` is the share of the calls that is recorded, from 0 to 1.
 */
export const recordedFunctions = (share: number): readonly RecordingRule[] => [
  defineRecording(filter, {
    share,
    redact: {
      request: (request) => ({ ...redactClientRequest(request), principal: PRINCIPAL }),
      response: ({ results }) => ({
        results: results.map(({ upstream_id: id, decision }) => ({ upstream_id: id, decision, reason: '' })),
      }),
      hostCall: redactHostCall,
    },
  }),
  defineRecording(shape, {
    share,
    redact: {
      request: ({ request, upstream }) => ({
        request: redactClientRequest(request),
        upstream,
        principal: PRINCIPAL,
      }),
      response: ({ url, method, headers }) => ({
        url: URL.canParse(url) ? new URL(url).origin : '',
        method,
        headers: redactHeaders(headers),
        body_base64: '',
      }),
      hostCall: redactHostCall,
    },
  }),
];
