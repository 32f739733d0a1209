import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import type { ServingPlugin } from '@plugwire/runtime';
import { defineWireFunction, u64 } from '@plugwire/wire';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';

import { isRunning } from '../launch/identify-process.ts';
import { fileHere, openHost } from '../testing/kv.ts';
import { openFolder } from '../testing/scripts.ts';
import { execFunction } from './exec-function.ts';
import { findGopluginFile, readGopluginFile } from './goplugin-file.ts';
import { quadroopsPlugin, type QuadroopsOptions } from './quadroops-plugin.ts';

const text = (name: string) =>
  defineWireFunction({
    name,
    fallback: 'silent_skip',
    request: z.strictObject({ value: z.string() }),
    response: z.strictObject({ value: z.string() }),
    sample: { request: { value: '' }, response: { value: '' } },
  });
const form = { request: { text: 'value' }, response: { text: 'value' } } as const;
const COMMANDS = ['pid', 'host', 'exit', 'hang', 'large', 'none', 'no_json', 'no_form', 'half'] as const;
const commands = Object.fromEntries(COMMANDS.map((name) => [name, text(name)])) as Record<
  (typeof COMMANDS)[number],
  ReturnType<typeof text>
>;
const say = text('say');
const bytes = defineWireFunction({
  name: 'bytes',
  fallback: 'silent_skip',
  request: z.strictObject({ raw: z.base64() }),
  response: z.strictObject({ raw: z.base64() }),
  sample: { request: { raw: '' }, response: { raw: '' } },
});
const json = defineWireFunction({
  name: 'json',
  fallback: 'silent_skip',
  request: z.strictObject({ count: u64, names: z.array(z.string()) }),
  response: z.strictObject({ count: u64, names: z.array(z.string()) }),
  sample: { request: { count: 0n, names: [] }, response: { count: 0n, names: [] } },
});
const functions = [
  execFunction(say, { command: 'hello.msg', ...form }),
  execFunction(bytes, { command: 'hello.msg', request: { base64: 'raw' }, response: { base64: 'raw' } }),
  execFunction(json, { command: 'hello.msg' }),
  ...COMMANDS.map((name) => execFunction(commands[name], { command: name.replace('_', '-'), ...form })),
];

const script = fileHere('./plugins/quadroops-plugin.mjs');
const hashes = Object.fromEntries(
  ['sha256', 'md5'].map((algorithm) => [
    algorithm,
    createHash(algorithm).update(readFileSync(script)).digest('hex'),
  ]),
) as { readonly sha256: string; readonly md5: string };

const writeConfig = (
  kind: string,
  lines: readonly string[] = [`md5 = "${hashes.md5}"`],
  args: readonly string[] = [],
) => {
  const file = join(openFolder(), 'config.toml');
  const list = [script, '-kind', kind, ...args].map((each) => JSON.stringify(each)).join(', ');
  writeFileSync(
    file,
    `[meta]
version = "1.0.0"
[settings]
debug = true
[plugins.hello]
author = "Ada"
exec = ${JSON.stringify(process.execPath)}
exec_args = [${list}]
exec_file = ${JSON.stringify(script)}
exec_time = 20
comm_type = "${kind === 'grpc' ? 'grpc' : 'rest'}"
${lines.join('\n')}
[hosts.main]
plugins = ["hello"]
[hosts.other]
plugins = []
`,
  );
  return file;
};

const load = async (
  config: string,
  options: Partial<QuadroopsOptions> = {},
  host = {},
): Promise<ServingPlugin> =>
  await openHost({
    functions: functions.map(({ contract }) => contract),
    limits: { deadlineMs: 20_000 },
    ...host,
  }).load(quadroopsPlugin({ host: 'main', plugin: 'hello', functions, config, ...options }));

describe.each(['rest', 'grpc'])('a quadroops plugin over %s', (kind) => {
  it('responds with text, bytes and JSON, and is pinged', async () => {
    const plugin = await load(writeConfig(kind));
    expect(await plugin.dispatch(say, { value: 'grüße' })).toMatchObject({ response: { value: 'grüße' } });
    expect(await plugin.dispatch(bytes, { raw: 'AAEC/w==' })).toMatchObject({
      response: { raw: 'AAEC/w==' },
    });
    const message = { count: 2n ** 64n - 1n, names: ['a', '"'] };
    expect(await plugin.dispatch(json, message)).toMatchObject({ response: message });
    expect(await plugin.ping()).toEqual({ ok: true });
  });

  it('fails with the same codes as other plugins', async () => {
    const plugin = await load(
      writeConfig(kind),
      { restart: false },
      { limits: { deadlineMs: 20_000, outputBytes: 1000, requestBytes: 1000 } },
    );
    const codeOf = async (name: (typeof COMMANDS)[number], value = '', options = {}) => {
      const outcome = await plugin.dispatch(commands[name], { value }, options);
      expect(JSON.stringify(outcome)).not.toContain('secret');
      return outcome.kind === 'fallback' ? outcome.error.code : outcome.kind;
    };
    expect(await codeOf('none')).toBe('guest_error');
    expect(await codeOf('large', '1000')).toBe('ok');
    expect(await codeOf('large', '1001')).toBe('output_too_large');
    expect(await codeOf('large', '1000000')).toBe('output_too_large');
    expect(await codeOf('pid', 'x'.repeat(1001))).toBe('request_too_large');
    expect(await codeOf('hang', '', { deadlineMs: 100 })).toBe('deadline');
    expect(await plugin.dispatch(json, { count: 0n, names: ['x'.repeat(500)] })).toMatchObject({
      kind: 'ok',
    });
    expect(await codeOf('exit')).toBe('process_exited');
    expect(await codeOf('pid')).toBe('process_exited');
  });

  it('is restarted after it has ended, and killed with its host', async () => {
    const plugin = await load(writeConfig(kind), { restart: { firstMs: 1, longestMs: 50 } });
    const pid = async () => Number((await plugin.dispatch(commands.pid, { value: '' })).response?.value);
    const first = await pid();
    await plugin.dispatch(commands.exit, { value: '' });
    await vi.waitFor(async () => expect(await pid()).toBeGreaterThan(0), { timeout: 20_000 });
    const second = await pid();
    expect(second).not.toBe(first);
    await plugin.close();
    expect(isRunning(second)).toBe(false);
  });

  it('accepts payloads in hex and in bytes', async () => {
    const plugin = await load(writeConfig(kind), { payload: 'hex', answer: 'hex' });
    expect(await plugin.dispatch(say, { value: 'a' })).toMatchObject({ response: { value: 'a' } });
  });
});

describe('a quadroops plugin', () => {
  it('receives the name of its host, and may respond with plain text', async () => {
    const plugin = await load(writeConfig('rest', undefined, ['-answers', 'bytes']), { answer: 'bytes' });
    expect(await plugin.dispatch(commands.host, { value: '' })).toMatchObject({
      response: { value: 'main' },
    });
    expect(await plugin.dispatch(say, { value: 'world' })).toMatchObject({ response: { value: 'world' } });
  });

  it.each(['no_json', 'no_form', 'half'] as const)('fails if it responds with %s', async (name) => {
    const plugin = await load(writeConfig('rest'));
    expect(await plugin.dispatch(commands[name], { value: '' })).toMatchObject({
      error: { stage: 'plugin_call', code: name === 'half' ? 'not_connected' : 'call_failed' },
    });
  });

  it('fails if its response is not hex', async () => {
    const plugin = await load(writeConfig('rest', undefined, ['-answers', 'bytes']));
    expect(await plugin.dispatch(say, { value: 'world' })).toMatchObject({ error: { code: 'call_failed' } });
  });

  it.each([
    [
      'the SHA-256 differs, although the MD5 matches',
      [`sha256 = "${'0'.repeat(64)}"`, `md5 = "${hashes.md5}"`],
      'hash_mismatch',
    ],
    ['the MD5 is another', [`md5 = "${'0'.repeat(32)}"`], 'hash_mismatch'],
    ['there is no hash', [], 'hash_mismatch'],
  ])('is not started if %s', async (_, lines, code) => {
    await expect(load(writeConfig('rest', lines))).rejects.toMatchObject({ stage: 'read', code });
  });

  it('is started if the SHA-256 matches, although the MD5 differs', async () => {
    const lines = [`sha256 = "${hashes.sha256.toUpperCase()}"`, `md5 = "${'0'.repeat(32)}"`];
    expect(await (await load(writeConfig('rest', lines))).ping()).toEqual({ ok: true });
  });

  it.each([
    ['never answers its ping', 'mute', 'start_timeout'],
    ['ends before it answers its ping', 'dies', 'process_exited'],
  ])('is refused if it %s', async (_, kind, code) => {
    const file = writeConfig(kind);
    writeFileSync(file, readFileSync(file, 'utf8').replace('exec_time = 20', 'exec_time = 2'));
    await expect(load(file)).rejects.toMatchObject({ stage: 'instantiate', code });
  });

  it('is not started on a port that another process uses', async () => {
    const server = createServer().listen(0);
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await expect(load(writeConfig('rest'), { port })).rejects.toMatchObject({ code: 'start_failed' });
  });

  it.each([
    ['a host that is not in the file', { host: 'nobody' }],
    ['a host that may not use it', { host: 'other' }],
    ['a plugin that is not on the list', { plugin: 'goodbye' }],
  ])('is refused for %s', (_, options) => {
    expect(() =>
      quadroopsPlugin({ host: 'main', plugin: 'hello', functions, config: writeConfig('rest'), ...options }),
    ).toThrow(expect.objectContaining({ code: 'bad_source' }));
  });
});

describe('the configuration file of quadroops', () => {
  it('is found in GOPLUGIN_DIR, as a file or a folder, or in the home folder', () => {
    const file = writeConfig('rest');
    expect(findGopluginFile(undefined, { GOPLUGIN_DIR: file })).toBe(file);
    expect(findGopluginFile(undefined, { GOPLUGIN_DIR: join(file, '..') })).toBe(file);
    const home = openFolder();
    mkdirSync(join(home, '.goplugin'));
    vi.stubEnv('HOME', home);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(() => findGopluginFile(undefined, {})).toThrow(expect.objectContaining({ code: 'bad_source' }));
    writeFileSync(join(home, '.goplugin', 'config.toml'), '');
    expect(findGopluginFile(undefined, {})).toBe(join(home, '.goplugin', 'config.toml'));
  });

  it('may be in the folder of the plugin', () => {
    const file = join(openFolder(), 'goplugin.toml');
    writeFileSync(
      file,
      '[plugin]\nname = "a"\nhosts = ["main"]\nexec = "/a"\ncomm_type = "grpc"\ncomm_port = "8080"',
    );
    const { plugins, hosts } = readGopluginFile(file);
    expect(plugins.get('a')).toMatchObject({ exec: '/a', execFile: '/a', commType: 'grpc', commPort: 8080 });
    expect(hosts.get('main')).toEqual(['a']);
  });

  it.each([
    ['no TOML', '[plugins'],
    ['a protocol that nobody speaks', '[plugins.a]\nexec = "a"\ncomm_type = "nano"'],
    ['a port that is none', '[plugins.a]\nexec = "a"\ncomm_type = "rest"\ncomm_port = 70000'],
    ['a hash that is none', '[plugins.a]\nexec = "a"\ncomm_type = "rest"\nmd5 = "abc"'],
    ['no executable', '[plugins.a]\ncomm_type = "rest"'],
  ])('is refused with %s', (_, content) => {
    const file = join(openFolder(), 'config.toml');
    writeFileSync(file, content);
    expect(() => readGopluginFile(file)).toThrow(expect.objectContaining({ code: 'bad_source' }));
  });
});
