import { decodeBase64, encodeBase64, hasFailed, Json, JsonKind } from '../kit';
import { NormalizeErrorRequest, NormalizeErrorResponse, text, Text, Writer } from '../kit';

/**
 * Converts every error to one shape: `{"type":"error","error":{"type":…,"message":…,"status":…}}`. Returns null if the response is
 * not an error, or has exactly that shape already.
 */
export function normalizeError(request: NormalizeErrorRequest): NormalizeErrorResponse {
  const body = decodeBase64(request.bodyBase64);
  if (request.status < 400 || hasFailed()) return { bodyBase64: null };
  // An upstream may send anything. A body that is not strict JSON is an error without a message, not a failure of this call.
  const parsed = Json.tryParse(body);
  const value = parsed === null ? Json.nothing() : parsed;
  const inner = member(value, 'error', JsonKind.object);
  const source = inner === null ? value : inner;
  const type = member(source, 'type', JsonKind.string);
  const shape = new Writer(256);
  shape.raw('{"type":"error","error":{"type":');
  // In the outermost object, `type` is the kind of the object.
  shape.text(inner !== null && type !== null ? type.toText() : text(typeOf(request.status)));
  shape.raw(',"message":');
  shape.text(messageOf(value, source));
  shape.raw(',"status":');
  shape.unsigned(request.status);
  shape.raw('}}');
  const normal = shape.toJson().text;
  return { bodyBase64: normal.equals(body) ? null : encodeBase64(normal) };
}

/** The keys where upstreams put their message: `message`, `detail` or `error`. HTML pages are not passed to clients. */
function messageOf(whole: Json, source: Json): Text {
  const message = member(source, 'message', JsonKind.string);
  if (message !== null) return message.toText();
  const detail = member(source, 'detail', JsonKind.string);
  if (detail !== null) return detail.toText();
  const error = member(whole, 'error', JsonKind.string);
  return error === null ? text('the upstream gave no reason') : error.toText();
}

function typeOf(status: u32): string {
  if (status == 401) return 'authentication_error';
  if (status == 403) return 'permission_error';
  if (status == 404) return 'not_found_error';
  if (status == 413) return 'request_too_large';
  if (status == 429) return 'rate_limit_error';
  if (status == 529) return 'overloaded_error';
  return status < 500 ? 'invalid_request_error' : 'api_error';
}

function member(object: Json, key: string, kind: JsonKind): Json | null {
  const found = object.kind == JsonKind.object ? object.member(key) : null;
  return found !== null && found.kind == kind ? found : null;
}
