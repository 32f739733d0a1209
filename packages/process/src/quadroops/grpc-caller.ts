import { credentials } from '@grpc/grpc-js';

import { parseProto } from '../binding/protobuf.ts';
import { openGrpcConnection } from '../grpc/grpc-connection.ts';
import { readStatus } from '../grpc/read-status.ts';
import { type Caller, decodePayload, type ExecAnswer, type PayloadEncoding } from './caller.ts';
import { callFailed } from './exec-function.ts';

/** The options of {@link createGrpcCaller}. */
interface GrpcOptions {
  readonly port: number;
  readonly payload: PayloadEncoding;
  readonly answer: PayloadEncoding;
  /** The most bytes of any response. */
  readonly answerBytes: number;
}

/** The service of quadroops. In protobuf, strings and bytes have the same wire format. */
const ROOT = parseProto(`
syntax = "proto3";
message ExecRequest { string Command = 1; bytes Payload = 2; }
message Data { bytes Response = 1; }
message Response { string Status = 1; Data Data = 2; }
`);
const REQUEST = ROOT.lookupType('ExecRequest');
const RESPONSE = ROOT.lookupType('Response');
const UNARY = { requestStream: false, responseStream: false } as const;
const ENVELOPE_BYTES = 64 * 1024;

interface Answer {
  readonly Status: string;
  readonly Data?: { readonly Response: Uint8Array } | null;
}

/** Creates a caller that uses `plugin.Plugin/Ping` and `Exec`. */
export const createGrpcCaller = ({ port, payload: written, answer, answerBytes }: GrpcOptions): Caller => {
  const connection = openGrpcConnection({
    network: 'tcp',
    address: `127.0.0.1:${port}`,
    credentials: credentials.createInsecure(),
    answerBytes: 2 * answerBytes + ENVELOPE_BYTES,
  });
  return {
    ping: async (timeLeftMs) => {
      const answered = await connection.call({
        ...UNARY,
        path: '/plugin.Plugin/Ping',
        parts: [new Uint8Array()],
        timeLeftMs,
        answerBytes: ENVELOPE_BYTES,
      });
      return answered.ok && read(answered.parts) !== undefined;
    },
    exec: async ({ command, payload, timeLeftMs, signal, answerBytes: most }) => {
      const bytes = written === 'hex' ? Buffer.from(payload.toString('hex'), 'latin1') : payload;
      const answered = await connection.call({
        ...UNARY,
        path: '/plugin.Plugin/Exec',
        parts: [REQUEST.encode({ Command: command, Payload: bytes }).finish()],
        timeLeftMs,
        signal,
        answerBytes: 2 * most + ENVELOPE_BYTES,
      });
      if (!answered.ok) return readStatus(answered.status, answered.details) as ExecAnswer;
      return readAnswer(read(answered.parts), answer, most);
    },
    close: () => connection.close(),
  };
};

const read = (parts: readonly Buffer[]): Answer | undefined => {
  try {
    return RESPONSE.decode(parts[0] ?? new Uint8Array()) as unknown as Answer;
  } catch {
    return undefined;
  }
};

const readAnswer = (answer: Answer | undefined, encoding: PayloadEncoding, most: number): ExecAnswer => {
  if (answer === undefined) return failure('call_failed', 'the response does not have the form of quadroops');
  if (answer.Status !== 'success') return failure('guest_error', 'the status is not "success"');
  const bytes = decodePayload(Buffer.from(answer.Data?.Response ?? []), encoding);
  if (bytes === undefined) return failure('call_failed', 'the response is not hex: set answer to "bytes"');
  return bytes.length > most ? failure('output_too_large') : { ok: true, bytes };
};

const failure = (...parts: Parameters<typeof callFailed>): ExecAnswer => callFailed(...parts) as ExecAnswer;
