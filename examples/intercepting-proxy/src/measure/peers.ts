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

/** Connects to a port of this machine. Errors are what the script sees when the socket closes. */
export const dial = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
};

/** The SHA-256 of everything that comes, and how much that is. */
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

/** What a client of PostgreSQL says first, and no more. */
const STARTUP = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]);

/**
 * Sends so many bytes, which differ from piece to piece, and gives their SHA-256. They are what a client of PostgreSQL sends in a COPY, so that a
 * plugin has something to read.
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

/** Everything that comes as text, until the end or a reset. */
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
