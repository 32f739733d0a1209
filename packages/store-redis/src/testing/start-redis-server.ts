import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createClient } from '@redis/client';
import { vi } from 'vitest';

import { findRedisServer } from './find-redis-server.ts';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** One command, on a connection of its own, with the password that `--requirepass` set. */
  run(...command: (string | Buffer)[]): Promise<unknown>;
  /** Stops answering, without closing a connection, until `resume`. */
  pause(): void;
  resume(): void;
  /** Dies at once, with everything it had. */
  kill(): Promise<void>;
  /** Starts again on the same port: empty, or with what `SAVE` wrote. */
  restart(): Promise<void>;
  end(): Promise<void>;
}

/** A real server on a free port, with a folder of its own. */
export const startRedisServer = async (...settings: string[]): Promise<RedisServer> => {
  const path = findRedisServer();
  if (path === undefined) throw new Error('no redis-server found: apt-get install redis-server');
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const password = settings.includes('--requirepass')
    ? settings[settings.indexOf('--requirepass') + 1]
    : undefined;
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const fixed = [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    child = spawn(path, [...fixed, ...settings], { stdio: 'ignore' });
    await vi.waitFor(() => ask(url, ['PING']).catch(acceptRefusal), { timeout: 10_000, interval: 10 });
  };

  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };

  await start();
  return {
    url,
    port,
    run: (...command) => ask(url, command, password),
    pause: () => child?.kill('SIGSTOP'),
    resume: () => child?.kill('SIGCONT'),
    kill,
    restart: start,
    end: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const ask = async (url: string, command: (string | Buffer)[], password?: string): Promise<unknown> => {
  const client = createClient({
    url,
    ...(password === undefined ? {} : { password }),
    socket: { reconnectStrategy: false, connectTimeout: 1000 },
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.sendCommand(command);
  } finally {
    client.destroy();
  }
};

// A server that wants a password is up too.
const acceptRefusal = (error: unknown): void => {
  if (!/^(?:NOAUTH|WRONGPASS)/.test((error as Error).message)) throw error;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};
