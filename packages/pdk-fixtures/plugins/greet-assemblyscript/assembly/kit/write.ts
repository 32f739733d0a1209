// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// Writes the types of the contract: compact JSON, keys in the order of the contract.

import { Writer } from './runtime/json-writer';
import { GreetRequest, GreetResponse } from './types';

export function writeGreetRequest(to: Writer, value: GreetRequest): void {
  to.raw('{"name":');
  to.text(value.name);
  to.raw('}');
}

export function writeGreetResponse(to: Writer, value: GreetResponse): void {
  to.raw('{"text":');
  to.text(value.text);
  to.raw('}');
}

