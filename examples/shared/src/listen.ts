import type { Server } from 'node:http';
import type { AddressInfo, Server as TcpServer } from 'node:net';

export interface ListenAddress {
  readonly host: string;
  /** The port; 0 for a free one. */
  readonly port: number;
}

/** Starts listening, and resolves to the origin, such as `http://127.0.0.1:8080`. Rejects if the port is invalid or in use. */
export const listen = async (
  server: TcpServer,
  { host, port }: ListenAddress = { host: '127.0.0.1', port: 0 },
): Promise<string> => {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`the port is ${port}: expected a whole number from 0 to 65535.`);
  }
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException): void => {
      const isTaken = cause.code === 'EADDRINUSE';
      const advice = 'stop the process that listens there, or choose another port.';
      reject(isTaken ? new Error(`${host}:${port} is taken: ${advice}`, { cause }) : cause);
    };
    server.once('error', refuse).listen(port, host, resolve);
  });
  const { address, family, port: bound } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
};

/** Stops accepting connections, waits at most `drainMs` milliseconds for running requests, and closes every connection. */
export const closeServer = async (server: Server, drainMs: number): Promise<void> => {
  const late = setTimeout(() => server.closeAllConnections(), drainMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearTimeout(late);
};
