// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// The types of the contract. Write objects as literals: `return { text: request.name };`.

import { Text } from './runtime/text';

export class PluginInfoRequest {}

/** Which chunks it sees: when they are read, when they are written, or both times. */
export enum Direction {
  /** `"ingress"` */
  ingress,
  /** `"egress"` */
  egress,
  /** `"both"` */
  both,
}

/** Whose chunks it sees. */
export enum Side {
  /** `"client"` */
  client,
  /** `"server"` */
  server,
  /** `"any"` */
  any_,
}

export class PluginInfoResponse {
  name!: Text;
  version!: Text;
  author!: Text;
  url!: Text;
  platform!: Text;
  /** Which chunks it sees: when they are read, when they are written, or both times. */
  direction: Direction = 0;
  /** Whose chunks it sees. */
  side: Side = 0;
  /** The protocols that it knows, such as http, https and postgresql. An empty list is any. */
  protocols!: Text[];
  /** It sees requests and responses. */
  canHandleHttpForward: bool = false;
  /** It sees streams. */
  canHandleTunnel: bool = false;
}

export class Header {
  name!: Text;
  value!: Text;
}

/** A request to a server. */
export class Request {
  method!: Text;
  /** The path and the query. The Host header names the server. */
  path!: Text;
  /** In their order; a name may come twice. */
  headers!: Header[];
  body!: Text;
}

export class HttpRequestRequest {
  /** The same for a request and its response. */
  id!: Text;
  /** A request to a server. */
  request!: Request;
}

export class Continue {
  modifiedRequest: Request | null = null;
}

/** A response to a client. */
export class Response {
  /** The host takes 200 to 599. */
  statusCode: u32 = 0;
  /** In their order; a name may come twice. */
  headers!: Header[];
  body!: Text;
}

export class Abort {
  /** A response to a client. */
  response!: Response;
}

export class Action {
  private constructor(
    readonly kind: Action.Kind,
    private held: Object,
  ) {}

  static continue_(value: Continue): Action {
    return new Action(Action.Kind.continue_, value);
  }

  get continue_(): Continue {
    assert(this.kind == Action.Kind.continue_, 'Action is not continue_: look at its kind first');
    return changetype<Continue>(this.held);
  }

  static abort(value: Abort): Action {
    return new Action(Action.Kind.abort, value);
  }

  get abort(): Abort {
    assert(this.kind == Action.Kind.abort, 'Action is not abort: look at its kind first');
    return changetype<Abort>(this.held);
  }
}

export namespace Action {
  export enum Kind {
    continue_,
    abort,
  }
}

export class HttpRequestResponse {
  action!: Action;
}

export class HttpResponseRequest {
  /** The same for a request and its response. */
  id!: Text;
  /** A response to a client. */
  response!: Response;
}

export class HttpResponseResponseActionContinue {
  modifiedResponse: Response | null = null;
}

export class HttpResponseResponseAction {
  private constructor(
    readonly kind: HttpResponseResponseAction.Kind,
    private held: Object,
  ) {}

  static continue_(value: HttpResponseResponseActionContinue): HttpResponseResponseAction {
    return new HttpResponseResponseAction(HttpResponseResponseAction.Kind.continue_, value);
  }

  get continue_(): HttpResponseResponseActionContinue {
    assert(this.kind == HttpResponseResponseAction.Kind.continue_, 'HttpResponseResponseAction is not continue_: look at its kind first');
    return changetype<HttpResponseResponseActionContinue>(this.held);
  }

  static abort(value: Abort): HttpResponseResponseAction {
    return new HttpResponseResponseAction(HttpResponseResponseAction.Kind.abort, value);
  }

  get abort(): Abort {
    assert(this.kind == HttpResponseResponseAction.Kind.abort, 'HttpResponseResponseAction is not abort: look at its kind first');
    return changetype<Abort>(this.held);
  }
}

export namespace HttpResponseResponseAction {
  export enum Kind {
    continue_,
    abort,
  }
}

export class HttpResponseResponse {
  action!: HttpResponseResponseAction;
}
