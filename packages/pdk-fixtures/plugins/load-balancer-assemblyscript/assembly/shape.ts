import { ascii, Builder, Bytes } from '../../shared/assembly/bytes';
import { encodeBase64 } from '../../shared/assembly/base64';
import { Fields } from '../../shared/assembly/json-object';
import { Writer } from '../../shared/assembly/json-writer';
import { Message } from '../../shared/assembly/message';
import { passHeaders, PRINCIPAL_HEADER } from './header-policy';
import { ClientRequest, Header, Principal, readUpstream, Shaped, writeUpstream } from './shapes';
import { rewriteTarget, upperHexDigit } from './target';

export class ShapeRequest extends Message {
  constructor(
    public request: ClientRequest,
    public principal: Principal,
  ) {
    super();
  }

  static read(fields: Fields): ShapeRequest {
    const inner = fields.fields('request');
    const request = ClientRequest.readMembers(inner);
    inner.end();
    readUpstream(fields);
    const principal = Principal.read(fields);
    fields.end();
    return new ShapeRequest(request, principal);
  }

  writeMembers(to: Writer): void {
    to.key('request');
    to.open('{');
    this.request.writeMembers(to);
    to.close('}');
    writeUpstream(to);
    this.principal.write(to);
  }
}

export class ShapeResponse extends Message {
  constructor(public shaped: Shaped) {
    super();
  }

  static read(fields: Fields): ShapeResponse {
    return new ShapeResponse(Shaped.readMembers(fields));
  }

  writeMembers(to: Writer): void {
    this.shaped.writeMembers(to);
  }
}

/** Rewrites path and headers; method and body stay. */
export function shapeRequest(asked: ShapeRequest): ShapeResponse {
  const request = asked.request;
  const url = rewriteTarget(request.path, request.query);
  const headers = passHeaders(request.headers);
  headers.push(new Header(ascii(PRINCIPAL_HEADER), encodeBase64(toHeaderValue(asked.principal.id))));
  return new ShapeResponse(new Shaped(url, request.method, headers, request.bodyBase64));
}

/** Percent-encodes what is no visible ASCII, so that any id is a header value, and one only. */
function toHeaderValue(id: Bytes): Bytes {
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
  return to.done();
}
