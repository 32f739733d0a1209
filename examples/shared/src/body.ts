import { Readable } from 'node:stream';

/**
 * A body by the size rule: one that fits the limit is held whole, and plugins see it. A larger one streams past them, in
 * both directions; they see an empty one and cannot replace it.
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
 * Reads a body up to a limit. What turns out to be longer becomes a stream that begins with what was read.
 *
 * Rejects if the source fails while it is read. Destroying the stream leaves the source alone: a client whose upload nobody
 * wants any more still gets an answer.
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

/** A body as plugins see it: written once, although most of them ask. What streams is empty. */
export const toBase64 = (body: Body): string => {
  const known = base64Texts.get(body);
  if (known !== undefined) return known;
  const text = body.kind === 'whole' ? body.bytes.toString('base64') : '';
  base64Texts.set(body, text);
  return text;
};

/** A body as a stream, whichever it is. */
export const toStream = (body: Body): Readable =>
  body.kind === 'stream' ? body.stream : Readable.from([body.bytes], { objectMode: false });

/** Ends a body that nobody will read. */
export const discard = (stream: Readable): void => {
  // undici calls it an abort; it is meant.
  stream.on('error', () => {}).destroy();
};
