import { decodeBase64, encodeBase64 } from '../../shared/assembly/base64';
import { ascii, Bytes } from '../../shared/assembly/bytes';
import { forgetFailure, hasFailed } from '../../shared/assembly/failure';
import { Fields } from '../../shared/assembly/json-object';
import { readJson } from '../../shared/assembly/json-reader';
import { Kind, Value } from '../../shared/assembly/json-value';
import { Writer } from '../../shared/assembly/json-writer';
import { Message } from '../../shared/assembly/message';

export class NormalizeErrorRequest extends Message {
  constructor(
    public status: u64,
    public bodyBase64: Bytes,
  ) {
    super();
  }

  static read(fields: Fields): NormalizeErrorRequest {
    const request = new NormalizeErrorRequest(fields.any('status').upTo(0xffff), fields.text('body_base64'));
    fields.end();
    return request;
  }

  writeMembers(to: Writer): void {
    to.key('status');
    to.count(this.status);
    to.key('body_base64');
    to.text(this.bodyBase64);
  }
}

export class NormalizeErrorResponse extends Message {
  constructor(public bodyBase64: Bytes | null) {
    super();
  }

  static read(fields: Fields): NormalizeErrorResponse {
    const response = new NormalizeErrorResponse(fields.textOrNull('body_base64'));
    fields.end();
    return response;
  }

  writeMembers(to: Writer): void {
    to.key('body_base64');
    to.textOrNull(this.bodyBase64);
  }
}

/**
 * Gives every error one shape: `{"type":"error","error":{"type":…,"message":…,"status":…}}`. Null for what is no error and
 * for what has that shape to the byte.
 */
export function normalizeError(request: NormalizeErrorRequest): NormalizeErrorResponse {
  const body = decodeBase64(request.bodyBase64);
  if (request.status < 400 || hasFailed()) return new NormalizeErrorResponse(null);
  let value = readJson(body);
  // An upstream may say anything. What is not strict JSON is an error without words, not a failure of this call.
  if (hasFailed()) value = new Value(Kind.nothing);
  forgetFailure();
  const inner = member(value, 'error', Kind.object);
  const source = inner === null ? value : inner;
  const type = member(source, 'type', Kind.text);
  const shape = new Writer(256);
  shape.raw('{"type":"error","error":{"type":');
  // On the outside, `type` says what kind of object it is.
  if (inner !== null && type !== null) shape.text(type.content);
  else shape.word(typeOf(request.status));
  shape.raw(',"message":');
  shape.text(messageOf(value, source));
  shape.raw(',"status":');
  shape.count(request.status);
  shape.raw('}}');
  const normal = shape.out.done();
  return new NormalizeErrorResponse(normal.equals(body) ? null : encodeBase64(normal));
}

/** Where upstreams put their words: `message`, `detail` or `error`. A page of HTML is not for clients. */
function messageOf(whole: Value, source: Value): Bytes {
  const message = member(source, 'message', Kind.text);
  if (message !== null) return message.content;
  const detail = member(source, 'detail', Kind.text);
  if (detail !== null) return detail.content;
  const error = member(whole, 'error', Kind.text);
  return error === null ? ascii('the upstream gave no reason') : error.content;
}

function typeOf(status: u64): string {
  if (status == 401) return 'authentication_error';
  if (status == 403) return 'permission_error';
  if (status == 404) return 'not_found_error';
  if (status == 413) return 'request_too_large';
  if (status == 429) return 'rate_limit_error';
  if (status == 529) return 'overloaded_error';
  return status < 500 ? 'invalid_request_error' : 'api_error';
}

function member(object: Value, key: string, kind: Kind): Value | null {
  if (object.kind != Kind.object) return null;
  for (let at: Value | null = object.first; at !== null; at = at!.next) {
    if (at.key.is(key)) return at.kind == kind ? at : null;
  }
  return null;
}
