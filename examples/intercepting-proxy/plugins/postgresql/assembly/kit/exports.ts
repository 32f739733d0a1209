// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// The entry file. It exports the handshake, the self-check, and each function of the contract.

import * as plugin from '../index';
import {
  readPluginInfoRequest,
  readPluginInfoResponse,
  readStreamDataRequest,
  readStreamDataResponse,
  readStreamOpenRequest,
  readStreamOpenResponse,
} from './read';
import { beginCall, endCall } from './runtime/call';
import { fail, hasFailed } from './runtime/failure';
import { answerHandshake } from './runtime/handshake';
import { Reader } from './runtime/json-reader';
import { Writer } from './runtime/json-writer';
import { answerSelfCheck, checkSample } from './runtime/self-check';
import { Text, ofEntries } from './runtime/text';
import {
  PluginInfoRequest,
  PluginInfoResponse,
  StreamDataRequest,
  StreamDataResponse,
  StreamOpenRequest,
  StreamOpenResponse,
} from './types';
import {
  writePluginInfoRequest,
  writePluginInfoResponse,
  writeStreamDataRequest,
  writeStreamDataResponse,
  writeStreamOpenRequest,
  writeStreamOpenResponse,
} from './write';

export function cc_lb_handshake(): i32 {
  return answerHandshake(
    beginCall(),
    'plugin_info•stream_data•stream_open•',
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
  if (name.is('plugin_info')) {
    checkSample<PluginInfoRequest>('request 1', '{}', readPluginInfoRequest, writePluginInfoRequest);
    checkSample<PluginInfoResponse>('response 1', '{"name":"echo","version":"1.0.0","author":"someone","url":"https://plugin.example","platform":"wasm","direction":"ingress","side":"any","protocols":["http"],"can_handle_http_forward":true,"can_handle_tunnel":true}', readPluginInfoResponse, writePluginInfoResponse);
  }
  if (name.is('stream_data')) {
    checkSample<StreamDataRequest>('request 1', '{"id":"00000000-0000-4000-8000-000000000001","side":"client","direction":"ingress","chunk":"aGk=","held":"","is_end":false,"state":"AQ=="}', readStreamDataRequest, writeStreamDataRequest);
    checkSample<StreamDataResponse>('response 1', '{"action":{"kind":"pass"},"state":null}', readStreamDataResponse, writeStreamDataResponse);
  }
  if (name.is('stream_open')) {
    checkSample<StreamOpenRequest>('request 1', '{"id":"00000000-0000-4000-8000-000000000001","protocol":"postgresql","client":{"host":"127.0.0.1","port":50000},"server":{"host":"database.example","port":5432}}', readStreamOpenRequest, writeStreamOpenRequest);
    checkSample<StreamOpenResponse>('response 1', '{"action":{"kind":"open"},"state":"AQ=="}', readStreamOpenResponse, writeStreamOpenResponse);
  }
}

function call_plugin_info(): i32 {
  return answerPluginInfo(new Reader(beginCall()));
}
export { call_plugin_info as plugin_info };

function call_stream_data(): i32 {
  return answerStreamData(new Reader(beginCall()));
}
export { call_stream_data as stream_data };

function call_stream_open(): i32 {
  return answerStreamOpen(new Reader(beginCall()));
}
export { call_stream_open as stream_open };

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

function answerStreamData(from: Reader): i32 {
  from.expectVersion(1);
  const request = readStreamDataRequest(from);
  from.finish('request');
  if (hasFailed()) return endCall(null);
  const response: StreamDataResponse | null = plugin.streamData(request);
  if (hasFailed()) return endCall(null);
  if (response === null) {
    fail('the handler gave no response, and no reason');
    return endCall(null);
  }
  const to = new Writer(from.size + 512);
  writeStreamDataResponse(to, response);
  return endCall(to.finishMessage('response', 1));
}

function answerStreamOpen(from: Reader): i32 {
  from.expectVersion(1);
  const request = readStreamOpenRequest(from);
  from.finish('request');
  if (hasFailed()) return endCall(null);
  const response: StreamOpenResponse | null = plugin.streamOpen(request);
  if (hasFailed()) return endCall(null);
  if (response === null) {
    fail('the handler gave no response, and no reason');
    return endCall(null);
  }
  const to = new Writer(from.size + 512);
  writeStreamOpenResponse(to, response);
  return endCall(to.finishMessage('response', 1));
}
