import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ListenAddress {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
}

/** Listens; gives the origin. Rejects if the address is taken. */
export const listen = async (
  server: Server,
  { host, port }: ListenAddress = { host: '127.0.0.1', port: 0 },
): Promise<string> => {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const { address, family, port: bound } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
};

/** Accepts nothing more, waits for what is under way, for so long at most, and ends every connection. */
export const closeServer = async (server: Server, drainMs: number): Promise<void> => {
  const late = setTimeout(() => server.closeAllConnections(), drainMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearTimeout(late);
};
