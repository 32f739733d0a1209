import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import type { Logger } from 'pino';

import type { BalancerLimits } from './balancer-limits.ts';
import { closeServer } from '@plugwire/example-shared/listen';

/** The connections of a server's clients, with the requests of each that are being served. */
export interface ClientConnections {
  /** Serves a request of a connection; not if the connection is gone, or has too many already: that ends it. */
  serve(socket: Socket, request: () => Promise<void>): void;
  isDraining(): boolean;
  /** Accepts nothing more, lets requests end within `drainMs`, and closes every connection. */
  drain(): Promise<void>;
}

/** Looks after the connections of a server, which is not to listen before. */
export const createClientConnections = (
  server: Server,
  limits: Pick<BalancerLimits, 'pipelinedRequests' | 'drainMs'>,
  logger: Logger,
): ClientConnections => {
  /** Open connections, and how many requests of each are being served. */
  const sockets = new Map<Socket, number>();
  const inFlight = new Set<Promise<void>>();
  let isDraining = false;

  server.on('connection', (socket) => {
    // Pipelined requests each wait for the end of their socket.
    socket.setMaxListeners(0);
    sockets.set(socket, 0);
    socket.once('close', () => sockets.delete(socket));
  });
  // Node lets go of the socket, its timeouts and `closeAllConnections` with it: here it has to end, whatever its client does.
  server.on('connect', ({ socket }) => {
    socket.on('error', () => {});
    // The answer would be taken for that of the request before.
    if (sockets.get(socket) !== 0) socket.destroy();
    else socket.end(METHOD_REFUSED, () => socket.destroy());
  });

  return {
    serve: (socket, request) => {
      const before = sockets.get(socket) ?? 0;
      if (socket.destroyed) return;
      if (before >= limits.pipelinedRequests) {
        logger.warn({ target: 'balancer', requests: before }, 'connection ended: too many requests at once');
        socket.destroy();
        return;
      }
      sockets.set(socket, before + 1);
      const served = request();
      inFlight.add(served);
      void served.finally(() => {
        inFlight.delete(served);
        const left = sockets.get(socket);
        if (left !== undefined) sockets.set(socket, left - 1);
      });
    },
    isDraining: () => isDraining,
    drain: async () => {
      isDraining = true;
      const closed = closeServer(server, limits.drainMs);
      // Node closes those that have served; these have not, and might never.
      for (const [socket, requests] of sockets) if (requests === 0) socket.destroy();
      await closed;
      await Promise.all(inFlight);
    },
  };
};

/** What a CONNECT is told, for which Node makes no response. */
const METHOD_REFUSED = 'HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';
