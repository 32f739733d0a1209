import { Builder, encodeBase64, ShapeRequest, ShapeResponse, text, Text } from '../kit';
import { upperHexDigit } from './ascii';
import { passHeaders, PRINCIPAL_HEADER } from './header-policy';
import { rewriteTarget } from './target';

/** Rewrites the path and the headers. Method and body do not change. */
export function shape(asked: ShapeRequest): ShapeResponse {
  const request = asked.request;
  const url = rewriteTarget(request.path, request.query);
  const headers = passHeaders(request.headers);
  headers.push({
    name: text(PRINCIPAL_HEADER),
    valueBase64: encodeBase64(toHeaderValue(asked.principal.id)),
  });
  return { url, method: request.method, headers, bodyBase64: request.bodyBase64 };
}

/** Percent-encodes everything except visible ASCII, so that every id is one valid header value. */
function toHeaderValue(id: Text): Text {
  const to = new Builder(id.length);
  for (let at = 0; at < id.length; at++) {
    const byte = id.at(at);
    if (byte > 0x20 && byte < 0x7f && byte != 0x25) to.byte(byte);
    else {
      to.byte(0x25);
      to.byte(upperHexDigit(byte >> 4));
      to.byte(upperHexDigit(byte & 15));
    }
  }
  return to.toText();
}
