import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { listen } from '@plugwire/example-shared/listen';

/** A TCP server of a script. */
export interface Peer {
  /** `host:port`. */
  readonly authority: string;
  close(): Promise<void>;
}

/** Starts a TCP server on a free port. */
export const startPeer = async (onSocket: (socket: Socket) => void): Promise<Peer> => {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    onSocket(socket);
  });
  const origin = await listen(server);
  return {
    authority: new URL(origin).host,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

/** Connects to a local port. Later errors of the socket are ignored: the socket closes. */
export const dial = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
};

/** Reads a socket to its end. Resolves to the SHA-256 and the number of bytes. */
export const hashOf = async (
  socket: Socket,
): Promise<{ readonly sha256: string; readonly bytes: number }> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), bytes };
};

/** The shortest startup message of a PostgreSQL client. */
const STARTUP = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]);

/**
 * Sends a number of bytes, ends the socket, and resolves to their SHA-256. The bytes are messages of a PostgreSQL client during a COPY, so that a
 * plugin can parse them. Each message is different.
 */
export const sendBytes = async (socket: Socket, bytes: number): Promise<string> => {
  const hash = createHash('sha256').update(STARTUP);
  socket.write(STARTUP);
  const piece = Buffer.alloc(64 * 1024);
  for (let at = 0; at < piece.length; at += 1) piece[at] = (at * 31 + (at >> 8)) & 0xff;
  for (let sent = STARTUP.length; sent < bytes; sent += piece.length) {
    const part = Buffer.from(piece.subarray(0, Math.min(piece.length, bytes - sent)));
    if (part.length > 16) {
      part.write('d');
      part.writeInt32BE(part.length - 1, 1);
      part.writeDoubleLE(sent, 5);
    }
    hash.update(part);
    if (!socket.write(part)) await once(socket, 'drain');
  }
  socket.end();
  return hash.digest('hex');
};

/** Reads a socket as text until its end. After a reset, the text ends with `(cut off)`. */
export const textOf = async (socket: Socket): Promise<string> => {
  let got = '';
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false }))
      got += (chunk as Buffer).toString('latin1');
  } catch {
    return `${got}(cut off)`;
  }
  return got;
};
