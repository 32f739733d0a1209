// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// The entry file. It exports the handshake, the self-check, and each function of the contract.

import * as plugin from '../index';
import { readGreetRequest, readGreetResponse } from './read';
import { beginCall, endCall } from './runtime/call';
import { fail, hasFailed } from './runtime/failure';
import { answerHandshake } from './runtime/handshake';
import { Reader } from './runtime/json-reader';
import { Writer } from './runtime/json-writer';
import { answerSelfCheck, checkSample } from './runtime/self-check';
import { Text, ofEntries } from './runtime/text';
import { GreetRequest, GreetResponse } from './types';
import { writeGreetRequest, writeGreetResponse } from './write';

export function cc_lb_handshake(): i32 {
  return answerHandshake(
    beginCall(),
    'greet•',
    [1],
    [1],
    requiredCapabilities,
  );
}

/** All capabilities of the plugin, unless `index.ts` exports a function `requiredCapabilities` that chooses some. */
function requiredCapabilities(granted: Text[]): Text[] {
  if (isDefined(plugin.requiredCapabilities)) return plugin.requiredCapabilities(granted);
  return ofEntries('');
}

export function cc_lb_self_check(): i32 {
  return answerSelfCheck(checkSamples);
}

function checkSamples(name: Text): void {
  if (name.is('greet')) {
    checkSample<GreetRequest>('request 1', '{"name":"Ada"}', readGreetRequest, writeGreetRequest);
    checkSample<GreetResponse>('response 1', '{"text":"hello, Ada"}', readGreetResponse, writeGreetResponse);
  }
}

function call_greet(): i32 {
  return answerGreet(new Reader(beginCall()));
}
export { call_greet as greet };

function answerGreet(from: Reader): i32 {
  from.expectVersion(1);
  const request = readGreetRequest(from);
  from.finish('request');
  if (hasFailed()) return endCall(null);
  const response: GreetResponse | null = plugin.greet(request);
  if (hasFailed()) return endCall(null);
  if (response === null) {
    fail('the handler gave no response, and no reason');
    return endCall(null);
  }
  const to = new Writer(from.size + 512);
  writeGreetResponse(to, response);
  return endCall(to.finishMessage('response', 1));
}
