/**
 * `npm run bench:processes [-- CALLS]`: compares a call of one contract in a module, in a process, and from a host in Go, in one run. Prints
 * a table. The plugin in Go is measured only if Go and the modules of go-plugin are installed.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { goPlugin, type GoPluginOptions, grpcFunction } from '@plugwire/process';
import { createPluginHost, type PluginHost, type ServingPlugin } from '@plugwire/runtime';
import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

const CALLS = Number(process.argv[2] ?? 3_000);
const AT_A_TIME = 32;
const VALUE = 'x'.repeat(100);
const fixtures = fileURLToPath(new URL('../../packages/process/src/testing/', import.meta.url));
const proto = join(fixtures, 'protos/kv.proto');

const get = defineWireFunction({
  name: 'get',
  fallback: 'silent_skip',
  request: z.strictObject({ key: z.string() }),
  response: z.strictObject({ value: z.string() }),
  sample: { request: { key: '' }, response: { value: '' } },
});
const put = defineWireFunction({
  name: 'put',
  fallback: 'fail_request',
  request: z.strictObject({ key: z.string(), value: z.string() }),
  response: z.strictObject({}),
  sample: { request: { key: '', value: '' }, response: {} },
});

const main = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-processes-'));
  const host = createPluginHost({ functions: [get, put], limits: { deadlineMs: 10_000 } });
  try {
    const program = buildGo(folder);
    console.log(`Node ${process.version}, ${CALLS} calls each, an answer of ${VALUE.length} bytes\n`);
    console.log(`| what | median µs | 99 % µs | calls a second, ${AT_A_TIME} at a time |`);
    console.log('| --- | ---: | ---: | ---: |');
    const module = await buildPlugin({ functions: { get: behave.answer({ value: VALUE, _v: 1 }) } });
    await measure('a module, in this thread', await host.load(module, { name: 'module' }));
    const node = { command: process.execPath, args: [join(fixtures, 'plugins/kv-plugin.mjs')] };
    await measureProcess(host, 'a process in Node, unix socket', { ...node, tls: 'off' });
    if (program === undefined) {
      console.log('\nThe plugin in Go is skipped: Go or the modules of go-plugin are not installed.');
      return;
    }
    const go = { command: program, args: ['kv'] };
    await measureProcess(host, 'a process in Go, unix socket', { ...go, tls: 'off' });
    await measureProcess(host, 'the same with AutoMTLS', { ...go, tls: 'required' });
    await measureProcess(host, 'the same with one connection for all', {
      ...go,
      tls: 'off',
      multiplex: true,
    });
    for (const tls of ['plain', 'tls']) {
      const output = execFileSync(program, ['host', String(CALLS), tls], { encoding: 'utf8' });
      const name = tls === 'tls' ? 'the same with AutoMTLS' : 'the plugin in Go, from a host in Go';
      console.log(`| ${name} | ${shares(JSON.parse(output) as number[]).join(' | ')} | |`);
    }
  } finally {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Builds the plugins in Go. Returns `undefined` if that would need a download. */
const buildGo = (folder: string): string | undefined => {
  const program = join(folder, 'plugins');
  const env = { ...process.env, GOPROXY: 'off', GOFLAGS: '-mod=readonly' };
  try {
    execFileSync('go', ['build', '-o', program, '.'], { cwd: join(fixtures, 'go'), env, stdio: 'ignore' });
    return program;
  } catch {
    return undefined;
  }
};

const measureProcess = async (
  host: PluginHost,
  what: string,
  options: Pick<GoPluginOptions, 'command' | 'args' | 'tls' | 'multiplex'>,
): Promise<void> => {
  const functions = [
    grpcFunction(get, { proto, method: 'proto.KV/Get' }),
    grpcFunction(put, { proto, method: 'proto.KV/Put' }),
  ];
  const cookie = { key: 'BASIC_PLUGIN', value: 'hello' };
  const plugin = await host.load(goPlugin({ ...options, cookie, functions }), { name: 'process' });
  await plugin.dispatch(put, { key: 'key', value: VALUE });
  await measure(what, plugin);
  await plugin.close();
};

const measure = async (what: string, plugin: ServingPlugin): Promise<void> => {
  const call = async (): Promise<void> => {
    const { kind } = await plugin.dispatch(get, { key: 'key' });
    if (kind !== 'ok') throw new Error(`${what}: a call failed`);
  };
  for (let warm = 0; warm < CALLS / 3; warm += 1) await call();
  const timesUs: number[] = [];
  for (let done = 0; done < CALLS; done += 1) {
    const startMs = performance.now();
    await call();
    timesUs.push((performance.now() - startMs) * 1000);
  }
  const startMs = performance.now();
  const worker = async (): Promise<void> => {
    for (let done = 0; done < CALLS / AT_A_TIME; done += 1) await call();
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  const perSecond = (CALLS * 1000) / (performance.now() - startMs);
  timesUs.sort((left, right) => left - right);
  console.log(`| ${what} | ${shares(timesUs).join(' | ')} | ${Math.round(perSecond)} |`);
};

/** Returns the median and the 99th percentile of sorted times. */
const shares = (sorted: readonly number[]): readonly string[] =>
  [0.5, 0.99].map((share) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1));

await main();
