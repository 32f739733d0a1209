import type { Socket } from 'node:net';

import type { Logger } from 'pino';

import type { ProxyLimits } from '../proxy-limits.ts';
import { pumpDirection } from './pump-direction.ts';
import { closeLinks, type StreamEnd, type StreamLink } from './stream-links.ts';
import { type CutReason, StreamCut } from './stream-stage.ts';

/** A stream whose both connections are there. */
export interface OpenStream {
  readonly id: string;
  readonly client: Socket;
  readonly server: Socket;
  /** What the client has sent already. */
  readonly head: Uint8Array;
  readonly links: readonly StreamLink[];
}

/** A stream that runs. */
export interface RunningStream {
  /** How it ended. Never rejects. */
  readonly ended: Promise<StreamEnd>;
  /** Ends it. */
  cut(reason: CutReason): void;
}

/**
 * Carries a stream in both directions until both peers have ended it, one is lost, a plugin closes it, or nothing moves for too long. Both
 * sockets are closed then, and the plugins are told.
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
    // A peer that is cut off hears of it: what it got is not all there was.
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
    logger[level]({ target: 'proxy', stream_id: id, reason: end.reason }, 'a stream is over');
    return end;
  };
  return { ended: run(), cut };
};

const reasonOf = (cause: Error | undefined): string => {
  if (cause === undefined) return 'ended';
  return cause instanceof StreamCut ? cause.reason : 'reset';
};
