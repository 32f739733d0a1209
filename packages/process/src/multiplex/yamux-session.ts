import type { Duplex } from 'node:stream';

import { createFrameReader, FLAG, FRAME, type FrameHeader, writeHeader } from './yamux-frame.ts';
import { createYamuxStream, WINDOW_BYTES, type YamuxStream } from './yamux-stream.ts';

/** The client side of a connection that many streams share. */
export interface YamuxSession {
  /** Opens a stream. */
  open(): Duplex;
  /** Closes the connection and all its streams. */
  close(): void;
}

/** The most streams that the other side may have open at a time. */
const MOST_STREAMS = 256;

/** Creates a yamux session over a connection. `onStream` receives the streams that the other side opens. */
export const createYamuxSession = (socket: Duplex, onStream: (stream: Duplex) => void): YamuxSession => {
  const streams = new Map<number, YamuxStream>();
  // Stream ids of the client are odd.
  let nextId = 1;

  const send = (header: FrameHeader, data?: Buffer): void => {
    if (socket.destroyed || socket.writableEnded) return;
    socket.write(data === undefined ? writeHeader(header) : Buffer.concat([writeHeader(header), data]));
  };
  const create = (id: number, first: number): YamuxStream => {
    const stream = createYamuxStream(id, first, send, () => streams.delete(id));
    streams.set(id, stream);
    return stream;
  };
  const reset = (id: number): void => send({ type: FRAME.window, flags: FLAG.rst, stream: id, length: 0 });

  const takeOfStream = (header: FrameHeader, data: Buffer): boolean => {
    const { stream: id, flags } = header;
    const isNew = (flags & FLAG.syn) !== 0;
    if (isNew && (id % 2 === 1 || streams.has(id))) return false;
    if (isNew && streams.size >= MOST_STREAMS) {
      reset(id);
      return true;
    }
    const stream = isNew ? create(id, FLAG.ack) : streams.get(id);
    // It has just ended here.
    if (stream === undefined) return true;
    if (isNew) onStream(stream.duplex);
    return stream.take(header, data);
  };
  const take = (header: FrameHeader, data: Buffer): boolean => {
    if (header.type === FRAME.ping) {
      if ((header.flags & FLAG.syn) !== 0) send({ ...header, flags: FLAG.ack });
      return true;
    }
    return header.type === FRAME.goAway || takeOfStream(header, data);
  };

  const reader = createFrameReader(WINDOW_BYTES);
  socket.on('data', (chunk: Buffer) => {
    let isRight = true;
    const isFrame = reader.push(chunk, (header, data) => {
      isRight &&= take(header, data);
    });
    if (!isFrame || !isRight) socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    for (const { duplex } of streams.values()) duplex.destroy();
  });

  return {
    open: () => {
      const id = nextId;
      nextId += 2;
      return create(id, FLAG.syn).duplex;
    },
    close: () => {
      send({ type: FRAME.goAway, flags: 0, stream: 0, length: 0 });
      socket.destroy();
    },
  };
};
