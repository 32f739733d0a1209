// The objects that several messages share (protocol §7). Each reads itself strictly and writes itself again.

import { Bytes } from '../../shared/assembly/bytes';
import { fail } from '../../shared/assembly/failure';
import { Fields } from '../../shared/assembly/json-object';
import { Value } from '../../shared/assembly/json-value';
import { Writer } from '../../shared/assembly/json-writer';

/** The value stays base64 until somebody needs its bytes. */
export class Header {
  constructor(
    public name: Bytes,
    public valueBase64: Bytes,
  ) {}

  static read(value: Value): Header {
    const fields = new Fields(value);
    const header = new Header(fields.text('name'), fields.text('value_base64'));
    fields.end();
    return header;
  }

  static readList(fields: Fields): Header[] {
    const headers: Header[] = [];
    for (let at: Value | null = fields.list('headers'); at !== null; at = at!.next)
      headers.push(Header.read(at));
    return headers;
  }

  static writeList(to: Writer, headers: Header[]): void {
    to.key('headers');
    to.open('[');
    for (let at = 0; at < headers.length; at++) headers[at].write(to);
    to.close(']');
  }

  write(to: Writer): void {
    to.element();
    to.open('{');
    to.key('name');
    to.text(this.name);
    to.key('value_base64');
    to.text(this.valueBase64);
    to.close('}');
  }
}

export class Principal {
  constructor(
    public id: Bytes,
    public kind: Bytes,
    public claims: Bytes,
  ) {}

  static read(from: Fields): Principal {
    const fields = from.fields('principal');
    const principal = new Principal(fields.text('id'), fields.text('kind'), fields.jsonObject('claims'));
    fields.end();
    return principal;
  }

  write(to: Writer): void {
    to.key('principal');
    to.open('{');
    to.key('id');
    to.text(this.id);
    to.key('kind');
    to.text(this.kind);
    to.key('claims');
    to.json(this.claims);
    to.close('}');
  }
}

export class ClientRequest {
  constructor(
    public requestId: Bytes,
    public headers: Header[],
    public method: Bytes,
    public path: Bytes,
    public query: Bytes | null,
    public bodyBase64: Bytes,
  ) {}

  /** Leaves the object's end to the caller: `filter` has further members beside these. */
  static readMembers(fields: Fields): ClientRequest {
    return new ClientRequest(
      fields.text('request_id'),
      Header.readList(fields),
      fields.text('method'),
      fields.text('path'),
      fields.textOrNull('query'),
      fields.text('body_base64'),
    );
  }

  writeMembers(to: Writer): void {
    to.key('request_id');
    to.text(this.requestId);
    Header.writeList(to, this.headers);
    to.key('method');
    to.text(this.method);
    to.key('path');
    to.text(this.path);
    to.key('query');
    to.textOrNull(this.query);
    to.key('body_base64');
    to.text(this.bodyBase64);
  }
}

export class Shaped {
  constructor(
    public url: Bytes,
    public method: Bytes,
    public headers: Header[],
    public bodyBase64: Bytes,
  ) {}

  static readMembers(fields: Fields): Shaped {
    const shaped = new Shaped(
      fields.text('url'),
      fields.text('method'),
      Header.readList(fields),
      fields.text('body_base64'),
    );
    fields.end();
    return shaped;
  }

  writeMembers(to: Writer): void {
    to.key('url');
    to.text(this.url);
    to.key('method');
    to.text(this.method);
    Header.writeList(to, this.headers);
    to.key('body_base64');
    to.text(this.bodyBase64);
  }
}

/** There is one kind of upstream, so nothing of it needs to be kept. */
export function readUpstream(from: Fields): void {
  const fields = from.fields('upstream');
  if (!fields.text('kind').is('anthropic_direct')) fail('an unknown kind of upstream');
  fields.end();
}

export function writeUpstream(to: Writer): void {
  to.key('upstream');
  to.raw('{"kind":"anthropic_direct"}');
}
