import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

/** A server of our own, which keeps nothing. */
export interface StartedServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the installed redis-server on a free port. Rejects if there is none, or if it ends before it is ready. */
export const startRedisServer = async (): Promise<StartedServer> => {
  const port = String(await freePort());
  const settings = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child, 'spawn').catch(() => {
    throw new Error(
      'redis-server is not installed: apt-get install redis-server, or give the URL of a server',
    );
  });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.includes('Ready to accept connections')) continue;
    return {
      url: `redis://127.0.0.1:${port}`,
      stop: async () => {
        child.kill();
        await exited;
      },
    };
  }
  throw new Error('redis-server ended before it was ready');
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};
