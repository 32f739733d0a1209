import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';

import { openFolder } from '../testing/scripts.ts';
import { createFrameReader, FLAG, FRAME, type FrameHeader, writeHeader } from './yamux-frame.ts';
import { createYamuxSession } from './yamux-session.ts';
import { WINDOW_BYTES } from './yamux-stream.ts';

/** A session over a real socket, and the other side of it, which sees and sends frames. */
const openPair = async () => {
  const path = join(openFolder(), 'socket');
  const opened: Duplex[] = [];
  const server = createServer().listen(path);
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const socket = connect(path);
  const session = createYamuxSession(socket, (stream) => opened.push(stream));
  const [peer] = (await accepted) as [Socket];
  const frames: { readonly header: FrameHeader; readonly data: Buffer }[] = [];
  const reader = createFrameReader(WINDOW_BYTES);
  peer.on('data', (chunk: Buffer) => {
    reader.push(chunk, (header, data) => frames.push({ header, data: Buffer.from(data) }));
    peer.emit('frames');
  });
  onTestFinished(() => {
    session.close();
    peer.destroy();
    server.close();
  });
  const send = (header: Partial<FrameHeader>, data = Buffer.alloc(0)): void => {
    peer.write(
      Buffer.concat([
        writeHeader({ type: FRAME.data, flags: 0, stream: 1, length: data.length, ...header }),
        data,
      ]),
    );
  };
  const until = async (seen: () => boolean): Promise<void> => {
    while (!seen()) await once(peer, 'frames');
  };
  return { session, socket, peer, frames, opened, send, until };
};

describe('streams that share a connection', () => {
  it('open, transfer data in both directions, and end', async () => {
    const { session, frames, send, until } = await openPair();
    const stream = session.open();
    stream.end('hello');
    await until(() => frames.length === 3);
    expect(frames.map(({ header: { type, flags, stream: id } }) => [type, flags, id])).toEqual([
      [FRAME.window, FLAG.syn, 1],
      [FRAME.data, 0, 1],
      [FRAME.window, FLAG.fin, 1],
    ]);
    send({ flags: FLAG.ack, type: FRAME.window });
    send({ flags: FLAG.fin }, Buffer.from('bye'));
    expect(Buffer.concat(await stream.toArray()).toString()).toBe('bye');
  });

  it('write no more than the window of the other side', async () => {
    const { session, frames, send, until } = await openPair();
    const stream = session.open();
    stream.write(Buffer.alloc(WINDOW_BYTES + 100));
    const sent = () => frames.reduce((sum, { data }) => sum + data.length, 0);
    await until(() => sent() === WINDOW_BYTES);
    send({ type: FRAME.window, length: 100 });
    await until(() => sent() === WINDOW_BYTES + 100);
  });

  it('let the other side continue to write after their data has been read', async () => {
    const { session, frames, send, until } = await openPair();
    const stream = session.open();
    send({}, Buffer.alloc(WINDOW_BYTES));
    stream.resume();
    await until(() =>
      frames.some(({ header }) => header.type === FRAME.window && header.length >= WINDOW_BYTES / 2),
    );
  });

  it('are accepted, pinged, and reset', async () => {
    const { opened, frames, send, until } = await openPair();
    send({ type: FRAME.window, flags: FLAG.syn, stream: 2 });
    await until(() => frames.some(({ header }) => header.flags === FLAG.ack && header.stream === 2));
    send({ type: FRAME.ping, flags: FLAG.syn, stream: 0, length: 7 });
    await until(() => frames.some(({ header }) => header.type === FRAME.ping && header.length === 7));
    const [stream] = opened;
    const closed = new Promise((resolve) => stream?.once('close', resolve));
    send({ type: FRAME.window, flags: FLAG.rst, stream: 2 });
    await closed;
  });

  it.each([
    ['more data than was allowed', { stream: 1 }, WINDOW_BYTES + 1],
    ['a stream with a number of this side', { flags: FLAG.syn, stream: 3 }, 0],
    ['a type that there is not', { type: 9 }, 0],
  ])('end with the connection after %s', async (_, header, bytes) => {
    const { session, socket, send } = await openPair();
    const stream = session.open();
    const closed = once(stream, 'close');
    send(header, Buffer.alloc(bytes));
    await closed;
    expect(socket.destroyed).toBe(true);
  });

  it('accept any bytes without a crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const taken: FrameHeader[] = [];
        createFrameReader(WINDOW_BYTES).push(Buffer.from(bytes), (header) => void taken.push(header));
        expect(taken.length).toBeLessThanOrEqual(bytes.length / 12);
      }),
    );
  });
});
