import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type Duplex, pipeline } from 'node:stream';

import { loadError } from '@plugwire/runtime';

import type { PluginAddress } from './plugin-address.ts';
import { createYamuxSession } from './yamux-session.ts';

/** Shares one connection to a plugin. */
export interface Multiplexer {
  /** The path of a unix socket. Each connection to it becomes a stream to the plugin. */
  readonly address: string;
  /** Connects the next stream that the plugin opens to a unix socket. */
  expect(address: string): void;
  close(): void;
}

/**
 * Opens the shared connection to a plugin. grpc-js can only dial addresses, so each stream is reached through a socket in the plugin's folder.
 *
 * Rejects with `PluginLoadError` `instantiate`/`not_connected`.
 */
export const openMultiplexer = async (to: PluginAddress, folder: string): Promise<Multiplexer> => {
  const expected: string[] = [];
  const sockets = new Set<Socket>();
  const joinUp = (socket: Socket, stream: Duplex): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    pipeline(socket, stream, socket, () => undefined);
  };
  const session = createYamuxSession(await dial(to), (stream) => {
    const address = expected.shift();
    // A stream without a preceding knock has no target.
    if (address === undefined) stream.destroy();
    else joinUp(connect(address), stream);
  });
  const server = createServer((socket) => joinUp(socket, session.open()));
  const address = join(folder, 'shared');
  await new Promise<void>((resolve) => server.listen(address, resolve));
  return {
    address,
    expect: (next) => void expected.push(next),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      session.close();
    },
  };
};

const dial = async ({ network, address }: PluginAddress): Promise<Socket> =>
  await new Promise((resolve, reject) => {
    const at = address.lastIndexOf(':');
    const socket =
      network === 'unix'
        ? connect(address)
        : connect(Number(address.slice(at + 1)), address.slice(0, at).replace(/^\[(.*)\]$/, '$1'));
    socket.once('connect', () => {
      socket.setNoDelay(true);
      resolve(socket);
    });
    socket.once('error', (cause) =>
      reject(
        loadError(
          'instantiate',
          'not_connected',
          'the host cannot connect to the address in the plugin’s handshake line: see its log lines.',
          { cause },
        ),
      ),
    );
  });
