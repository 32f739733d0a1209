import { Readable } from 'node:stream';

/**
 * A body of a request or response. A body within the limit is kept in memory, and plugins see it. A larger body is streamed: plugins see
 * an empty body and cannot replace it.
 */
export type Body = WholeBody | StreamedBody;

interface WholeBody {
  readonly kind: 'whole';
  readonly bytes: Buffer;
}

interface StreamedBody {
  readonly kind: 'stream';
  readonly stream: Readable;
}

/**
 * Reads a body up to a limit, in bytes. A longer body becomes a stream that starts with the bytes that were read.
 *
 * Rejects if the source fails during the read. Destroying the stream does not destroy the source, so that a client whose upload is not
 * needed still gets a response.
 */
export const readBody = async (source: Readable, limitBytes: number): Promise<Body> => {
  const rest = source.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer, undefined>;
  const chunks: Buffer[] = [];
  let bytes = 0;
  while (bytes <= limitBytes) {
    const next = await rest.next();
    if (next.done === true) return { kind: 'whole', bytes: Buffer.concat(chunks) };
    chunks.push(next.value);
    bytes += next.value.length;
  }
  return { kind: 'stream', stream: Readable.from(replay(chunks, rest), { objectMode: false }) };
};

const replay = async function* (chunks: readonly Buffer[], rest: AsyncIterable<Buffer>) {
  yield* chunks;
  yield* rest;
};

const base64Texts = new WeakMap<Body, string>();

/** Returns a body in base64, as plugins see it. The result is cached. A streamed body is empty. */
export const toBase64 = (body: Body): string => {
  const known = base64Texts.get(body);
  if (known !== undefined) return known;
  const text = body.kind === 'whole' ? body.bytes.toString('base64') : '';
  base64Texts.set(body, text);
  return text;
};

/** Returns any body as a stream. */
export const toStream = (body: Body): Readable =>
  body.kind === 'stream' ? body.stream : Readable.from([body.bytes], { objectMode: false });

/** Destroys a body that will not be read. Errors are ignored. */
export const discard = (stream: Readable): void => {
  // undici emits an abort error, which is intended here.
  stream.on('error', () => {}).destroy();
};
