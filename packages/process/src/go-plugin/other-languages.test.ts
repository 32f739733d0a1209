import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

import { defineWireFunction, i64 } from '@plugwire/wire';
import pino from 'pino';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';

import { grpcFunction } from '../grpc/grpc-function.ts';
import { grpcService, serveFunction } from '../grpc/grpc-service.ts';
import { fileHere, get, kvFunctions, kvPlugin, openHost, put } from '../testing/kv.ts';
import { buildGo, canBuildGo, findPython } from '../testing/toolchains.ts';
import { isRunning } from '../launch/identify-process.ts';
import type { GoPluginOptions } from './go-plugin-options.ts';
import { type ReattachConfig, reattachGoPlugin } from './reattach.ts';

const counterGet = defineWireFunction({
  name: 'counter_get',
  fallback: 'silent_skip',
  request: z.strictObject({ key: z.string() }),
  response: z.strictObject({ value: i64 }),
  sample: { request: { key: '' }, response: { value: 0n } },
});
const counterPut = defineWireFunction({
  name: 'counter_put',
  fallback: 'fail_request',
  request: z.strictObject({ key: z.string(), value: i64 }),
  response: z.strictObject({}),
  sample: { request: { key: '', value: 0n }, response: {} },
});
const sum = defineWireFunction({
  name: 'sum',
  fallback: 'fail_request',
  request: z.strictObject({ a: i64, b: i64 }),
  response: z.strictObject({ r: i64 }),
  sample: { request: { a: 0n, b: 0n }, response: { r: 0n } },
});
const chunks = (key: string) => z.strictObject({ chunks: z.array(z.strictObject({ [key]: z.string() })) });
const read = defineWireFunction({
  name: 'read',
  fallback: 'silent_skip',
  request: z.strictObject({}),
  response: chunks('read_bytes'),
  sample: { request: {}, response: { chunks: [] } },
});
const write = defineWireFunction({
  name: 'write',
  fallback: 'fail_request',
  request: chunks('bytes_to_write'),
  response: z.strictObject({}),
  sample: { request: { chunks: [] }, response: {} },
});
const LIMITS = { deadlineMs: 20_000 };

describe.skipIf(!canBuildGo())('plugins in Go, built on go-plugin', () => {
  const program = canBuildGo() ? buildGo() : '';
  afterAll(() => rmSync(dirname(program), { recursive: true, force: true }));

  const load = async (kind: string, options: Partial<GoPluginOptions> = {}, host = {}) =>
    await openHost({
      functions: [get, put, counterGet, counterPut, read, write],
      limits: LIMITS,
      ...host,
    }).load(kvPlugin([], { command: program, args: [kind], tls: 'required', ...options }));

  it.each(['required', 'off'] as const)('respond over gRPC with tls %s', async (tls) => {
    const plugin = await load('kv', { tls });
    expect(await plugin.dispatch(put, { key: 'a', value: 'b' })).toMatchObject({ kind: 'ok' });
    expect(await plugin.dispatch(get, { key: 'a' })).toMatchObject({ response: { value: 'b' } });
    expect(await plugin.dispatch(get, { key: 'none' })).toMatchObject({
      error: { code: 'guest_error', message: expect.not.stringContaining('secret') },
    });
  });

  it('transfer messages that are larger than the window of a shared connection', async () => {
    const limits = { ...LIMITS, requestBytes: 8_000_000, outputBytes: 8_000_000 };
    const plugin = await load('kv', { multiplex: true }, { limits });
    const value = 'x'.repeat(3_000_000);
    expect(await plugin.dispatch(put, { key: 'a', value })).toMatchObject({ kind: 'ok' });
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, async () => await plugin.dispatch(get, { key: 'a' })),
    );
    for (const outcome of outcomes) expect(outcome.response?.value.length).toBe(value.length);
  });

  it.skipIf(process.platform !== 'linux')('leave no file open in the host, also with TLS', async () => {
    const openFiles = (): number => readdirSync('/proc/self/fd').length;
    const startAndStop = async (name: string): Promise<void> => {
      const source = kvPlugin([], { command: program, args: ['kv'], tls: 'required' });
      await using _plugin = await host.load(source, { name });
    };
    const host = openHost();
    await startAndStop('a');
    const before = openFiles();
    for (let turn = 0; turn < 15; turn += 1) await Promise.all(['a', 'b', 'c'].map(startAndStop));
    await vi.waitFor(() => expect(openFiles()).toBeLessThanOrEqual(before), 20_000);
  });

  it('see the cancellation of a call at its deadline', async () => {
    const plugin = await load('kv');
    expect(await plugin.dispatch(get, { key: 'cancelled' }, { deadlineMs: 100 })).toMatchObject({
      error: { code: 'deadline' },
    });
    await vi.waitFor(
      async () =>
        expect(await plugin.dispatch(get, { key: 'seen' })).toMatchObject({
          response: { value: expect.stringMatching(/cancel|deadline/) },
        }),
      { timeout: 20_000 },
    );
  });

  it('have their output after the start logged, and a panic logged as errors', async () => {
    const lines: Record<string, unknown>[] = [];
    const logger = pino({ level: 'trace' }, { write: (text: string) => void lines.push(JSON.parse(text)) });
    const plugin = await load('kv', { restart: false }, { logger });
    await plugin.dispatch(get, { key: 'print' });
    const words = () => lines.map(({ level, msg }) => [level, msg]);
    await vi.waitFor(() => {
      expect(words()).toContainEqual([20, 'printed to stdout']);
      expect(words()).toContainEqual([40, '[WARN] printed to stderr']);
    }, 20_000);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 40, msg: 'starting', fields: { kind: 'kv' } }),
    );
    expect(await plugin.dispatch(get, { key: 'panic' })).toMatchObject({ error: { code: 'process_exited' } });
    await vi.waitFor(() => expect(words()).toContainEqual([50, 'panic: on purpose']), 20_000);
  });

  it.each([
    ['required', false],
    ['off', false],
    ['required', true],
    ['off', true],
  ] as const)('call the host back, with tls %s and multiplex %s', async (tls, multiplex) => {
    const proto = fileHere('./protos/counter.proto');
    const addHelper = grpcService({
      proto,
      service: 'proto.AddHelper',
      methods: { Sum: serveFunction(sum, ({ a, b }) => ({ r: a + b })) },
    });
    const plugin = await load('counter', {
      tls,
      multiplex,
      functions: [
        grpcFunction(counterGet, { proto, method: 'proto.Counter/Get' }),
        grpcFunction(counterPut, {
          proto,
          method: 'proto.Counter/Put',
          callbacks: { add_server: addHelper },
        }),
      ],
    });
    for (const value of [1n, 2n ** 53n, 2n])
      expect(await plugin.dispatch(counterPut, { key: 'a', value })).toMatchObject({ kind: 'ok' });
    expect(await plugin.dispatch(counterGet, { key: 'a' })).toMatchObject({
      response: { value: 2n ** 53n + 3n },
    });
  });

  it.each(['streamer', 'streamer without an answer'])('send and receive streams: %s', async (kind) => {
    const proto = fileHere('./protos/streamer.proto');
    const plugin = await load(kind, {
      functions: [
        grpcFunction(read, { proto, method: 'proto.StreamerService/Read', responseStream: 'chunks' }),
        grpcFunction(write, { proto, method: 'proto.StreamerService/Write', requestStream: 'chunks' }),
      ],
    });
    const sent = ['a', 'b', 'c'];
    expect(
      await plugin.dispatch(write, { chunks: sent.map((bytes_to_write) => ({ bytes_to_write })) }),
    ).toMatchObject({ kind: 'ok' });
    expect(await plugin.dispatch(read, {})).toMatchObject({
      response: { chunks: sent.map((read_bytes) => ({ read_bytes })) },
    });
  });

  it.each([
    [[2], ' of 2'],
    [[3], ' of 3'],
    [[2, 3], ' of 3'],
  ])('choose the version of the protocol among %s', async (versions, suffix) => {
    const plugin = await load('negotiated', {
      versions: Object.fromEntries(versions.map((version) => [version, kvFunctions])),
    });
    await plugin.dispatch(put, { key: 'a', value: 'b' });
    expect(await plugin.dispatch(get, { key: 'a' })).toMatchObject({ response: { value: `b${suffix}` } });
  });

  it('are reattached with the ReattachConfig of go-plugin', async () => {
    const child = spawn(program, ['reattach'], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const line = await new Promise<string>((resolve) =>
      child.stdout.once('data', (data) => resolve(String(data))),
    );
    const reattach = JSON.parse(line) as ReattachConfig;
    const plugin = await openHost().load(
      reattachGoPlugin({ reattach, functions: kvFunctions, onClose: 'stop' }),
    );
    await plugin.dispatch(put, { key: 'a', value: 'b' });
    expect(await plugin.dispatch(get, { key: 'a' })).toMatchObject({ response: { value: 'b' } });
    await plugin.close();
    await vi.waitFor(() => expect(isRunning(reattach.pid)).toBe(false), { timeout: 20_000 });
  });

  it('are refused if they choose a version that was not offered', async () => {
    await expect(load('negotiated', { versions: { 9: kvFunctions } })).rejects.toMatchObject({
      stage: 'handshake',
      code: 'app_version',
    });
  });
});

const python = findPython();

describe.skipIf(python === undefined)('plugins in Python, with grpcio', () => {
  it('respond over gRPC, end on a signal, and are refused if TLS is required', async () => {
    const options = { command: python ?? '', args: [fileHere('./plugins/kv_plugin.py')] };
    const host = openHost();
    const plugin = await host.load(kvPlugin([], options));
    await plugin.dispatch(put, { key: 'a', value: 'b' });
    expect(await plugin.dispatch(get, { key: 'a' })).toMatchObject({ response: { value: 'b from Python' } });
    expect(await plugin.dispatch(get, { key: 'c' })).toMatchObject({ error: { code: 'guest_error' } });
    await plugin.close();
    await expect(host.load(kvPlugin([], { ...options, tls: 'required' }))).rejects.toMatchObject({
      code: 'tls_required',
    });
  });
});
