// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// Writes the types of the contract: compact JSON, keys in the order of the contract.

import { Writer } from './runtime/json-writer';
import { Text } from './runtime/text';
import { writeList, writeNullable } from './runtime/write-parts';
import {
  Abort,
  Action,
  Continue,
  Direction,
  Header,
  HttpRequestRequest,
  HttpRequestResponse,
  HttpResponseRequest,
  HttpResponseResponse,
  HttpResponseResponseAction,
  HttpResponseResponseActionContinue,
  PluginInfoRequest,
  PluginInfoResponse,
  Request,
  Response,
  Side,
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

export function writeHeader(to: Writer, value: Header): void {
  to.raw('{"name":');
  to.text(value.name);
  to.raw(',"value":');
  to.text(value.value);
  to.raw('}');
}

export function writeRequest(to: Writer, value: Request): void {
  to.raw('{"method":');
  to.text(value.method);
  to.raw(',"path":');
  to.text(value.path);
  to.raw(',"headers":');
  writeList<Header>(to, value.headers, writeHeader);
  to.raw(',"body":');
  to.text(value.body);
  to.raw('}');
}

export function writeHttpRequestRequest(to: Writer, value: HttpRequestRequest): void {
  to.raw('{"id":');
  to.text(value.id);
  to.raw(',"request":');
  writeRequest(to, value.request);
  to.raw('}');
}

export function writeContinue(to: Writer, value: Continue): void {
  to.raw('{"kind":"continue","modified_request":');
  writeNullable<Request>(to, value.modifiedRequest, writeRequest);
  to.raw('}');
}

export function writeResponse(to: Writer, value: Response): void {
  to.raw('{"status_code":');
  to.unsigned(value.statusCode);
  to.raw(',"headers":');
  writeList<Header>(to, value.headers, writeHeader);
  to.raw(',"body":');
  to.text(value.body);
  to.raw('}');
}

export function writeAbort(to: Writer, value: Abort): void {
  to.raw('{"kind":"abort","response":');
  writeResponse(to, value.response);
  to.raw('}');
}

export function writeAction(to: Writer, value: Action): void {
  switch (value.kind) {
    case Action.Kind.continue_:
      writeContinue(to, value.continue_);
      break;
    case Action.Kind.abort:
      writeAbort(to, value.abort);
      break;
  }
}

export function writeHttpRequestResponse(to: Writer, value: HttpRequestResponse): void {
  to.raw('{"action":');
  writeAction(to, value.action);
  to.raw('}');
}

export function writeHttpResponseRequest(to: Writer, value: HttpResponseRequest): void {
  to.raw('{"id":');
  to.text(value.id);
  to.raw(',"response":');
  writeResponse(to, value.response);
  to.raw('}');
}

export function writeHttpResponseResponseActionContinue(to: Writer, value: HttpResponseResponseActionContinue): void {
  to.raw('{"kind":"continue","modified_response":');
  writeNullable<Response>(to, value.modifiedResponse, writeResponse);
  to.raw('}');
}

export function writeHttpResponseResponseAction(to: Writer, value: HttpResponseResponseAction): void {
  switch (value.kind) {
    case HttpResponseResponseAction.Kind.continue_:
      writeHttpResponseResponseActionContinue(to, value.continue_);
      break;
    case HttpResponseResponseAction.Kind.abort:
      writeAbort(to, value.abort);
      break;
  }
}

export function writeHttpResponseResponse(to: Writer, value: HttpResponseResponse): void {
  to.raw('{"action":');
  writeHttpResponseResponseAction(to, value.action);
  to.raw('}');
}

function writeText(to: Writer, value: Text): void {
  to.text(value);
}
