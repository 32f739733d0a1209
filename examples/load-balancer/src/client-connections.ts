import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import type { Logger } from 'pino';

import type { BalancerLimits } from './balancer-limits.ts';
import { closeServer } from '@plugwire/example-shared/listen';

/** The client connections of a server, and the running requests of each. */
export interface ClientConnections {
  /** Serves a request of a connection. Does nothing if the connection is closed, and closes it if it has too many requests. */
  serve(socket: Socket, request: () => Promise<void>): void;
  isDraining(): boolean;
  /** Stops accepting requests, waits up to `drainMs` for running ones, then closes every connection. */
  drain(): Promise<void>;
}

/** Tracks the connections of a server. Call it before the server listens. */
export const createClientConnections = (
  server: Server,
  limits: Pick<BalancerLimits, 'pipelinedRequests' | 'drainMs'>,
  logger: Logger,
): ClientConnections => {
  /** Open connections, and the number of running requests of each. */
  const sockets = new Map<Socket, number>();
  const inFlight = new Set<Promise<void>>();
  let isDraining = false;

  server.on('connection', (socket) => {
    // Each pipelined request adds a listener to the socket, so their number is not a leak.
    socket.setMaxListeners(0);
    sockets.set(socket, 0);
    socket.once('close', () => sockets.delete(socket));
  });
  // For a CONNECT, Node detaches the socket: timeouts and `closeAllConnections` no longer apply to it. So it must be closed here.
  server.on('connect', ({ socket }) => {
    socket.on('error', () => {});
    // If a request is running, the client would take this response for the response to that request.
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
      // `closeServer` closes idle connections that have served a request. These have none, so close them here.
      for (const [socket, requests] of sockets) if (requests === 0) socket.destroy();
      await closed;
      await Promise.all(inFlight);
    },
  };
};

/** The response to a CONNECT. Node creates no `ServerResponse` for it. */
const METHOD_REFUSED = 'HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';
