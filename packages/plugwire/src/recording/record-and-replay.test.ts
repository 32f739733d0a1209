import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { behave, type Behaviour, buildPlugin, readToolchainPlugin } from '@plugwire/pdk-fixtures';
import {
  createPluginHost,
  defineRecording,
  formatRecordings,
  type PluginHostOptions,
} from '@plugwire/runtime';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';

import { greet } from '../testing/contracts/greet.ts';
import { greet as second } from '../testing/contracts/greet-2.ts';
import { hostFunctions } from '../testing/contracts/host-functions.ts';
import {
  type CommandRun,
  type JsonRun,
  PATIENT,
  type Refusal,
  runCommand,
  runHere,
  runJson,
  runJsonHere,
} from '../testing/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'plugwire-replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const contractFile = (name: string): string =>
  fileURLToPath(new URL(`../testing/contracts/${name}`, import.meta.url));
const CONTRACT = ['--contract', contractFile('greet.ts')] as const;

let files = 0;
/** Writes a file with a unique name. */
const write = (content: string | Uint8Array, ending: string): string => {
  files += 1;
  const file = join(folder, `${files}${ending}`);
  writeFileSync(file, content);
  return file;
};

const greeting = async (behaviour: Behaviour, version = '2.0.0'): Promise<Uint8Array> =>
  await buildPlugin({
    identity: { plugin_name: 'greeter', plugin_version: version },
    functions: { greet: behaviour },
  });
const saying = async (text: string): Promise<Uint8Array> => await greeting(behave.answer({ text, _v: 1 }));

const keep = <Value>(value: Value): Value => value;
const redact = { request: keep, response: keep, hostCall: keep };

/** The recording of a host that dispatched three requests. */
const record = async (
  source: Uint8Array,
  options: Partial<PluginHostOptions> = {},
  capabilities: readonly string[] = [],
): Promise<string> => {
  await using host = createPluginHost({
    functions: [greet],
    recordings: [defineRecording(greet, { redact })],
    limits: { deadlineMs: 10_000, initialisationMs: 60_000 },
    ...options,
  });
  const plugin = await host.load(source, { name: 'greeter', capabilities });
  for (const name of ['Ada', 'Grace', 'Linus']) plugin.dispatchSync(greet, { name });
  return formatRecordings(plugin.recordings());
};

const recordFile = async (source: Uint8Array): Promise<string> => write(await record(source), '.jsonl');

/** A server that returns recordings like an admin server. */
const serve = async (text: string, status = 200): Promise<string> => {
  const server = createServer(({ url }, reply) => {
    reply.writeHead(url === '/recordings' ? status : 404);
    reply.end(url === '/recordings' ? text : 'not found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** An address where no server listens. */
const freeOrigin = async (): Promise<string> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
};

interface Replayed {
  readonly calls: number;
  readonly different: number;
  readonly recordings: readonly Record<string, unknown>[];
}

const replay = async (...args: readonly string[]) =>
  (await runJsonHere('replay', ...args, ...PATIENT)) as JsonRun<Replayed>;

/** Returns the failure of a run. */
const failureOf = async (...args: readonly string[]) => {
  const { code, result } = (await runJsonHere(...args)) as JsonRun<Refusal>;
  return { exit: code, ...result.error };
};

describe('plugwire record', () => {
  it('downloads the calls of a running host', async () => {
    const text = await record(await saying('hello'));
    const output = join(folder, 'taken.jsonl');
    const { code, result } = await runJson(['record', await serve(text), '--output', output]);
    expect(code).toBe(0);
    expect(result).toMatchObject({
      output,
      recordings: [{ plugin: 'greeter', pluginVersion: '2.0.0', function: 'greet', calls: 3 }],
    });
    expect(readFileSync(output, 'utf8')).toBe(text);
  });

  it('selects calls from a file', async () => {
    const file = await recordFile(await saying('hello'));
    const output = join(folder, 'part.jsonl');
    const args = ['record', file, '--function', 'greet', '--plugin', 'greeter', '--calls', '2', '-o', output];
    const { code, stdout } = await runHere(args);
    expect(code).toBe(0);
    expect(stdout).toContain('greeter  2.0.0 (');
    expect(readFileSync(output, 'utf8')).not.toContain('Ada');
    expect(readFileSync(output, 'utf8')).toContain('Linus');
  });

  it('reports what is wrong with its source', async () => {
    const text = await record(await saying('hello'));
    const output = ['--output', join(folder, 'none.jsonl')];
    const origin = await serve(text);
    expect(await failureOf('record', origin, ...output, '--plugin', 'other')).toMatchObject({
      exit: 4,
      code: 'nothing_recorded',
      message: expect.stringContaining('There are recordings of greeter greet.') as string,
    });
    expect(await failureOf('record', origin, ...output, '--bytes', '100')).toMatchObject({
      exit: 4,
      code: 'too_large',
    });
    expect(await failureOf('record', await serve(''), ...output)).toMatchObject({ code: 'nothing_recorded' });
    expect(await failureOf('record', await serve('', 500), ...output)).toMatchObject({
      exit: 3,
      code: 'no_recordings',
    });
    expect(await failureOf('record', await freeOrigin(), ...output)).toMatchObject({
      exit: 3,
      code: 'ECONNREFUSED',
    });
    expect(await failureOf('record', await serve('<html>'), ...output)).toMatchObject({
      exit: 4,
      code: 'bad_recording',
      message: expect.stringContaining('line 1 of the recording is not JSON') as string,
    });
    expect(await failureOf('record', join(folder, 'nowhere'), ...output)).toMatchObject({
      exit: 3,
      code: 'ENOENT',
    });
    expect((await runHere(['record', origin])).code).toBe(2);
    expect(existsSync(output[1] as string)).toBe(false);
  });
});

describe('plugwire replay', () => {
  it('finds no difference if the responses have the same shape', async () => {
    const file = await recordFile(readToolchainPlugin('greet-rust'));
    const { code, result } = await replay(file, write(await saying('hi'), '.wasm'), ...CONTRACT);
    expect(code).toBe(0);
    expect(result).toMatchObject({
      calls: 3,
      different: 0,
      recordings: [{ function: 'greet', same: 3, improved: 0, unfit: 0, hasOtherContract: false }],
    });
  });

  it('exits with 1 if outcomes differ, and lists the calls', async () => {
    const file = await recordFile(await saying('hello'));
    const broken = write(await greeting(behave.trap('unreachable')), '.wasm');
    const { code, stdout }: CommandRun = await runCommand(['replay', file, broken, ...CONTRACT]);
    expect(code).toBe(1);
    expect(stdout).toContain('3 × ok became plugin_call/unreachable (#1, #2, #3)');
    expect(stdout).toContain('3 of 3 calls have another outcome');
    expect(stdout).not.toContain('Grace');
    const { code: allowed } = await replay(file, broken, ...CONTRACT, '--allow', '100');
    expect(allowed).toBe(0);
  });

  it('compares the values of responses with --answers equal, and selects calls', async () => {
    const file = await recordFile(await saying('hello'));
    const other = write(await saying('hi'), '.wasm');
    const { code, result } = await replay(file, other, ...CONTRACT, '--answers', 'equal', '--calls', '2');
    expect(code).toBe(1);
    expect(result).toMatchObject({
      calls: 2,
      different: 2,
      recordings: [{ differences: [{ kind: 'answer' }, {}] }],
    });
  });

  it('returns recorded results to host functions', async () => {
    const asking = await buildPlugin({
      functions: {
        greet: behave.sequence(
          behave.callHostFunction({ name: 'look_up', args: ['Ada'], result: 'i64' }),
          behave.callHostFunction({ name: 'cc_lb_storage_put', args: ['key', 'value'] }),
          behave.answer({ text: 'hello', _v: 1 }),
        ),
      },
      requiredCapabilities: ['geo', 'storage'],
    });
    const options = { hostFunctions: [hostFunctions.lookUp] };
    const file = write(await record(asking, options, ['geo', 'storage']), '.jsonl');
    const host = ['--host', contractFile('host-functions.ts')];
    const { code, result } = await replay(file, write(asking, '.wasm'), ...CONTRACT, ...host);
    expect(code).toBe(0);
    expect(result).toMatchObject({ calls: 3, different: 0 });
  });

  it('uses the adapters of the host’s own contracts, and fails without them', async () => {
    const plugin = await saying('hello'); // serves version 1
    await using host = createPluginHost({
      functions: [second],
      recordings: [defineRecording(second, { redact })],
      limits: { deadlineMs: 10_000, initialisationMs: 60_000 },
    });
    const loaded = await host.load(plugin);
    loaded.dispatchSync(second, { name: 'Ada', mood: 'good' });
    const file = write(formatRecordings(loaded.recordings()), '.jsonl');
    const wasm = write(plugin, '.wasm');
    const own = await replay(file, wasm, '--contract', contractFile('greet-2.ts'));
    expect(own).toMatchObject({ code: 0, result: { calls: 1, different: 0 } });
    const exported = join(folder, 'exported.json');
    await runHere(['contract', 'export', contractFile('greet-2.ts'), '--output', exported]);
    expect(await failureOf('replay', file, wasm, '--contract', exported)).toMatchObject({
      exit: 4,
      code: 'adapters_needed',
    });
    // The first version of the contract has no mood.
    expect(await failureOf('replay', file, wasm, ...CONTRACT)).toMatchObject({
      exit: 4,
      code: 'nothing_fits',
    });
  });

  it('reports what is wrong with its arguments', async () => {
    const wasm = write(await saying('hi'), '.wasm');
    const file = await recordFile(await saying('hello'));
    expect(await failureOf('replay', wasm, wasm, ...CONTRACT)).toMatchObject({
      exit: 4,
      code: 'bad_recording',
    });
    expect(await failureOf('replay', file, file, ...CONTRACT)).toMatchObject({
      exit: 1,
      code: 'identity/not_wasm',
    });
    expect(await failureOf('replay', file, wasm, '--contract', 'load-balancer')).toMatchObject({ exit: 1 });
    expect((await runHere(['replay', file, wasm, ...CONTRACT, '--answers', 'same'])).code).toBe(2);
  });
});
