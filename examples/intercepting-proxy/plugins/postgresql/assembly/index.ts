import { Action, Direction, Open, Pass, PluginInfoRequest, PluginInfoResponse, Side, StreamCloseRequest, StreamCloseResponse, StreamDataRequest, StreamDataResponse, StreamDataResponseAction, StreamOpenRequest, StreamOpenResponse, text } from './kit';

/** Says who the plugin is and what it wants to see. */
export function pluginInfo(request: PluginInfoRequest): PluginInfoResponse {
  // The sample of the contract. Write your own answer here.
  return {
    name: text('echo'),
    version: text('1.0.0'),
    author: text('someone'),
    url: text('https://plugin.example'),
    platform: text('wasm'),
    direction: Direction.ingress,
    side: Side.any_,
    protocols: [text('http')],
    canHandleHttpForward: true,
    canHandleTunnel: true,
  };
}

/** Sees a stream before the first byte, and may close it. */
export function streamOpen(request: StreamOpenRequest): StreamOpenResponse {
  // The sample of the contract. Write your own answer here.
  return {
    action: Action.open(new Open()),
    state: text('AQ=='),
  };
}

/** Sees a chunk of a stream. Its state stays with the host and comes back with the next chunk of the stream, whatever the direction. */
export function streamData(request: StreamDataRequest): StreamDataResponse {
  // The sample of the contract. Write your own answer here.
  return {
    action: StreamDataResponseAction.pass(new Pass()),
    state: null,
  };
}

/** Hears that a stream is over. */
export function streamClose(request: StreamCloseRequest): StreamCloseResponse {
  // The sample of the contract. Write your own answer here.
  return new StreamCloseResponse();
}
