// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// The types of the contract. Write objects as literals: `return { text: request.name };`.

import { Some } from './runtime/some';
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

export class Client {
  host!: Text;
  port: u32 = 0;
}

export class StreamOpenRequest {
  /** The same for all calls of one stream. */
  id!: Text;
  /** What the operator says is in it, such as postgresql; tcp if unknown. */
  protocol!: Text;
  client!: Client;
  server!: Client;
}

export class Open {}

export class Close {
  reason!: Text;
}

export class Action {
  private constructor(
    readonly kind: Action.Kind,
    private held: Object,
  ) {}

  static open(value: Open): Action {
    return new Action(Action.Kind.open, value);
  }

  get open(): Open {
    assert(this.kind == Action.Kind.open, 'Action is not open: look at its kind first');
    return changetype<Open>(this.held);
  }

  static close(value: Close): Action {
    return new Action(Action.Kind.close, value);
  }

  get close(): Close {
    assert(this.kind == Action.Kind.close, 'Action is not close: look at its kind first');
    return changetype<Close>(this.held);
  }
}

export namespace Action {
  export enum Kind {
    open,
    close,
  }
}

export class StreamOpenResponse {
  action!: Action;
  state: Text | null = null;
}

/** Whom the chunk was read from (ingress), or is written to (egress). */
export enum StreamDataRequestSide {
  /** `"client"` */
  client,
  /** `"server"` */
  server,
}

export enum StreamDataRequestDirection {
  /** `"ingress"` */
  ingress,
  /** `"egress"` */
  egress,
}

export class StreamDataRequest {
  id!: Text;
  /** Whom the chunk was read from (ingress), or is written to (egress). */
  side: StreamDataRequestSide = 0;
  direction: StreamDataRequestDirection = 0;
  /** As it arrived. Empty at the end if nothing is left. */
  chunk!: Text;
  /** What the plugin held back before, in this direction. */
  held!: Text;
  /** Nothing follows in this direction: what is held back now is released. */
  isEnd: bool = false;
  state!: Text;
}

export class Pass {}

export class Replace {
  chunk!: Text;
  /** What is held back from now on; null is nothing. */
  held: Text | null = null;
}

export class Hold {
  /** After so many milliseconds it goes on by itself. The host has a limit, which null means. */
  releaseMs: Some<u32> | null = null;
}

export class StreamDataResponseAction {
  private constructor(
    readonly kind: StreamDataResponseAction.Kind,
    private held: Object,
  ) {}

  static pass(value: Pass): StreamDataResponseAction {
    return new StreamDataResponseAction(StreamDataResponseAction.Kind.pass, value);
  }

  get pass(): Pass {
    assert(this.kind == StreamDataResponseAction.Kind.pass, 'StreamDataResponseAction is not pass: look at its kind first');
    return changetype<Pass>(this.held);
  }

  static replace(value: Replace): StreamDataResponseAction {
    return new StreamDataResponseAction(StreamDataResponseAction.Kind.replace, value);
  }

  get replace(): Replace {
    assert(this.kind == StreamDataResponseAction.Kind.replace, 'StreamDataResponseAction is not replace: look at its kind first');
    return changetype<Replace>(this.held);
  }

  static hold(value: Hold): StreamDataResponseAction {
    return new StreamDataResponseAction(StreamDataResponseAction.Kind.hold, value);
  }

  get hold(): Hold {
    assert(this.kind == StreamDataResponseAction.Kind.hold, 'StreamDataResponseAction is not hold: look at its kind first');
    return changetype<Hold>(this.held);
  }

  static close(value: Close): StreamDataResponseAction {
    return new StreamDataResponseAction(StreamDataResponseAction.Kind.close, value);
  }

  get close(): Close {
    assert(this.kind == StreamDataResponseAction.Kind.close, 'StreamDataResponseAction is not close: look at its kind first');
    return changetype<Close>(this.held);
  }
}

export namespace StreamDataResponseAction {
  export enum Kind {
    pass,
    replace,
    hold,
    close,
  }
}

export class StreamDataResponse {
  action!: StreamDataResponseAction;
  state: Text | null = null;
}
