import { Agent, type IncomingMessage, request } from 'node:http';

import { z } from 'zod';

import { type Caller, decodePayload, type ExecAnswer, type PayloadEncoding } from './caller.ts';
import { callFailed } from './exec-function.ts';

/** The options of {@link createRestCaller}. */
interface RestOptions {
  readonly port: number;
  /** The name of this host, which is sent with each call. */
  readonly host: string;
  readonly payload: PayloadEncoding;
  readonly answer: PayloadEncoding;
}

/** The result of an HTTP request. */
type HttpAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: Buffer }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'broken' };

const PING_BYTES = 64 * 1024;
const OK = 200;
const ACCEPTED = 202;

const envelope = z.object({ status: z.literal('success'), data: z.object({ response: z.string() }) });
/** The body of a response that refuses a command. */
const refusal = z.object({ message: z.string() });

/** Creates a caller that uses `GET /ping` and `POST /exec`. */
export const createRestCaller = ({ port, host, payload: written, answer: read }: RestOptions): Caller => {
  const agent = new Agent({ keepAlive: true });
  const send = async (
    method: 'GET' | 'POST',
    path: string,
    body: string | undefined,
    answerBytes: number,
    signal: AbortSignal,
  ): Promise<HttpAnswer> =>
    await new Promise((resolve) => {
      const headers = {
        'x-host': host,
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      };
      const sending = request({ agent, host: '127.0.0.1', port, method, path, headers, signal }, (response) =>
        receive(response, answerBytes, resolve),
      );
      sending.on('error', () => resolve({ kind: 'broken' }));
      sending.end(body);
    });

  return {
    ping: async (timeLeftMs) => {
      const answered = await send(
        'GET',
        '/ping',
        undefined,
        PING_BYTES,
        AbortSignal.timeout(Math.ceil(timeLeftMs)),
      );
      return (
        answered.kind === 'answer' && answered.status === OK && readEnvelope(answered.body) !== undefined
      );
    },
    exec: async ({ command, payload, signal, answerBytes }) => {
      const text = payload.toString(written === 'hex' ? 'hex' : 'utf8');
      const body = JSON.stringify({ command, payload: text });
      // The limit includes the envelope and the hex encoding of the payload.
      const answered = await send('POST', '/exec', body, 2 * answerBytes + PING_BYTES, signal);
      return readAnswer(answered, read, answerBytes);
    },
    close: () => agent.destroy(),
  };
};

const receive = (
  response: IncomingMessage,
  answerBytes: number,
  resolve: (answer: HttpAnswer) => void,
): void => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes <= answerBytes) return;
    resolve({ kind: 'too_large' });
    response.destroy();
  });
  response.on('end', () =>
    resolve({ kind: 'answer', status: response.statusCode ?? 0, body: Buffer.concat(chunks) }),
  );
  response.on('error', () => resolve({ kind: 'broken' }));
  response.on('close', () => resolve({ kind: 'broken' }));
};

const readAnswer = (answered: HttpAnswer, encoding: PayloadEncoding, answerBytes: number): ExecAnswer => {
  if (answered.kind === 'too_large') return failure('output_too_large');
  if (answered.kind === 'broken') return failure('not_connected');
  const { status, body } = answered;
  if (status !== ACCEPTED) {
    const said = refusal.safeParse(parseJson(body));
    return failure('guest_error', `the HTTP status is ${status}`, said.data?.message);
  }
  const text = readEnvelope(body);
  if (text === undefined) return failure('call_failed', 'the response does not have the form of quadroops');
  const bytes = decodePayload(Buffer.from(text, 'utf8'), encoding);
  if (bytes === undefined) return failure('call_failed', 'the response is not hex: set answer to "bytes"');
  return bytes.length > answerBytes ? failure('output_too_large') : { ok: true, bytes };
};

const failure = (...parts: Parameters<typeof callFailed>): ExecAnswer => callFailed(...parts) as ExecAnswer;

const readEnvelope = (body: Buffer): string | undefined => {
  const read = envelope.safeParse(parseJson(body));
  return read.success ? read.data.data.response : undefined;
};

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
};
