import { defineRecording, type HostCallValues, type RecordingRule } from '@plugwire/runtime';
import { filter, shape } from '@plugwire/wire/load-balancer';

/** Headers that say nothing of who asks, or of what. */
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

/** What a client sent, without its words: where it went and in which form is all that is left. */
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

/** Keys of the store hold names of principals, and log lines hold anything. What the host answered is its own. */
const redactHostCall = (call: HostCallValues): HostCallValues => ({
  ...call,
  arguments: call.arguments.map((value) => {
    if (typeof value === 'string') return '';
    return value instanceof Uint8Array ? new Uint8Array() : value;
  }),
});

/**
 * The functions whose calls this balancer records, and what is kept of them: enough to try another version of a plugin, and nothing that a
 * client sent as its own. `share` of the calls are recorded.
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
