import type { Socket } from 'node:net';

import type { ChannelCredentials } from '@grpc/grpc-js';

/** Credentials that track the sockets of their connections. */
export interface TrackedSockets {
  readonly credentials: ChannelCredentials;
  /** Closes every socket that is still open. */
  destroy(): void;
}

/**
 * Tracks the sockets of connections, so that they can be destroyed after the process has ended. Without this, a TLS socket can stay open
 * permanently if the other side ends while grpc-js closes it: Node then waits for a write that never completes.
 */
export const trackSockets = (given: ChannelCredentials): TrackedSockets => {
  const sockets = new Set<Socket>();
  const note = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const createSecureConnector: ChannelCredentials['_createSecureConnector'] = (...args) => {
    const connector = given._createSecureConnector(...args);
    return {
      connect: async (socket) => {
        note(socket);
        return await connector.connect(socket);
      },
      waitForReady: async () => await connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy: () => connector.destroy(),
    };
  };
  return {
    // Everything else is delegated to the given credentials.
    credentials: Object.create(given, {
      _createSecureConnector: { value: createSecureConnector },
    }) as ChannelCredentials,
    destroy: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
};
