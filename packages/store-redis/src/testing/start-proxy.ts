import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { onTestFinished } from 'vitest';

export interface Proxy {
  readonly url: string;
  /** Drops every connection, and each new one, until `mend`. */
  cut(): void;
  mend(): void;
}

/** Starts a proxy to the server that can be cut for one client. It is closed when the test has finished. */
export const startProxy = async (port: number): Promise<Proxy> => {
  const sockets = new Set<Socket>();
  let isCut = false;
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const proxy = createServer((inner) => {
    track(inner);
    if (isCut) {
      inner.destroy();
      return;
    }
    const outer = connect(port, '127.0.0.1');
    track(outer);
    inner.pipe(outer).pipe(inner);
    inner.on('close', () => outer.destroy());
    outer.on('close', () => inner.destroy());
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(async () => {
    cut();
    proxy.close();
    await once(proxy, 'close');
  });
  return {
    url: `redis://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    cut,
    mend: () => {
      isCut = false;
    },
  };
};
