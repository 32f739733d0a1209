// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// Writes the types of the contract: compact JSON, keys in the order of the contract.

import { Writer } from './runtime/json-writer';
import { Text } from './runtime/text';
import { writeList, writeNullable, writeNullableSome } from './runtime/write-parts';
import {
  Action,
  Client,
  Close,
  Direction,
  Hold,
  Open,
  Pass,
  PluginInfoRequest,
  PluginInfoResponse,
  Replace,
  Side,
  StreamDataRequest,
  StreamDataRequestDirection,
  StreamDataRequestSide,
  StreamDataResponse,
  StreamDataResponseAction,
  StreamOpenRequest,
  StreamOpenResponse,
} from './types';

export function writePluginInfoRequest(to: Writer, value: PluginInfoRequest): void {
  to.raw('{}');
}

export function writeDirection(to: Writer, value: Direction): void {
  to.choice(value, '"ingress"•"egress"•"both"•');
}

export function writeSide(to: Writer, value: Side): void {
  to.choice(value, '"client"•"server"•"any"•');
}

export function writePluginInfoResponse(to: Writer, value: PluginInfoResponse): void {
  to.raw('{"name":');
  to.text(value.name);
  to.raw(',"version":');
  to.text(value.version);
  to.raw(',"author":');
  to.text(value.author);
  to.raw(',"url":');
  to.text(value.url);
  to.raw(',"platform":');
  to.text(value.platform);
  to.raw(',"direction":');
  writeDirection(to, value.direction);
  to.raw(',"side":');
  writeSide(to, value.side);
  to.raw(',"protocols":');
  writeList<Text>(to, value.protocols, writeText);
  to.raw(',"can_handle_http_forward":');
  to.bool(value.canHandleHttpForward);
  to.raw(',"can_handle_tunnel":');
  to.bool(value.canHandleTunnel);
  to.raw('}');
}

export function writeClient(to: Writer, value: Client): void {
  to.raw('{"host":');
  to.text(value.host);
  to.raw(',"port":');
  to.unsigned(value.port, 65535);
  to.raw('}');
}

export function writeStreamOpenRequest(to: Writer, value: StreamOpenRequest): void {
  to.raw('{"id":');
  to.text(value.id);
  to.raw(',"protocol":');
  to.text(value.protocol);
  to.raw(',"client":');
  writeClient(to, value.client);
  to.raw(',"server":');
  writeClient(to, value.server);
  to.raw('}');
}

export function writeOpen(to: Writer, value: Open): void {
  to.raw('{"kind":"open"}');
}

export function writeClose(to: Writer, value: Close): void {
  to.raw('{"kind":"close","reason":');
  to.text(value.reason);
  to.raw('}');
}

export function writeAction(to: Writer, value: Action): void {
  switch (value.kind) {
    case Action.Kind.open:
      writeOpen(to, value.open);
      break;
    case Action.Kind.close:
      writeClose(to, value.close);
      break;
  }
}

export function writeStreamOpenResponse(to: Writer, value: StreamOpenResponse): void {
  to.raw('{"action":');
  writeAction(to, value.action);
  to.raw(',"state":');
  writeNullable<Text>(to, value.state, writeText);
  to.raw('}');
}

export function writeStreamDataRequestSide(to: Writer, value: StreamDataRequestSide): void {
  to.choice(value, '"client"•"server"•');
}

export function writeStreamDataRequestDirection(to: Writer, value: StreamDataRequestDirection): void {
  to.choice(value, '"ingress"•"egress"•');
}

export function writeStreamDataRequest(to: Writer, value: StreamDataRequest): void {
  to.raw('{"id":');
  to.text(value.id);
  to.raw(',"side":');
  writeStreamDataRequestSide(to, value.side);
  to.raw(',"direction":');
  writeStreamDataRequestDirection(to, value.direction);
  to.raw(',"chunk":');
  to.text(value.chunk);
  to.raw(',"held":');
  to.text(value.held);
  to.raw(',"is_end":');
  to.bool(value.isEnd);
  to.raw(',"state":');
  to.text(value.state);
  to.raw('}');
}

export function writePass(to: Writer, value: Pass): void {
  to.raw('{"kind":"pass"}');
}

export function writeReplace(to: Writer, value: Replace): void {
  to.raw('{"kind":"replace","chunk":');
  to.text(value.chunk);
  to.raw(',"held":');
  writeNullable<Text>(to, value.held, writeText);
  to.raw('}');
}

export function writeHold(to: Writer, value: Hold): void {
  to.raw('{"kind":"hold","release_ms":');
  writeNullableSome<u32>(to, value.releaseMs, writeU32);
  to.raw('}');
}

export function writeStreamDataResponseAction(to: Writer, value: StreamDataResponseAction): void {
  switch (value.kind) {
    case StreamDataResponseAction.Kind.pass:
      writePass(to, value.pass);
      break;
    case StreamDataResponseAction.Kind.replace:
      writeReplace(to, value.replace);
      break;
    case StreamDataResponseAction.Kind.hold:
      writeHold(to, value.hold);
      break;
    case StreamDataResponseAction.Kind.close:
      writeClose(to, value.close);
      break;
  }
}

export function writeStreamDataResponse(to: Writer, value: StreamDataResponse): void {
  to.raw('{"action":');
  writeStreamDataResponseAction(to, value.action);
  to.raw(',"state":');
  writeNullable<Text>(to, value.state, writeText);
  to.raw('}');
}

function writeText(to: Writer, value: Text): void {
  to.text(value);
}

function writeU32(to: Writer, value: u32): void {
  to.unsigned(value);
}
