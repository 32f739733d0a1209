import type { Socket } from 'node:net';

import type { ChannelCredentials } from '@grpc/grpc-js';

/** Credentials, and the sockets of the connections that were made with them. */
export interface TrackedSockets {
  readonly credentials: ChannelCredentials;
  /** Closes every socket that is still open. */
  destroy(): void;
}

/**
 * Notes the sockets of connections. A connection over TLS whose other side ends while grpc-js closes it can leave its socket open for good: Node
 * then waits for a write that never ends. Where nobody speaks to the process any more, its sockets are closed by force.
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
    // The rest is that of the given ones.
    credentials: Object.create(given, {
      _createSecureConnector: { value: createSecureConnector },
    }) as ChannelCredentials,
    destroy: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
};
