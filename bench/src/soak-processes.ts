/**
 * `npm run soak:processes [-- STARTS KILLS HOSTS]`: starts and stops a process plugin this many times, kills it at random moments, and kills
 * hosts at random moments. Counts what is left behind: open files, processes and folders. It reads /proc.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { goPlugin, type GoPluginOptions, grpcFunction } from '@plugwire/process';
import { createPluginHost, type PluginHost, type ServingPlugin } from '@plugwire/runtime';
import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

const [starts = '1000', kills = '200', hosts = '20'] = process.argv.slice(2);
const fixtures = fileURLToPath(new URL('../../packages/process/src/testing/', import.meta.url));
/** The program to start. It serves go-plugin's key-value example, such as one that `packages/process/src/testing/go` builds. */
const [command, ...args] = process.env['PLUGIN']?.split(' ') ?? [
  process.execPath,
  join(fixtures, 'plugins/kv-plugin.mjs'),
];

const get = defineWireFunction({
  name: 'get',
  fallback: 'silent_skip',
  request: z.strictObject({ key: z.string() }),
  response: z.strictObject({ value: z.string() }),
  sample: { request: { key: '' }, response: { value: '' } },
});

const load = async (host: PluginHost, options: Partial<GoPluginOptions> = {}): Promise<ServingPlugin> =>
  await host.load(
    goPlugin({
      command: command ?? '',
      args,
      cookie: { key: 'BASIC_PLUGIN', value: 'hello' },
      functions: [grpcFunction(get, { proto: join(fixtures, 'protos/kv.proto'), method: 'proto.KV/Get' })],
      ...options,
    }),
    { name: 'kv' },
  );

const openFiles = (): number => readdirSync('/proc/self/fd').length;

/** Finds the processes that use a folder, by an environment variable that contains its path. */
const processesOf = (folder: string): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, 'latin1').includes(`PLUGIN_UNIX_SOCKET_DIR=${folder}`);
      } catch {
        return false;
      }
    })
    .map(Number);

const report = (what: string, count: number, folder: string): void =>
  console.log(
    `| ${what} | ${count} | ${openFiles()} | ${processesOf(folder).length} | ${readdirSync(folder).length} |`,
  );

const soakStarts = async (host: PluginHost, folder: string): Promise<void> => {
  const count = Number(starts);
  for (let done = 0; done < count; done += 1) await (await load(host)).close();
  report('starts and stops', count, folder);
};

const soakKills = async (host: PluginHost, folder: string): Promise<void> => {
  const count = Number(kills);
  const plugin = await load(host, { restart: { firstMs: 1, longestMs: 1 } });
  for (let done = 0; done < count;) {
    const calls = Array.from({ length: 10 }, async () => await plugin.dispatch(get, { key: 'none' }));
    await sleep(Math.random() * 20);
    const [pid] = processesOf(folder);
    if (pid !== undefined) {
      process.kill(pid, 'SIGKILL');
      done += 1;
    }
    await Promise.all(calls);
  }
  await plugin.close();
  report('kills of the plugin', count, folder);
};

const soakHosts = async (folder: string): Promise<void> => {
  const count = Number(hosts);
  for (let done = 0; done < count; done += 1) {
    const child = spawn(process.execPath, ['--no-warnings', fileURLToPath(import.meta.url)], {
      env: { ...process.env, HOST_LOOP: '1', TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await sleep(Math.random() * 500);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    for (let tries = 0; tries < 200 && readdirSync(folder).length > 0; tries += 1) await sleep(50);
  }
  report('kills of the host', count, folder);
};

const main = async (): Promise<void> => {
  const host = createPluginHost({ functions: [get], limits: { deadlineMs: 5_000 } });
  if (process.env['HOST_LOOP'] !== undefined) {
    process.stdout.write('started\n');
    for (;;) await (await load(host)).close();
  }
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  process.env['TMPDIR'] = folder;
  try {
    console.log(`Node ${process.version}, ${command}\n`);
    console.log('| what | times | files open in the host | processes left | folders left |');
    console.log('| --- | ---: | ---: | ---: | ---: |');
    await (await load(host)).close();
    report('one start', 1, folder);
    await soakStarts(host, folder);
    await soakKills(host, folder);
    await soakHosts(folder);
  } finally {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

await main();
