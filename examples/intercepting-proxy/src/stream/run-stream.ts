import type { Socket } from 'node:net';

import type { Logger } from 'pino';

import type { ProxyLimits } from '../proxy-limits.ts';
import { pumpDirection } from './pump-direction.ts';
import { closeLinks, type StreamEnd, type StreamLink } from './stream-links.ts';
import { type CutReason, StreamCut } from './stream-stage.ts';

/** A stream with both connections open. */
export interface OpenStream {
  readonly id: string;
  readonly client: Socket;
  readonly server: Socket;
  /** Bytes of the client that were already read. */
  readonly head: Uint8Array;
  readonly links: readonly StreamLink[];
}

/** A running stream. */
export interface RunningStream {
  /** Resolves when the stream has ended. Never rejects. */
  readonly ended: Promise<StreamEnd>;
  /** Ends the stream: resets both connections. */
  cut(reason: CutReason): void;
}

/**
 * Carries a stream in both directions. It ends when both peers have ended it, a connection fails, a plugin closes it, or no data is transferred
 * for `streamIdleMs`. Then both sockets are closed, and the plugins get `stream_close`.
 */
export const runStream = (
  { id, client, server, head, links }: OpenStream,
  limits: ProxyLimits,
  logger: Logger,
): RunningStream => {
  let [bytesFromClient, bytesFromServer] = [0, 0];
  let cause: Error | undefined;
  const destroy = (error: Error): void => {
    cause ??= error;
    // A reset tells the peers that the data is incomplete.
    for (const socket of [client, server]) if (!socket.destroyed) socket.resetAndDestroy();
  };
  const cut = (reason: CutReason): void => destroy(new StreamCut(reason));
  const idle = setTimeout(() => cut('idle'), limits.streamIdleMs);
  for (const socket of [client, server]) {
    socket.on('error', destroy);
    socket.on('drain', () => idle.refresh());
  }

  const run = async (): Promise<StreamEnd> => {
    const fromClient = pumpDirection(
      {
        from: client,
        to: server,
        sender: 'client',
        head,
        onBytes: (bytes) => {
          bytesFromClient += bytes;
          idle.refresh();
        },
        onError: destroy,
      },
      links,
      limits,
    ).catch(destroy);
    const fromServer = pumpDirection(
      {
        from: server,
        to: client,
        sender: 'server',
        head: new Uint8Array(),
        onBytes: (bytes) => {
          bytesFromServer += bytes;
          idle.refresh();
        },
        onError: destroy,
      },
      links,
      limits,
    ).catch(destroy);
    await Promise.all([fromClient, fromServer]);
    clearTimeout(idle);
    client.destroy();
    server.destroy();
    const end = { reason: reasonOf(cause), bytesFromClient, bytesFromServer };
    await closeLinks(links, end);
    const level = end.reason === 'ended' ? 'debug' : 'info';
    logger[level]({ target: 'proxy', stream_id: id, reason: end.reason }, 'a stream ended');
    return end;
  };
  return { ended: run(), cut };
};

const reasonOf = (cause: Error | undefined): string => {
  if (cause === undefined) return 'ended';
  return cause instanceof StreamCut ? cause.reason : 'reset';
};
