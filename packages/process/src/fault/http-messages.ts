import type { CarrierAnswer } from '@plugwire/runtime';

import { fromBase64, toBase64 } from './bytes.ts';
import type {
  HttpHeader,
  HttpRequest,
  HttpResponse,
  RequestAnswer,
  ResponseAnswer,
} from './plugin-service.ts';

/** A message over HTTP on a contract's wire, where its body is base64. */
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

/** The message of fault for a request. */
export const writeRequest = ({ request }: RequestMessage): { readonly request: HttpRequest } => ({
  request: { ...request, body: fromBase64(request.body) },
});

/** The message of fault for a response. */
export const writeResponse = ({ response }: ResponseMessage): { readonly response: HttpResponse } => ({
  response: { ...response, body: fromBase64(response.body) },
});

/** What the contract has for an answer to a request. The contract refuses what fault does not know. */
export const readRequestAnswer = (
  { action, modified_request: modified, abort_response: abort }: RequestAnswer,
  { request }: RequestMessage,
): CarrierAnswer => {
  if (action !== CONTINUE) return other(action, abort);
  return answer({ kind: 'continue', modified_request: modified === null ? null : mended(modified, request) });
};

/** What the contract has for an answer to a response. */
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

/** Objects, lists and keys of an answer, by its headers: they alone are many. */
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

/** Nothing has an empty method or an empty path: it is a field that the plugin did not set. */
const mended = (modified: HttpRequest, { method, path }: OnWire<HttpRequest>): OnWire<HttpRequest> => ({
  ...onWire(modified),
  method: modified.method || method,
  path: modified.path || path,
});

const onWire = ({
  headers,
  body,
}: Pick<HttpRequest, 'headers' | 'body'>): { readonly headers: HttpHeader[]; readonly body: string } => ({
  // Fields that were not sent are those of a prototype.
  headers: headers.map(({ name, value }) => ({ name, value })),
  body: toBase64(body),
});
