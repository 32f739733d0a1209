// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// Reads the types of the contract, strictly.

import { Reader } from './runtime/json-reader';
import { GreetRequest, GreetResponse } from './types';

export function readGreetRequest(from: Reader): GreetRequest {
  const keys = 'name•';
  const value = new GreetRequest();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.name = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  return value;
}

export function readGreetResponse(from: Reader): GreetResponse {
  const keys = 'text•';
  const value = new GreetResponse();
  let seen: u64 = 0;
  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {
    seen = from.see(seen, <u16>key);
    switch (<u16>key) {
      case 0: value.text = from.text(); break;
    }
  }
  from.closeObject(keys, seen, 0x1);
  return value;
}

