// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// The entry file. It exports the handshake, the self-check, and each function of the contract.

import * as plugin from '../index';
import {
  readBuildSignerRequest,
  readBuildSignerResponse,
  readFilterRequest,
  readFilterResponse,
  readNormalizeErrorRequest,
  readNormalizeErrorResponse,
  readObserveRequest,
  readObserveResponse,
  readOnUnauthorizedRequest,
  readOnUnauthorizedResponse,
  readShapeRequest,
  readShapeResponse,
  readSignRequest,
  readSignResponse,
} from './read';
import { beginCall, endCall } from './runtime/call';
import { fail, hasFailed } from './runtime/failure';
import { answerHandshake } from './runtime/handshake';
import { Reader } from './runtime/json-reader';
import { Writer } from './runtime/json-writer';
import { answerSelfCheck, checkSample } from './runtime/self-check';
import { Text, ofEntries } from './runtime/text';
import {
  BuildSignerRequest,
  BuildSignerResponse,
  FilterRequest,
  FilterResponse,
  NormalizeErrorRequest,
  NormalizeErrorResponse,
  ObserveRequest,
  ObserveResponse,
  OnUnauthorizedRequest,
  OnUnauthorizedResponse,
  ShapeRequest,
  ShapeResponse,
  SignRequest,
  SignResponse,
} from './types';
import {
  writeBuildSignerRequest,
  writeBuildSignerResponse,
  writeFilterRequest,
  writeFilterResponse,
  writeNormalizeErrorRequest,
  writeNormalizeErrorResponse,
  writeObserveRequest,
  writeObserveResponse,
  writeOnUnauthorizedRequest,
  writeOnUnauthorizedResponse,
  writeShapeRequest,
  writeShapeResponse,
  writeSignRequest,
  writeSignResponse,
} from './write';

export function cc_lb_handshake(): i32 {
  return answerHandshake(
    beginCall(),
    'build_signer•filter•normalize_error•observe•on_unauthorized•shape•sign•',
    [1, 1, 1, 1, 1, 1, 1],
    [1, 2, 3, 4, 5, 6, 7],
    requiredCapabilities,
  );
}

/** All capabilities of the plugin, unless `index.ts` exports a function `requiredCapabilities` that chooses some. */
function requiredCapabilities(granted: Text[]): Text[] {
  if (isDefined(plugin.requiredCapabilities)) return plugin.requiredCapabilities(granted);
  return ofEntries('log•');
}

export function cc_lb_self_check(): i32 {
  return answerSelfCheck(checkSamples);
}

function checkSamples(name: Text): void {
  if (name.is('build_signer')) {
    checkSample<BuildSignerRequest>('request 1', '{"upstream":{"kind":"anthropic_direct"},"factory_state":{}}', readBuildSignerRequest, writeBuildSignerRequest);
    checkSample<BuildSignerResponse>('response 1', '{"signer_state":{}}', readBuildSignerResponse, writeBuildSignerResponse);
  }
  if (name.is('filter')) {
    checkSample<FilterRequest>('request 1', '{"request_id":"r-1","headers":[{"name":"accept","value_base64":"Ki8q"}],"method":"POST","path":"/v1/messages","query":null,"body_base64":"","principal":{"id":"someone","kind":"user","claims":{}},"candidates":[{"upstream_id":"00000000-0000-4000-8000-000000000001","name":"one","kind":"anthropic_direct","observed_rate_limits":[],"subscription_quotas":[],"observed_at_unix_secs":1}]}', readFilterRequest, writeFilterRequest);
    checkSample<FilterResponse>('response 1', '{"results":[{"upstream_id":"00000000-0000-4000-8000-000000000001","decision":"accept","reason":"only one"}]}', readFilterResponse, writeFilterResponse);
  }
  if (name.is('normalize_error')) {
    checkSample<NormalizeErrorRequest>('request 1', '{"status":500,"body_base64":""}', readNormalizeErrorRequest, writeNormalizeErrorRequest);
    checkSample<NormalizeErrorResponse>('response 1', '{"body_base64":null}', readNormalizeErrorResponse, writeNormalizeErrorResponse);
  }
  if (name.is('observe')) {
    checkSample<ObserveRequest>('request 1', '{"events":[{"kind":"request_started","request_id":"r-1","downstream_user_agent":null}]}', readObserveRequest, writeObserveRequest);
    checkSample<ObserveResponse>('response 1', '{}', readObserveResponse, writeObserveResponse);
  }
  if (name.is('on_unauthorized')) {
    checkSample<OnUnauthorizedRequest>('request 1', '{"error":{"status":401,"body_base64":null,"category":"unauthorized"},"signer_state":{}}', readOnUnauthorizedRequest, writeOnUnauthorizedRequest);
    checkSample<OnUnauthorizedResponse>('response 1', '{"decision":"give_up","signer_state":{}}', readOnUnauthorizedResponse, writeOnUnauthorizedResponse);
  }
  if (name.is('shape')) {
    checkSample<ShapeRequest>('request 1', '{"request":{"request_id":"r-1","headers":[{"name":"accept","value_base64":"Ki8q"}],"method":"POST","path":"/v1/messages","query":null,"body_base64":""},"upstream":{"kind":"anthropic_direct"},"principal":{"id":"someone","kind":"user","claims":{}}}', readShapeRequest, writeShapeRequest);
    checkSample<ShapeResponse>('response 1', '{"url":"https://upstream.example/v1","method":"POST","headers":[],"body_base64":""}', readShapeResponse, writeShapeResponse);
  }
  if (name.is('sign')) {
    checkSample<SignRequest>('request 1', '{"shaped":{"url":"https://upstream.example/v1","method":"POST","headers":[],"body_base64":""},"signer_state":{}}', readSignRequest, writeSignRequest);
    checkSample<SignResponse>('response 1', '{"url":null,"method":null,"headers":[],"body_base64":null}', readSignResponse, writeSignResponse);
  }
}

function call_build_signer(): i32 {
  return answerBuildSigner(new Reader(beginCall()));
}
export { call_build_signer as build_signer };

function call_filter(): i32 {
  return answerFilter(new Reader(beginCall()));
}
export { call_filter as filter };

function call_normalize_error(): i32 {
  return answerNormalizeError(new Reader(beginCall()));
}
export { call_normalize_error as normalize_error };

function call_observe(): i32 {
  return answerObserve(new Reader(beginCall()));
}
export { call_observe as observe };

function call_on_unauthorized(): i32 {
  return answerOnUnauthorized(new Reader(beginCall()));
}
export { call_on_unauthorized as on_unauthorized };

function call_shape(): i32 {
  return answerShape(new Reader(beginCall()));
}
export { call_shape as shape };

function call_sign(): i32 {
  return answerSign(new Reader(beginCall()));
}
export { call_sign as sign };

function answerBuildSigner(from: Reader): i32 {
  from.expectVersion(1);
  const request = readBuildSignerRequest(from);
  from.finish('request');
  if (hasFailed()) return endCall(null);
  const response: BuildSignerResponse | null = plugin.buildSigner(request);
  if (hasFailed()) return endCall(null);
  if (response === null) {
    fail('the handler gave no response, and no reason');
    return endCall(null);
  }
  const to = new Writer(from.size + 512);
  writeBuildSignerResponse(to, response);
  return endCall(to.finishMessage('response', 1));
}

function answerFilter(from: Reader): i32 {
  from.expectVersion(1);
  const request = readFilterRequest(from);
  from.finish('request');
  if (hasFailed()) return endCall(null);
  const response: FilterResponse | null = plugin.filter(request);
  if (hasFailed()) return endCall(null);
  if (response === null) {
    fail('the handler gave no response, and no reason');
    return endCall(null);
  }
  const to = new Writer(from.size + 512);
  writeFilterResponse(to, response);
  return endCall(to.finishMessage('response', 1));
}

function answerNormalizeError(from: Reader): i32 {
  from.expectVersion(1);
  const request = readNormalizeErrorRequest(from);
  from.finish('request');
  if (hasFailed()) return endCall(null);
  const response: NormalizeErrorResponse | null = plugin.normalizeError(request);
  if (hasFailed()) return endCall(null);
  if (response === null) {
    fail('the handler gave no response, and no reason');
    return endCall(null);
  }
  const to = new Writer(from.size + 512);
  writeNormalizeErrorResponse(to, response);
  return endCall(to.finishMessage('response', 1));
}

function answerObserve(from: Reader): i32 {
  from.expectVersion(1);
  const request = readObserveRequest(from);
  from.finish('request');
  if (hasFailed()) return endCall(null);
  const response: ObserveResponse | null = plugin.observe(request);
  if (hasFailed()) return endCall(null);
  if (response === null) {
    fail('the handler gave no response, and no reason');
    return endCall(null);
  }
  const to = new Writer(from.size + 512);
  writeObserveResponse(to, response);
  return endCall(to.finishMessage('response', 1));
}

function answerOnUnauthorized(from: Reader): i32 {
  from.expectVersion(1);
  const request = readOnUnauthorizedRequest(from);
  from.finish('request');
  if (hasFailed()) return endCall(null);
  const response: OnUnauthorizedResponse | null = plugin.onUnauthorized(request);
  if (hasFailed()) return endCall(null);
  if (response === null) {
    fail('the handler gave no response, and no reason');
    return endCall(null);
  }
  const to = new Writer(from.size + 512);
  writeOnUnauthorizedResponse(to, response);
  return endCall(to.finishMessage('response', 1));
}

function answerShape(from: Reader): i32 {
  from.expectVersion(1);
  const request = readShapeRequest(from);
  from.finish('request');
  if (hasFailed()) return endCall(null);
  const response: ShapeResponse | null = plugin.shape(request);
  if (hasFailed()) return endCall(null);
  if (response === null) {
    fail('the handler gave no response, and no reason');
    return endCall(null);
  }
  const to = new Writer(from.size + 512);
  writeShapeResponse(to, response);
  return endCall(to.finishMessage('response', 1));
}

function answerSign(from: Reader): i32 {
  from.expectVersion(1);
  const request = readSignRequest(from);
  from.finish('request');
  if (hasFailed()) return endCall(null);
  const response: SignResponse | null = plugin.sign(request);
  if (hasFailed()) return endCall(null);
  if (response === null) {
    fail('the handler gave no response, and no reason');
    return endCall(null);
  }
  const to = new Writer(from.size + 512);
  writeSignResponse(to, response);
  return endCall(to.finishMessage('response', 1));
}
