// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// The entry file. It exports the handshake, the self-check, and each function of the contract.

import * as plugin from '../index';
import {
  readHttpRequestRequest,
  readHttpRequestResponse,
  readHttpResponseRequest,
  readHttpResponseResponse,
  readPluginInfoRequest,
  readPluginInfoResponse,
} from './read';
import { beginCall, endCall } from './runtime/call';
import { fail, hasFailed } from './runtime/failure';
import { answerHandshake } from './runtime/handshake';
import { Reader } from './runtime/json-reader';
import { Writer } from './runtime/json-writer';
import { answerSelfCheck, checkSample } from './runtime/self-check';
import { Text, ofEntries } from './runtime/text';
import {
  HttpRequestRequest,
  HttpRequestResponse,
  HttpResponseRequest,
  HttpResponseResponse,
  PluginInfoRequest,
  PluginInfoResponse,
} from './types';
import {
  writeHttpRequestRequest,
  writeHttpRequestResponse,
  writeHttpResponseRequest,
  writeHttpResponseResponse,
  writePluginInfoRequest,
  writePluginInfoResponse,
} from './write';

export function cc_lb_handshake(): i32 {
  return answerHandshake(
    beginCall(),
    'http_request•http_response•plugin_info•',
    [1, 1, 1],
    [1, 2, 3],
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
  if (name.is('http_request')) {
    checkSample<HttpRequestRequest>('request 1', '{"id":"00000000-0000-4000-8000-000000000001","request":{"method":"POST","path":"/greet?q=1","headers":[{"name":"content-type","value":"text/plain"}],"body":"aGk="}}', readHttpRequestRequest, writeHttpRequestRequest);
    checkSample<HttpRequestResponse>('response 1', '{"action":{"kind":"continue","modified_request":null}}', readHttpRequestResponse, writeHttpRequestResponse);
  }
  if (name.is('http_response')) {
    checkSample<HttpResponseRequest>('request 1', '{"id":"00000000-0000-4000-8000-000000000001","response":{"status_code":200,"headers":[{"name":"content-type","value":"text/plain"}],"body":"aGk="}}', readHttpResponseRequest, writeHttpResponseRequest);
    checkSample<HttpResponseResponse>('response 1', '{"action":{"kind":"continue","modified_response":null}}', readHttpResponseResponse, writeHttpResponseResponse);
  }
  if (name.is('plugin_info')) {
    checkSample<PluginInfoRequest>('request 1', '{}', readPluginInfoRequest, writePluginInfoRequest);
    checkSample<PluginInfoResponse>('response 1', '{"name":"echo","version":"1.0.0","author":"someone","url":"https://plugin.example","platform":"wasm","direction":"ingress","side":"any","protocols":["http"],"can_handle_http_forward":true,"can_handle_tunnel":true}', readPluginInfoResponse, writePluginInfoResponse);
  }
}

function call_http_request(): i32 {
  return answerHttpRequest(new Reader(beginCall()));
}
export { call_http_request as http_request };

function call_http_response(): i32 {
  return answerHttpResponse(new Reader(beginCall()));
}
export { call_http_response as http_response };

function call_plugin_info(): i32 {
  return answerPluginInfo(new Reader(beginCall()));
}
export { call_plugin_info as plugin_info };

function answerHttpRequest(from: Reader): i32 {
  from.expectVersion(1);
  const request = readHttpRequestRequest(from);
  from.finish('request');
  if (hasFailed()) return endCall(null);
  const response: HttpRequestResponse | null = plugin.httpRequest(request);
  if (hasFailed()) return endCall(null);
  if (response === null) {
    fail('the handler gave no response, and no reason');
    return endCall(null);
  }
  const to = new Writer(from.size + 512);
  writeHttpRequestResponse(to, response);
  return endCall(to.finishMessage('response', 1));
}

function answerHttpResponse(from: Reader): i32 {
  from.expectVersion(1);
  const request = readHttpResponseRequest(from);
  from.finish('request');
  if (hasFailed()) return endCall(null);
  const response: HttpResponseResponse | null = plugin.httpResponse(request);
  if (hasFailed()) return endCall(null);
  if (response === null) {
    fail('the handler gave no response, and no reason');
    return endCall(null);
  }
  const to = new Writer(from.size + 512);
  writeHttpResponseResponse(to, response);
  return endCall(to.finishMessage('response', 1));
}

function answerPluginInfo(from: Reader): i32 {
  from.expectVersion(1);
  const request = readPluginInfoRequest(from);
  from.finish('request');
  if (hasFailed()) return endCall(null);
  const response: PluginInfoResponse | null = plugin.pluginInfo(request);
  if (hasFailed()) return endCall(null);
  if (response === null) {
    fail('the handler gave no response, and no reason');
    return endCall(null);
  }
  const to = new Writer(from.size + 512);
  writePluginInfoResponse(to, response);
  return endCall(to.finishMessage('response', 1));
}
