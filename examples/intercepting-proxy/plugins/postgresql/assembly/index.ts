// Reads the messages of a PostgreSQL connection in both directions. The folder `session` parses and changes them.
import {
  Action,
  decodeBase64,
  Direction,
  encodeBase64,
  Open,
  Pass,
  PluginInfoRequest,
  PluginInfoResponse,
  Side,
  StreamDataRequest,
  StreamDataRequestSide,
  StreamDataResponse,
  StreamDataResponseAction,
  StreamOpenRequest,
  StreamOpenResponse,
  text,
  Text,
} from './kit';
import { readClient } from './session/read-client';
import { readServer } from './session/read-server';
import { Phase, Session } from './session/session';
import { Settings } from './session/settings';
import { Progress } from './session/progress';

/** Asks for the bytes of PostgreSQL connections, in both directions, each once. */
export function pluginInfo(_request: PluginInfoRequest): PluginInfoResponse {
  return {
    name: text('postgresql'),
    version: text('1.0.0'),
    author: text('Plugwire'),
    url: text('https://github.com/plugwire/plugwire'),
    platform: text('wasm'),
    direction: Direction.ingress,
    side: Side.any_,
    protocols: [text('postgresql')],
    canHandleHttpForward: false,
    canHandleTunnel: true,
  };
}

export function streamOpen(_request: StreamOpenRequest): StreamOpenResponse {
  return { action: Action.open(new Open()), state: new Session().write() };
}

export function streamData(request: StreamDataRequest): StreamDataResponse {
  const session = Session.read(decodeBase64(request.state));
  if (session.phase == Phase.opaque) return pass(null);
  const settings = new Settings();
  const isClient = request.side == StreamDataRequestSide.client;
  const half = isClient ? session.client : session.server;
  const held = decodeBase64(request.held);
  if (!half.resume(held.length)) return giveUp(session, settings);
  const progress = new Progress(held, decodeBase64(request.chunk));
  // An incomplete row at the end may contain a value that must be masked, so it is dropped.
  if (request.isEnd && held.length > 0 && settings.hides) progress.drop(progress.data.length);
  const isRead = isClient
    ? readClient(session, settings, progress)
    : readServer(session, settings, progress);
  if (!isRead) return giveUp(session, settings);
  if (session.refusal !== null) return close(session.refusal!);
  half.hold(progress.data, progress.at);
  return answer(session, progress);
}

function answer(session: Session, progress: Progress): StreamDataResponse {
  const rest = progress.rest();
  if (!progress.isChanged && rest === null) return pass(session.write());
  const chunk = encodeBase64(progress.output());
  const held: Text | null = rest === null ? null : encodeBase64(rest);
  return { action: StreamDataResponseAction.replace({ chunk, held }), state: session.write() };
}

function pass(state: Text | null): StreamDataResponse {
  return { action: StreamDataResponseAction.pass(new Pass()), state };
}

function close(reason: string): StreamDataResponse {
  return { action: StreamDataResponseAction.close({ reason: text(reason) }), state: null };
}

/** Handles bytes that cannot be parsed: closes the stream if a column is masked, else passes the rest of the stream unread. */
function giveUp(session: Session, settings: Settings): StreamDataResponse {
  if (settings.hides) return close('not_postgresql');
  session.phase = Phase.opaque;
  return pass(session.write());
}

/** Requires `log` if the host grants it. */
export function requiredCapabilities(granted: Text[]): Text[] {
  const required: Text[] = [];
  for (let at = 0; at < granted.length; at++) if (granted[at].is('log')) required.push(granted[at]);
  return required;
}
