import { once } from 'node:events';
import type { Socket } from 'node:net';

import type { ProxyLimits } from '../proxy-limits.ts';
import type { StreamLink } from './stream-links.ts';
import { createStage, type StreamStage } from './stream-stage.ts';

/** One direction of a stream. */
export interface Direction {
  readonly from: Socket;
  readonly to: Socket;
  /** Which peer `from` is. */
  readonly sender: 'client' | 'server';
  /** Bytes of `from` that were already read. They go first. */
  readonly head: Uint8Array;
  /** Called with the size of each chunk. */
  readonly onBytes: (bytes: number) => void;
  /** Called when held data cannot be released. */
  readonly onError: (error: Error) => void;
}

/**
 * Carries one direction of a stream through the plugins, chunk by chunk, until the sender ends it. Then it ends the receiver's side; the other
 * direction continues. A chunk is read only after the previous one is written, so a slow receiver slows its sender down.
 *
 * Rejects with a `StreamCut` if a plugin ends the stream, or with the error of a socket.
 */
export const pumpDirection = async (
  { from, to, sender, head, onBytes, onError }: Direction,
  links: readonly StreamLink[],
  limits: ProxyLimits,
): Promise<void> => {
  const receiver = sender === 'client' ? 'server' : 'client';
  let turn: Promise<void> = Promise.resolve();
  /** Runs chunks and releases one after another, in the order in which they started, so that bytes keep their order. */
  const inTurn = async (run: () => Promise<void>): Promise<void> => {
    turn = turn.then(run);
    await turn;
  };

  const stages: readonly StreamStage[] = [
    ...links.map((link) => ({ link, place: { side: sender, direction: 'ingress' } as const })),
    ...links.map((link) => ({ link, place: { side: receiver, direction: 'egress' } as const })),
  ].map(({ link, place }, at) =>
    createStage(link, place, limits, () => {
      inTurn(async () => await feed(at + 1, (stages[at] as StreamStage).release(), false)).catch(onError);
    }),
  );

  /** Passes a chunk through the stages from index `at` on, and writes the result to the receiver. */
  const feed = async (at: number, chunk: Uint8Array, isEnd: boolean): Promise<void> => {
    let current = chunk;
    for (const stage of stages.slice(at)) {
      if (current.length === 0 && !isEnd) return;
      current = await stage.show(current, isEnd);
    }
    if (current.length > 0) await write(to, current);
  };

  const feedAll = async (bytes: Uint8Array): Promise<void> => {
    onBytes(bytes.length);
    for (let at = 0; at < bytes.length; at += limits.chunkBytes) {
      const chunk = bytes.subarray(at, at + limits.chunkBytes);
      await inTurn(async () => await feed(0, chunk, false));
    }
  };

  try {
    await feedAll(head);
    for await (const bytes of from.iterator({ destroyOnReturn: false })) await feedAll(bytes as Buffer);
    await inTurn(async () => await feed(0, new Uint8Array(), true));
    await end(to);
  } finally {
    for (const stage of stages) stage.close();
  }
};

const write = async (to: Socket, bytes: Uint8Array): Promise<void> => {
  if (to.destroyed) throw lost();
  if (to.write(bytes)) return;
  await whileOpen(to, 'drain');
};

const end = async (to: Socket): Promise<void> => {
  if (to.destroyed) throw lost();
  to.end();
  if (!to.writableFinished) await whileOpen(to, 'finish');
};

/** Waits for an event of a socket. Rejects if the socket closes first. */
const whileOpen = async (socket: Socket, event: 'drain' | 'finish'): Promise<void> => {
  const over = new AbortController();
  const onClose = (): void => over.abort();
  socket.once('close', onClose);
  try {
    await once(socket, event, { signal: over.signal });
  } catch {
    throw lost();
  } finally {
    socket.off('close', onClose);
  }
};

const lost = (): Error => Object.assign(new Error('the connection is lost'), { code: 'ECONNRESET' });
