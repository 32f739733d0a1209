import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { createClient } from '@redis/client';

import { findRedisServer } from './find-redis-server.ts';
import { freePort } from './free-port.ts';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Runs one command on a separate connection, with the password of `--requirepass`. */
  run(...command: (string | Buffer)[]): Promise<unknown>;
  /** Stops answering, without closing a connection, until `resume`. */
  pause(): void;
  resume(): void;
  /** Kills the server, which loses all data that was not saved. */
  kill(): Promise<void>;
  /** Starts the server again on the same port, empty or with the data that `SAVE` wrote. */
  restart(): Promise<void>;
  end(): Promise<void>;
}

/** How many times to try to start a server, because its port may have been taken in the meantime. */
const ATTEMPTS = 10;

/** Starts a real server on a free port, with its own folder. Rejects if none is installed. */
export const startRedisServer = async (...settings: string[]): Promise<RedisServer> => {
  const path = findRedisServer();
  if (path === undefined) throw new Error('no redis-server found: apt-get install redis-server');
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-redis-'));
  const password = settings.includes('--requirepass')
    ? settings[settings.indexOf('--requirepass') + 1]
    : undefined;
  let child: ChildProcess | undefined;
  let port = 0;

  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };

  const end = async (): Promise<void> => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };

  const start = async (choosePort: () => number | Promise<number>): Promise<void> => {
    let output = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      port = await choosePort();
      const at = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder];
      const started = spawn(path, [...at, '--save', '', '--appendonly', 'no', ...settings], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      output = await outputUntilReady(started);
      if (started.exitCode === null && started.signalCode === null) return;
    }
    throw new Error(`the server did not start in ${ATTEMPTS} attempts: ${output}`);
  };

  await start(freePort).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  const url = `redis://127.0.0.1:${port}`;
  return {
    url,
    port,
    run: (...command) => ask(url, command, password),
    pause: () => child?.kill('SIGSTOP'),
    resume: () => child?.kill('SIGCONT'),
    kill,
    restart: () => start(() => port),
    end,
  };
};

/**
 * Resolves to the output of the server when it reports that it is ready, or when it has ended. The output is used because an answer on the port
 * could come from another server.
 */
const outputUntilReady = (server: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = '';
    // Both are read to the end, because a full pipe would stop the server.
    for (const input of [server.stdout, server.stderr] as NodeJS.ReadableStream[]) {
      createInterface({ input }).on('line', (line) => {
        output += `${line}\n`;
        if (line.includes('Ready to accept connections')) resolve(output);
      });
    }
    server.once('error', reject).once('exit', () => resolve(output));
  });

const ask = async (url: string, command: (string | Buffer)[], password?: string): Promise<unknown> => {
  const client = createClient({
    url,
    ...(password === undefined ? {} : { password }),
    socket: { reconnectStrategy: false, connectTimeout: 10_000 },
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.sendCommand(command);
  } finally {
    client.destroy();
  }
};
