// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// Reads the types of the contract, strictly.

import { Reader } from './runtime/json-reader';
import { readList, readNullable, readNullableSome } from './runtime/read-parts';
import { Text, ofLiteral } from './runtime/text';
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

export function readClient(from: Reader): Client {
  const keys = 'host•port•';
  const value = new Client();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.host = from.text(); break;
      case 1: value.port = <u32>from.unsigned(65535); break;
    }
  }
  from.closeObject(keys, seen, 0x3);
  return value;
}

export function readStreamOpenRequest(from: Reader): StreamOpenRequest {
  const keys = 'id•protocol•client•server•';
  const value = new StreamOpenRequest();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.id = from.text(); break;
      case 1: value.protocol = from.text(); break;
      case 2: value.client = readClient(from); break;
      case 3: value.server = readClient(from); break;
    }
  }
  from.closeObject(keys, seen, 0xf);
  return value;
}

export function readOpen(from: Reader): Open {
  const keys = 'kind•';
  const value = new Open();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"open"'); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  return value;
}

export function readClose(from: Reader): Close {
  const keys = 'kind•reason•';
  const value = new Close();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"close"'); break;
      case 1: value.reason = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0x3);
  return value;
}

export function readAction(from: Reader): Action {
  switch (from.peekTag('kind', '"open"•"close"•')) {
    case 0:
      return Action.open(readOpen(from));
    case 1:
      return Action.close(readClose(from));
  }
  return changetype<Action>(0);
}

export function readStreamOpenResponse(from: Reader): StreamOpenResponse {
  const keys = 'action•state•';
  const value = new StreamOpenResponse();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.action = readAction(from); break;
      case 1: value.state = readNullable<Text>(from, readText); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  if ((seen & 0x2) == 0) {
    const absent = new Reader(ofLiteral('null'));
    value.state = readNullable<Text>(absent, readText);
  }
  return value;
}

export function readStreamDataRequestSide(from: Reader): StreamDataRequestSide {
  return <StreamDataRequestSide>from.choice('"client"•"server"•');
}

export function readStreamDataRequestDirection(from: Reader): StreamDataRequestDirection {
  return <StreamDataRequestDirection>from.choice('"ingress"•"egress"•');
}

export function readStreamDataRequest(from: Reader): StreamDataRequest {
  const keys = 'id•side•direction•chunk•held•is_end•state•';
  const value = new StreamDataRequest();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.id = from.text(); break;
      case 1: value.side = readStreamDataRequestSide(from); break;
      case 2: value.direction = readStreamDataRequestDirection(from); break;
      case 3: value.chunk = from.text(); break;
      case 4: value.held = from.text(); break;
      case 5: value.isEnd = from.bool(); break;
      case 6: value.state = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0x7f);
  return value;
}

export function readPass(from: Reader): Pass {
  const keys = 'kind•';
  const value = new Pass();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"pass"'); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  return value;
}

export function readReplace(from: Reader): Replace {
  const keys = 'kind•chunk•held•';
  const value = new Replace();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"replace"'); break;
      case 1: value.chunk = from.text(); break;
      case 2: value.held = readNullable<Text>(from, readText); break;
    }
  }
  from.closeObject(keys, seen, 0x3);
  if ((seen & 0x4) == 0) {
    const absent = new Reader(ofLiteral('null'));
    value.held = readNullable<Text>(absent, readText);
  }
  return value;
}

export function readHold(from: Reader): Hold {
  const keys = 'kind•release_ms•';
  const value = new Hold();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: from.constant('"hold"'); break;
      case 1: value.releaseMs = readNullableSome<u32>(from, readU32); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  if ((seen & 0x2) == 0) {
    const absent = new Reader(ofLiteral('null'));
    value.releaseMs = readNullableSome<u32>(absent, readU32);
  }
  return value;
}

export function readStreamDataResponseAction(from: Reader): StreamDataResponseAction {
  switch (from.peekTag('kind', '"pass"•"replace"•"hold"•"close"•')) {
    case 0:
      return StreamDataResponseAction.pass(readPass(from));
    case 1:
      return StreamDataResponseAction.replace(readReplace(from));
    case 2:
      return StreamDataResponseAction.hold(readHold(from));
    case 3:
      return StreamDataResponseAction.close(readClose(from));
  }
  return changetype<StreamDataResponseAction>(0);
}

export function readStreamDataResponse(from: Reader): StreamDataResponse {
  const keys = 'action•state•';
  const value = new StreamDataResponse();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.action = readStreamDataResponseAction(from); break;
      case 1: value.state = readNullable<Text>(from, readText); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  if ((seen & 0x2) == 0) {
    const absent = new Reader(ofLiteral('null'));
    value.state = readNullable<Text>(absent, readText);
  }
  return value;
}

function readText(from: Reader): Text {
  return from.text();
}

function readU32(from: Reader): u32 {
  return <u32>from.unsigned(4294967295);
}
