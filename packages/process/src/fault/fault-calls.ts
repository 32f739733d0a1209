import { callError, type Carrier, type CarrierAnswer, type CarrierCall } from '@plugwire/runtime';
import { stageFailure } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import { type AskLimits, AWAY } from './ask-plugin.ts';
import { fromBase64 } from './bytes.ts';
import {
  countHeaders,
  readRequestAnswer,
  readResponseAnswer,
  type RequestMessage,
  type ResponseMessage,
  writeRequest,
  writeResponse,
} from './http-messages.ts';
import { createPieceJoiner, type DataMessage } from './join-pieces.ts';
import type { FaultSession } from './open-session.ts';
import { FAULT, type FaultMethod } from './plugin-service.ts';
import { toUuid } from './stream-id.ts';

/** Answers one call while the plugin is connected. Most handlers send it to the plugin. */
type Handler = (session: FaultSession, call: CarrierCall) => Promise<CarrierAnswer> | CarrierAnswer;

/** Creates a carrier that sends messages over the current connection. */
export const createFaultCarrier = (current: () => FaultSession | undefined): Carrier => ({
  call: async (call) => {
    const { name } = call.contract;
    // The protocol of fault has no message for the end of a stream. Nothing is sent, so no connection is needed.
    if (name === 'stream_close') return CLOSED;
    const session = current();
    if (session === undefined) return AWAY;
    return await (HANDLERS[name] as Handler)(session, call);
  },
});

const CLOSED: CarrierAnswer = { ok: true, body: {} };

const HANDLERS: Readonly<Record<string, Handler>> = {
  plugin_info: ({ facts }) => ({ ok: true, body: facts.info }),
  http_request: async (session, call) => {
    const message = call.message as RequestMessage;
    if (!isWellFormed(message.request)) return NOT_SERIALIZABLE;
    return await askOnce(session, call, FAULT.processRequest, writeRequest(message), (answer) => ({
      nodes: countHeaders([answer.modified_request, answer.abort_response]),
      read: () => readRequestAnswer(answer, message),
    }));
  },
  http_response: async (session, call) => {
    const message = call.message as ResponseMessage;
    if (!isWellFormed(message.response)) return NOT_SERIALIZABLE;
    return await askOnce(session, call, FAULT.processResponse, writeResponse(message), (answer) => ({
      nodes: countHeaders([answer.modified_response, answer.abort_response]),
      read: () => readResponseAnswer(answer, message),
    }));
  },
  stream_open: () => ({ ok: true, body: { action: { kind: 'open' }, state: null } }),
  stream_data: async (session, call) => await askForPieces(session, call),
};

const failure = (code: Parameters<typeof callError>[0], detail?: string): CarrierAnswer => ({
  ok: false,
  error: callError(code, detail),
});

/** Strings in protobuf are UTF-8, which cannot encode a lone surrogate. */
const isWellFormed = (message: object): boolean =>
  !/\p{Surrogate}/u.test(JSON.stringify(message, withoutBody));
const withoutBody = (key: string, value: unknown): unknown => (key === 'body' ? undefined : value);

const notSerializable = stageFailure(
  'serialize_request',
  'not_serializable',
  'request: a string contains a lone surrogate, which UTF-8 cannot encode',
);
const NOT_SERIALIZABLE: CarrierAnswer = {
  ok: false,
  error: { stage: notSerializable.stage, code: notSerializable.code, message: notSerializable.message },
};

const askOnce = async <Request extends object, Response extends object>(
  session: FaultSession,
  { limits, timeLeftMs, signal }: CarrierCall,
  method: FaultMethod<Request, Response>,
  request: Request,
  open: (answer: Response) => { readonly nodes: number; read(): CarrierAnswer },
): Promise<CarrierAnswer> => {
  const written = method.write(request);
  if (written.length > limits.requestBytes) return tooLarge(written.length, limits.requestBytes);
  const asked = await session.ask(method, written, {
    timeLeftMs,
    signal,
    answerBytes: limits.outputBytes,
  });
  if (!asked.ok) return asked;
  const { nodes, read } = open(asked.answer);
  return nodes > limits.outputNodes ? failure('output_too_complex', `at most ${limits.outputNodes}`) : read();
};

const tooLarge = (bytes: number, most: number): CarrierAnswer =>
  failure('request_too_large', `${bytes} bytes, at most ${most}`);

/** The most bytes of one piece of a chunk. The value is that of fault. */
const PIECE_BYTES = 4_096;
const SIDES = { client: 0, server: 1 } as const;
const DIRECTIONS = { ingress: 0, egress: 1 } as const;

const askForPieces = async (
  session: FaultSession,
  { message, limits, timeLeftMs, signal }: CarrierCall,
): Promise<CarrierAnswer> => {
  const untilMs = clock.nowMs() + timeLeftMs;
  const data = message as DataMessage;
  const chunk = fromBase64(data.chunk);
  if (chunk.length > limits.requestBytes) return tooLarge(chunk.length, limits.requestBytes);
  const about = { id: toUuid(data.id), side: SIDES[data.side], direction: DIRECTIONS[data.direction] };
  const joiner = createPieceJoiner(data);
  let answerBytes = limits.outputBytes;
  for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
    // A new connection may lead to another process, which has not received the earlier pieces.
    if (session.isLost()) return failure('not_connected');
    const piece = chunk.subarray(at, at + PIECE_BYTES);
    const within: AskLimits = { timeLeftMs: Math.max(1, untilMs - clock.nowMs()), signal, answerBytes };
    const asked = await session.ask(
      FAULT.processData,
      FAULT.processData.write({ ...about, chunk: piece }),
      within,
    );
    if (!asked.ok) return asked;
    answerBytes -= asked.bytes;
    const answer = joiner.add(piece, asked.answer);
    if (answer !== undefined) return answer;
  }
  return joiner.finish();
};
