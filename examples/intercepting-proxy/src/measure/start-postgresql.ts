import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Returns the folder of PostgreSQL's programs on Debian, or `undefined` if it is not installed. */
export const postgresqlFolder = (): string | undefined => {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root) : [];
  return versions
    .map((version) => join(root, version, 'bin'))
    .findLast((folder) => existsSync(join(folder, 'initdb')));
};

/** A PostgreSQL server for a test or a script. */
export interface PostgresqlServer {
  readonly port: number;
  readonly user: string;
  close(): Promise<void>;
}

/** PostgreSQL refuses to run as root. As root, run it as the user `postgres`, which its package creates. */
const owner = (): { uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
};

/** Starts PostgreSQL on a free port, with its data in a temporary folder. `close` removes the folder. Throws if the server does not start. */
export const startPostgresql = async (bin: string): Promise<PostgresqlServer> => {
  const user = owner();
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-pg-'));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'test', '-A', 'trust', '--no-sync', '-E', 'UTF8'], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  });
  const port = await freePort();
  writeFileSync(
    join(data, 'postgresql.auto.conf'),
    `port = ${port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\n`,
  );
  const server = spawn(join(bin, 'postgres'), ['-D', data], {
    ...user,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(server, 'exit');
  let log = '';
  for await (const chunk of server.stderr.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    log += chunk as string;
    if (log.includes('ready to accept connections')) break;
  }
  if (server.exitCode !== null) throw new Error(`PostgreSQL did not start: ${log}`);
  server.stderr.resume();
  return {
    port,
    user: 'test',
    close: async () => {
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};
