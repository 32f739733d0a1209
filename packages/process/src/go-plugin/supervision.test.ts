import { readdirSync } from 'node:fs';

import pino from 'pino';
import { expect, it, vi } from 'vitest';

import { fileHere, get, kvPlugin, openHost, openKv, put } from '../testing/kv.ts';
import { isRunning } from '../launch/identify-process.ts';
import { expectNothingLeft } from '../testing/no-process-left.ts';

const pidOf = async (plugin: Awaited<ReturnType<typeof openKv>>): Promise<number> => {
  const outcome = await plugin.dispatch(get, { key: 'pid' });
  return Number(outcome.response?.value);
};
const folderOf = async (plugin: Awaited<ReturnType<typeof openKv>>): Promise<string> =>
  String((await plugin.dispatch(get, { key: 'folder' })).response?.value);
const PATIENT = { timeout: 20_000 };
const QUICK = { restart: { firstMs: 1, longestMs: 50 } };

it('ends every call immediately when the process exits, and restarts the process', async () => {
  const plugin = await openKv([], QUICK);
  const first = await pidOf(plugin);
  const calls = [
    ...Array.from({ length: 20 }, async () => await plugin.dispatch(get, { key: 'hang' })),
    plugin.dispatch(get, { key: 'exit' }),
  ];
  for (const outcome of await Promise.all(calls))
    expect(outcome).toMatchObject({ error: { stage: 'plugin_call', code: 'process_exited' } });
  await vi.waitFor(async () => expect(await pidOf(plugin)).toBeGreaterThan(0), PATIENT);
  expect(await pidOf(plugin)).not.toBe(first);
});

it('fails calls with process_exited while no process runs, and does not restart if restarts are off', async () => {
  const plugin = await openKv([], { restart: false });
  process.kill(await pidOf(plugin), 'SIGKILL');
  await vi.waitFor(
    async () => expect(await plugin.ping()).toMatchObject({ code: 'process_exited' }),
    PATIENT,
  );
  expect(await plugin.dispatch(get, { key: 'a' })).toMatchObject({ error: { code: 'process_exited' } });
  expect(plugin.health()).toMatchObject({ status: 'down', usage: { memoryBytes: 0 } });
});

it('opens the breaker on a process that keeps failing', async () => {
  const plugin = await openKv([], { restart: false }, { breaker: { minimumCalls: 3 } });
  for (let call = 0; call < 3; call += 1) await plugin.dispatch(get, { key: 'exit' });
  expect(plugin.health().breaker).toBe('open');
  expect(await plugin.dispatch(get, { key: 'a' })).toMatchObject({ error: { code: 'breaker_open' } });
});

it('limits concurrent calls', async () => {
  const plugin = await openKv([], {}, { limits: { concurrentCalls: 3, deadlineMs: 20_000 } });
  const hanging = Array.from({ length: 3 }, async () => await plugin.dispatch(get, { key: 'hang' }));
  expect(await plugin.dispatch(get, { key: 'pid' })).toMatchObject({ error: { code: 'too_many_calls' } });
  await plugin.close();
  for (const outcome of await Promise.all(hanging))
    expect(outcome).toMatchObject({ error: { code: 'closed' } });
});

it('limits the size of requests and responses', async () => {
  const plugin = await openKv(
    [],
    { env: { LARGE_BYTES: '2000' } },
    {
      limits: { deadlineMs: 20_000, requestBytes: 1000, outputBytes: 1000 },
    },
  );
  expect(await plugin.dispatch(put, { key: 'a', value: 'x'.repeat(1000) })).toMatchObject({
    error: { code: 'request_too_large' },
  });
  expect(await plugin.dispatch(get, { key: 'large' })).toMatchObject({ error: { code: 'output_too_large' } });
  expect(await plugin.dispatch(get, { key: 'pid' })).toMatchObject({ kind: 'ok' });
});

it('refuses a message of 64 MiB by default, and accepts it if the limits allow it', async () => {
  const bytes = 64 * 1024 * 1024;
  const refusing = await openKv();
  expect(await refusing.dispatch(get, { key: 'large' })).toMatchObject({
    error: { code: 'output_too_large' },
  });
  const taking = await openKv([], {}, { limits: { deadlineMs: 60_000, outputBytes: 2 * bytes } });
  const outcome = await taking.dispatch(get, { key: 'large' });
  expect(outcome.response?.value.length).toBe(bytes);
});

it('reports errors of the plugin without their text', async () => {
  const plugin = await openKv();
  expect(await plugin.dispatch(get, { key: 'none' })).toMatchObject({
    kind: 'fallback',
    error: { stage: 'plugin_call', code: 'guest_error', message: expect.not.stringContaining('secret') },
  });
  expect(await plugin.dispatch(get, { key: 'not-utf8' })).toMatchObject({
    error: { stage: 'deserialize_response', code: 'not_utf8' },
  });
});

it.each([
  ['ends when it is asked to', []],
  ['ends by a signal without a controller', ['--no-controller']],
  ['is killed if it ignores both', ['--ignore-signals']],
])('leaves nothing behind of a process that %s', async (_, args) => {
  const plugin = await openKv(args, { stopTimeoutMs: 300 });
  const folder = await folderOf(plugin);
  const pid = await pidOf(plugin);
  const child = Number((await plugin.dispatch(get, { key: 'child' })).response?.value);
  expect(isRunning(child)).toBe(true);
  await plugin.close();
  expect(isRunning(pid)).toBe(false);
  await vi.waitFor(() => expect(isRunning(child)).toBe(false), PATIENT);
  await expectNothingLeft(folder);
});

it('does not pass on protocol variables of its own host, and writes no certificate to disk', async () => {
  vi.stubEnv('PLUGIN_UNIX_SOCKET_GROUP', 'nobody');
  const plugin = await openKv(['--tls'], { tls: 'required' });
  const names = JSON.parse(
    String((await plugin.dispatch(get, { key: 'environment' })).response?.value),
  ) as string[];
  vi.unstubAllEnvs();
  expect(names).toContain('PLUGIN_CLIENT_CERT');
  expect(names).not.toContain('PLUGIN_UNIX_SOCKET_GROUP');
  expect(readdirSync(await folderOf(plugin))).toEqual(['plugin1']);
});

it('passes only the given variables if inheritEnv is false', async () => {
  const plugin = await openKv([], { inheritEnv: false, env: { OWN: '1' } });
  const names = JSON.parse(
    String((await plugin.dispatch(get, { key: 'environment' })).response?.value),
  ) as string[];
  expect(names).toContain('OWN');
  expect(names).not.toContain('HOME');
});

it('logs output of a plugin at the level that the plugin chose', async () => {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'trace' }, { write: (text: string) => void lines.push(JSON.parse(text)) });
  const stderr = [
    '{"@level":"warn","@message":"low","@module":"kv","@timestamp":"2026-01-01T00:00:00Z","left":3}',
    '[ERROR] broken',
    'plain',
    'panic: oh',
    'goroutine 1 [running]:',
    '{"@level":"info","@message":"up"}',
    '',
  ].join('\\n');
  await openKv(
    ['--before', 'hello\\n', '--after', '1|1|tcp|127.0.0.1:9|grpc\\n', '--stderr', stderr],
    {},
    { logger },
  );
  const words = () =>
    lines.filter(({ origin }) => origin === 'guest').map(({ level, msg, fields }) => [level, msg, fields]);
  await vi.waitFor(() => expect(words()).toContainEqual([30, 'up', {}]), PATIENT);
  expect(words()).toEqual(
    expect.arrayContaining([
      [40, 'low', { module: 'kv', left: 3 }],
      [50, '[ERROR] broken', undefined],
      [20, 'plain', undefined],
      [50, 'panic: oh', undefined],
      [50, 'goroutine 1 [running]:', undefined],
      [20, 'hello', { stream: 'stdout' }],
      [20, '1|1|tcp|127.0.0.1:9|grpc', { stream: 'stdout' }],
    ]),
  );
});

it('refuses a second plugin with the same name, and frees the name if a start fails', async () => {
  const host = openHost();
  await host.load(kvPlugin(), { name: 'kv' });
  await expect(host.load(kvPlugin(), { name: 'kv' })).rejects.toMatchObject({ code: 'name_in_use' });
  await expect(host.load(kvPlugin([], { command: '/nowhere' }), { name: 'other' })).rejects.toMatchObject({
    code: 'not_found',
  });
  await host.load(kvPlugin([], { args: [fileHere('./plugins/kv-plugin.mjs')] }), { name: 'other' });
});
