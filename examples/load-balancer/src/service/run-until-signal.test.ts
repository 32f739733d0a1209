import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { readToolchainPlugin } from '@plugwire/pdk-fixtures';
import { describe, expect, it, onTestFinished } from 'vitest';

import { closeServer, listen } from '@plugwire/example-shared/listen';

const PROGRAM = fileURLToPath(new URL('../testing/serve-until-signal.mjs', import.meta.url));

const MODULE = readToolchainPlugin('load-balancer-assemblyscript');
const plugin = (name: string): string => `[plugins.${name}]
path = "one.wasm"
`;
const host = (name: string): string =>
  `[hosts.balancer]\nplugins = ["${name}"]\nroles = { shape = "${name}" }\n`;

interface ServiceProcess {
  readonly child: ChildProcess;
  readonly origin: string;
  readonly admin: string;
  /** Everything that it has logged. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** An upstream that answers when it is told to. */
  readonly waiting: ServerResponse[];
  readonly asked: Promise<unknown>;
  /** Where `one.wasm` is. */
  readonly folder: string;
  /** Waits for a line of the log. */
  logged(msg: string): Promise<void>;
  /** The exit code and the signal. */
  ended(): Promise<readonly unknown[]>;
}

/** A balancer in a process of its own, before an upstream that answers when the test says so. */
const start = async (text: string, until = 'serving'): Promise<ServiceProcess> => {
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-'));
  const file = join(folder, 'plugwire.toml');
  writeFileSync(file, text);
  writeFileSync(join(folder, 'one.wasm'), MODULE);
  const waiting: ServerResponse[] = [];
  const server = createServer((_, reply) => {
    waiting.push(reply);
    server.emit('asked');
  });
  const asked = once(server, 'asked');
  const upstream = await listen(server);
  const child = spawn(process.execPath, ['--no-warnings', PROGRAM, upstream], {
    env: { ...process.env, PLUGWIRE_CONFIG: file },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
    await closeServer(server, 0);
    rmSync(folder, { recursive: true });
  });
  const lines: Record<string, unknown>[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(JSON.parse(line) as Record<string, unknown>));
  const logged = async (msg: string): Promise<void> => {
    while (!lines.some((line) => line['msg'] === msg)) await once(reader, 'line');
  };
  await logged(until);
  const { origin = '', admin = '' } = (lines.find(({ msg }) => msg === 'serving') ?? {}) as Record<
    string,
    string
  >;
  return {
    child,
    origin,
    admin,
    lines,
    waiting,
    asked,
    folder,
    logged,
    ended: async () => (await exit) as unknown[],
  };
};

const get = async (url: string) => await fetch(url, { headers: { connection: 'close' } });

describe('a process that serves', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s ends its requests, takes no more, and ends with 0',
    async (signal) => {
      const { child, origin, admin, asked, waiting, lines, logged, ended } = await start(
        plugin('one') + host('one'),
      );
      const request = get(origin);
      await asked;
      child.kill(signal);
      await logged('closing: a second signal ends at once');
      expect((await get(`${admin}/health`)).status).toBe(503);
      await expect(get(origin)).rejects.toThrow('fetch failed');
      waiting[0]?.end('in time');
      expect(await (await request).text()).toBe('in time');
      expect(await ended()).toEqual([0, null]);
      expect(lines.at(-1)).toMatchObject({ msg: 'closed' });
    },
  );

  it('ends with 0 on a signal that comes before it serves', async () => {
    const { child, lines, ended } = await start(plugin('one') + host('one'), 'planned change');
    child.kill('SIGTERM');
    expect(await ended()).toEqual([0, null]);
    expect(lines.at(-1)).toMatchObject({ msg: 'closed' });
  });

  it('ends with 1, and the line of what is wrong, for a configuration that cannot be used', async () => {
    const { lines, ended } = await start(plugin('one') + host('two'), 'the balancer cannot start');
    expect(await ended()).toEqual([1, null]);
    expect(lines).toMatchObject([
      { message: expect.stringContaining('plugwire.toml:4: hosts.balancer.plugins.0') },
    ]);
  });

  it('ends immediately on a second signal', async () => {
    const { child, origin, asked, logged, ended } = await start(plugin('one') + host('one'));
    const request = get(origin).catch((error: unknown) => error);
    await asked;
    child.kill('SIGTERM');
    await logged('closing: a second signal ends at once');
    child.kill('SIGTERM');
    expect(await ended()).toEqual([143, null]);
    expect(await request).toBeInstanceOf(Error);
  });

  it('gives up on requests that do not end in time', async () => {
    const { child, origin, asked, ended } = await start(plugin('one') + host('one'));
    const request = get(origin).catch((error: unknown) => error);
    await asked;
    child.kill('SIGTERM');
    expect(await ended()).toEqual([0, null]);
    expect(await request).toBeInstanceOf(Error);
  });

  it('reloads changed modules on SIGHUP, and keeps the old version if the new file is not a plugin', async () => {
    const { child, admin, folder, logged, ended } = await start(plugin('one') + host('one'));
    const versionOf = async (): Promise<unknown> =>
      ((await (await get(`${admin}/plugins/one`)).json()) as { version: { sha256: string } }).version.sha256;
    const before = await versionOf();
    // A custom section more: the same plugin in other bytes, which no watcher of the configuration sees.
    writeFileSync(join(folder, 'one.wasm'), Uint8Array.from([...MODULE, 0, 2, 1, 0x78]));
    child.kill('SIGHUP');
    await expect.poll(versionOf).not.toBe(before);
    const after = await versionOf();
    writeFileSync(join(folder, 'one.wasm'), 'no plugin');
    child.kill('SIGHUP');
    await logged('configuration refused, nothing has changed');
    expect(await versionOf()).toBe(after);
    expect((await get(`${admin}/health`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended()).toEqual([0, null]);
  });
});
