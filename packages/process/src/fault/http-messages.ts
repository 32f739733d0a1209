import type { CarrierAnswer } from '@plugwire/runtime';

import { fromBase64, toBase64 } from './bytes.ts';
import type {
  HttpHeader,
  HttpRequest,
  HttpResponse,
  RequestAnswer,
  ResponseAnswer,
} from './plugin-service.ts';

/** An HTTP message in the wire format of a contract. The body is base64. */
type OnWire<Message> = Omit<Message, 'body'> & { readonly body: string };

/** A request of `http_request`. */
export interface RequestMessage {
  readonly request: OnWire<HttpRequest>;
}

/** A request of `http_response`. */
export interface ResponseMessage {
  readonly response: OnWire<HttpResponse>;
}

const CONTINUE = 0;
const ABORT = 1;

/** Converts a request to the message of fault. */
export const writeRequest = ({ request }: RequestMessage): { readonly request: HttpRequest } => ({
  request: { ...request, body: fromBase64(request.body) },
});

/** Converts a response to the message of fault. */
export const writeResponse = ({ response }: ResponseMessage): { readonly response: HttpResponse } => ({
  response: { ...response, body: fromBase64(response.body) },
});

/** Converts the plugin’s answer to a request to the wire format. The contract refuses unknown actions. */
export const readRequestAnswer = (
  { action, modified_request: modified, abort_response: abort }: RequestAnswer,
  { request }: RequestMessage,
): CarrierAnswer => {
  if (action !== CONTINUE) return other(action, abort);
  return answer({ kind: 'continue', modified_request: modified === null ? null : mended(modified, request) });
};

/** Converts the plugin’s answer to a response to the wire format. */
export const readResponseAnswer = (
  { action, modified_response: modified, abort_response: abort }: ResponseAnswer,
  { response }: ResponseMessage,
): CarrierAnswer => {
  if (action !== CONTINUE) return other(action, abort);
  const status = modified?.status_code === 0 ? response.status_code : modified?.status_code;
  return answer({
    kind: 'continue',
    modified_response: modified === null ? null : { ...onWire(modified), status_code: status },
  });
};

/** Counts the objects, lists and keys of an answer. Only the headers can be many. */
export const countHeaders = (
  answers: readonly ({ readonly headers: readonly HttpHeader[] } | null | undefined)[],
): number => answers.reduce((sum, message) => sum + HEADER_NODES * (message?.headers.length ?? 0), 0);
const HEADER_NODES = 3;

const answer = (action: object): CarrierAnswer => ({ ok: true, body: { action } });

const other = (action: number, abort: HttpResponse | null): CarrierAnswer => {
  if (action !== ABORT) return answer({ kind: `action_${action}` });
  if (abort === null) return answer({ kind: 'abort' });
  return answer({ kind: 'abort', response: { ...onWire(abort), status_code: abort.status_code } });
};

/** An empty method or path means that the plugin did not set the field. */
const mended = (modified: HttpRequest, { method, path }: OnWire<HttpRequest>): OnWire<HttpRequest> => ({
  ...onWire(modified),
  method: modified.method || method,
  path: modified.path || path,
});

const onWire = ({
  headers,
  body,
}: Pick<HttpRequest, 'headers' | 'body'>): { readonly headers: HttpHeader[]; readonly body: string } => ({
  // Absent fields are on the prototype, so they are copied explicitly.
  headers: headers.map(({ name, value }) => ({ name, value })),
  body: toBase64(body),
});
