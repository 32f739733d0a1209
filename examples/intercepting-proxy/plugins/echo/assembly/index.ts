// Uses every action for HTTP: it adds a header to requests and responses, answers /echo itself, and replaces responses with status 418.
import {
  Action,
  config,
  decodeBase64,
  Direction,
  encodeBase64,
  Header,
  HttpRequestRequest,
  HttpRequestResponse,
  HttpResponseRequest,
  HttpResponseResponse,
  HttpResponseResponseAction,
  log,
  LogLevel,
  PluginInfoRequest,
  PluginInfoResponse,
  Side,
  text,
  Text,
} from './kit';

/** Asks for requests and responses, but not for streams. */
export function pluginInfo(_request: PluginInfoRequest): PluginInfoResponse {
  return {
    name: text('echo'),
    version: text('1.0.0'),
    author: text('Plugwire'),
    url: text('https://github.com/plugwire/plugwire'),
    platform: text('wasm'),
    direction: Direction.ingress,
    side: Side.any_,
    protocols: [text('http')],
    canHandleHttpForward: true,
    canHandleTunnel: false,
  };
}

/** Answers `/echo` with the body of the request. Adds the header `x-seen-by` to any other request. */
export function httpRequest(request: HttpRequestRequest): HttpRequestResponse {
  const seen = request.request;
  const size = decodeBase64(seen.body).length;
  log(LogLevel.info, seen.method.toString() + ' with ' + size.toString() + ' bytes');
  if (seen.path.is('/echo')) {
    const headers: Header[] = [{ name: text('content-type'), value: text('text/plain') }];
    return { action: Action.abort({ response: { statusCode: 200, headers, body: seen.body } }) };
  }
  seen.headers.push({ name: text('x-seen-by'), value: mark() });
  return { action: Action.continue_({ modifiedRequest: seen }) };
}

/** Replaces a response with status 418. Adds the header `x-seen-by` to any other response. */
export function httpResponse(request: HttpResponseRequest): HttpResponseResponse {
  const seen = request.response;
  if (seen.statusCode == 418) {
    const body = encodeBase64(text('no tea here\n'));
    const headers: Header[] = [{ name: text('content-type'), value: text('text/plain') }];
    return { action: HttpResponseResponseAction.abort({ response: { statusCode: 503, headers, body } }) };
  }
  seen.headers.push({ name: text('x-seen-by'), value: mark() });
  return { action: HttpResponseResponseAction.continue_({ modifiedResponse: seen }) };
}

/** Returns the value of `x-seen-by`: the configured `mark`, or the plugin's name. */
function mark(): Text {
  const configured = config('mark');
  return configured === null ? text('echo') : configured;
}

/** Requires `log` if the host grants it. */
export function requiredCapabilities(granted: Text[]): Text[] {
  const required: Text[] = [];
  for (let at = 0; at < granted.length; at++) if (granted[at].is('log')) required.push(granted[at]);
  return required;
}
