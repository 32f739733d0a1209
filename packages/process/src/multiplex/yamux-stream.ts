import { Duplex } from 'node:stream';

import { FLAG, FRAME, type FrameHeader } from './yamux-frame.ts';

/** The initial window of yamux: the bytes that one side may send before the other side has read them. */
export const WINDOW_BYTES = 256 * 1024;
/** The most bytes of data in one written frame. */
const FRAME_BYTES = 64 * 1024;

/** Sends one frame. */
export type SendFrame = (header: FrameHeader, data?: Buffer) => void;

/** One stream of a connection that many share. */
export interface YamuxStream {
  readonly duplex: Duplex;
  /** Handles a frame of the stream. Returns false if it violates the protocol. */
  take(header: FrameHeader, data: Buffer): boolean;
}

/**
 * Creates a stream and sends its first frame, an empty window update. `first` is the flag of this frame: `syn` for a stream that is opened here,
 * `ack` for one that the other side opened. `onEnd` is called when the stream is destroyed.
 */
export const createYamuxStream = (
  id: number,
  first: number,
  send: SendFrame,
  onEnd: () => void,
): YamuxStream => {
  let sendWindow = WINDOW_BYTES;
  let receiveWindow = WINDOW_BYTES;
  /** Bytes that were read but not yet reported in a window update. */
  let taken = 0;
  let isPaused = false;
  let isFinished = false;
  let isReset = false;
  /** Data that waits until the other side enlarges the window. */
  let waiting: (() => void) | undefined;

  const tellWindow = (flags: number): void => {
    receiveWindow += taken;
    send({ type: FRAME.window, flags, stream: id, length: taken });
    taken = 0;
  };

  const write = (chunk: Buffer, done: () => void): void => {
    let rest = chunk;
    while (rest.length > 0 && sendWindow > 0) {
      const piece = rest.subarray(0, Math.min(FRAME_BYTES, sendWindow));
      sendWindow -= piece.length;
      send({ type: FRAME.data, flags: 0, stream: id, length: piece.length }, piece);
      rest = rest.subarray(piece.length);
    }
    if (rest.length === 0) done();
    else waiting = () => write(rest, done);
  };

  const duplex = new Duplex({
    read: () => {
      isPaused = false;
      if (taken >= WINDOW_BYTES / 2) tellWindow(0);
    },
    write: (chunk: Buffer, _, done) => write(chunk, done),
    final: (done) => {
      isFinished = true;
      send({ type: FRAME.window, flags: FLAG.fin, stream: id, length: 0 });
      done();
    },
    destroy: (error, done) => {
      if (!isReset && !(isFinished && duplex.readableEnded))
        send({ type: FRAME.window, flags: FLAG.rst, stream: id, length: 0 });
      onEnd();
      done(error);
    },
  });
  // Users learn of an error through other events. This listener keeps an unhandled error from ending the process.
  duplex.on('error', () => undefined);
  tellWindow(first);

  return {
    duplex,
    take: ({ type, flags, length }, data) => {
      if ((flags & FLAG.rst) !== 0) {
        isReset = true;
        duplex.destroy(new Error('the other side reset the stream'));
        return true;
      }
      if (type === FRAME.window) {
        sendWindow += length;
        const go = waiting;
        waiting = undefined;
        go?.();
      } else if (data.length > 0) {
        receiveWindow -= data.length;
        if (receiveWindow < 0) return false;
        taken += data.length;
        isPaused = !duplex.push(data);
        if (!isPaused && taken >= WINDOW_BYTES / 2) tellWindow(0);
      }
      if ((flags & FLAG.fin) !== 0) duplex.push(null);
      return true;
    },
  };
};
