// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// Reads the types of the contract, strictly.

import { Reader } from './runtime/json-reader';
import { readList, readNullable } from './runtime/read-parts';
import { Text, ofLiteral } from './runtime/text';
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

export function readPluginInfoRequest(from: Reader): PluginInfoRequest {
  from.openObject('');
  return new PluginInfoRequest();
}

export function readDirection(from: Reader): Direction {
  return <Direction>from.choice('"ingress"•"egress"•"both"•');
}

export function readSide(from: Reader): Side {
  return <Side>from.choice('"client"•"server"•"any"•');
}

export function readPluginInfoResponse(from: Reader): PluginInfoResponse {
  const keys = 'name•version•author•url•platform•direction•side•protocols•can_handle_http_forward•can_handle_tunnel•';
  const value = new PluginInfoResponse();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.name = from.text(); break;
      case 1: value.version = from.text(); break;
      case 2: value.author = from.text(); break;
      case 3: value.url = from.text(); break;
      case 4: value.platform = from.text(); break;
      case 5: value.direction = readDirection(from); break;
      case 6: value.side = readSide(from); break;
      case 7: value.protocols = readList<Text>(from, readText); break;
      case 8: value.canHandleHttpForward = from.bool(); break;
      case 9: value.canHandleTunnel = from.bool(); break;
    }
  }
  from.closeObject(keys, seen, 0x3ff);
  return value;
}

export function readHeader(from: Reader): Header {
  const keys = 'name•value•';
  const value = new Header();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.name = from.text(); break;
      case 1: value.value = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0x3);
  return value;
}

export function readRequest(from: Reader): Request {
  const keys = 'method•path•headers•body•';
  const value = new Request();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.method = from.text(); break;
      case 1: value.path = from.text(); break;
      case 2: value.headers = readList<Header>(from, readHeader); break;
      case 3: value.body = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0xf);
  return value;
}

export function readHttpRequestRequest(from: Reader): HttpRequestRequest {
  const keys = 'id•request•';
  const value = new HttpRequestRequest();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.id = from.text(); break;
      case 1: value.request = readRequest(from); break;
    }
  }
  from.closeObject(keys, seen, 0x3);
  return value;
}

export function readContinue(from: Reader): Continue {
  const keys = 'kind•modified_request•';
  const value = new Continue();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"continue"'); break;
      case 1: value.modifiedRequest = readNullable<Request>(from, readRequest); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  if ((seen & 0x2) == 0) {
    const absent = new Reader(ofLiteral('null'));
    value.modifiedRequest = readNullable<Request>(absent, readRequest);
  }
  return value;
}

export function readResponse(from: Reader): Response {
  const keys = 'status_code•headers•body•';
  const value = new Response();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.statusCode = <u32>from.unsigned(4294967295); break;
      case 1: value.headers = readList<Header>(from, readHeader); break;
      case 2: value.body = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0x7);
  return value;
}

export function readAbort(from: Reader): Abort {
  const keys = 'kind•response•';
  const value = new Abort();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"abort"'); break;
      case 1: value.response = readResponse(from); break;
    }
  }
  from.closeObject(keys, seen, 0x3);
  return value;
}

export function readAction(from: Reader): Action {
  switch (from.peekTag('kind', '"continue"•"abort"•')) {
    case 0:
      return Action.continue_(readContinue(from));
    case 1:
      return Action.abort(readAbort(from));
  }
  return changetype<Action>(0);
}

export function readHttpRequestResponse(from: Reader): HttpRequestResponse {
  const keys = 'action•';
  const value = new HttpRequestResponse();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.action = readAction(from); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  return value;
}

export function readHttpResponseRequest(from: Reader): HttpResponseRequest {
  const keys = 'id•response•';
  const value = new HttpResponseRequest();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.id = from.text(); break;
      case 1: value.response = readResponse(from); break;
    }
  }
  from.closeObject(keys, seen, 0x3);
  return value;
}

export function readHttpResponseResponseActionContinue(from: Reader): HttpResponseResponseActionContinue {
  const keys = 'kind•modified_response•';
  const value = new HttpResponseResponseActionContinue();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"continue"'); break;
      case 1: value.modifiedResponse = readNullable<Response>(from, readResponse); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  if ((seen & 0x2) == 0) {
    const absent = new Reader(ofLiteral('null'));
    value.modifiedResponse = readNullable<Response>(absent, readResponse);
  }
  return value;
}

export function readHttpResponseResponseAction(from: Reader): HttpResponseResponseAction {
  switch (from.peekTag('kind', '"continue"•"abort"•')) {
    case 0:
      return HttpResponseResponseAction.continue_(readHttpResponseResponseActionContinue(from));
    case 1:
      return HttpResponseResponseAction.abort(readAbort(from));
  }
  return changetype<HttpResponseResponseAction>(0);
}

export function readHttpResponseResponse(from: Reader): HttpResponseResponse {
  const keys = 'action•';
  const value = new HttpResponseResponse();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.action = readHttpResponseResponseAction(from); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  return value;
}

function readText(from: Reader): Text {
  return from.text();
}
