import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import {
  applyConfig,
  createChain,
  createOperator,
  type Operator,
  parseConfigText,
  watchConfig,
} from '@plugwire/operate';
import type { DispatchOutcome, PluginHostOptions } from '@plugwire/runtime';
import { defineChain, defineWireFunction } from '@plugwire/wire';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';

import { goPluginCarrier } from './go-plugin/go-plugin-carrier.ts';
import { grpcFunction } from './grpc/grpc-function.ts';
import { fileHere, get, kvFunctions, kvPlugin, openHost, put } from './testing/kv.ts';
import { isRunning } from './launch/identify-process.ts';
import { openFolder } from './testing/scripts.ts';

const PATIENT = { timeout: 20_000 };
const cookie = { key: 'BASIC_PLUGIN', value: 'hello' };

const openOperator = (host: Partial<PluginHostOptions> = {}): Operator => {
  const carriers = { go_plugin: goPluginCarrier({ cookie, functions: kvFunctions }) };
  const operator = createOperator({ host: openHost(host), carriers });
  onTestFinished(async () => await operator.close());
  return operator;
};

/** A module that answers `get` in the same way as the process. */
const wasm = async (value: string): Promise<Uint8Array<ArrayBuffer>> =>
  await buildPlugin({
    identity: { plugin_name: 'kv', plugin_version: '1.0.0' },
    functions: { get: behave.answer({ value, _v: 1 }) },
  });

const pidOf = async (
  plugin: Pick<Operator, never> & { dispatch: ReturnType<Operator['open']>['dispatch'] },
) => {
  const outcome = await plugin.dispatch(get, { key: 'pid' });
  return Number(outcome.response?.value);
};

describe('a handle', () => {
  it('starts the new process before it stops the old one, and loses no call', async () => {
    const kv = openOperator().open('kv');
    await kv.swap(kvPlugin());
    const first = await pidOf(kv);
    const hanging = Array.from({ length: 5 }, async () => await pidOf(kv));
    const report = await kv.swap(kvPlugin([], { version: '2.0.0' }));
    expect(report).toMatchObject({ from: { version: '0.0.0' }, to: { plugin: 'kv', version: '2.0.0' } });
    expect(await Promise.all(hanging)).toEqual(Array.from({ length: 5 }, () => first));
    const second = await pidOf(kv);
    expect(second).not.toBe(first);
    expect(isRunning(first)).toBe(true);
    kv.rollBack();
    expect(await pidOf(kv)).toBe(first);
    await kv.forgetPrevious();
    await vi.waitFor(() => expect(isRunning(second)).toBe(false), PATIENT);
  });

  it('keeps the current process if the new one cannot be started', async () => {
    const kv = openOperator().open('kv');
    await kv.swap(kvPlugin());
    await expect(kv.swap(kvPlugin(['--health=2']))).rejects.toMatchObject({ code: 'not_serving' });
    expect(await kv.dispatch(get, { key: 'pid' })).toMatchObject({ kind: 'ok' });
    expect(kv.health()).toMatchObject({ state: 'serving', lastFailure: { code: 'not_serving' } });
    expect(await kv.ping()).toEqual({ ok: true });
  });

  it('swaps a module for a process and back, and refuses dispatchSync for a process', async () => {
    const kv = openOperator().open('kv');
    await kv.swap(await wasm('module'));
    expect(kv.dispatchSync(get, { key: 'a' })).toMatchObject({ response: { value: 'module' } });
    await kv.swap(kvPlugin());
    expect(kv.dispatchSync(get, { key: 'pid' })).toMatchObject({
      kind: 'fallback',
      error: { stage: 'plugin_call', code: 'not_synchronous' },
    });
    expect(await kv.dispatch(get, { key: 'pid' })).toMatchObject({ kind: 'ok' });
    kv.rollBack();
    expect(await kv.dispatch(get, { key: 'a' })).toMatchObject({ response: { value: 'module' } });
  });

  it('sends a canary in a process its share of the calls', async () => {
    const kv = openOperator().open('kv');
    await kv.swap(await wasm('module'));
    await kv.startCanary(kvPlugin(), { share: 0.5 });
    const outcomes = [];
    for (let call = 0; call < 4; call += 1) outcomes.push(await kv.dispatch(get, { key: 'pid' }));
    expect(outcomes.filter(({ response }) => response?.value === 'module')).toHaveLength(2);
    expect(kv.health().canary).toMatchObject({ dispatches: 2, fallbacks: 0 });
  });
});

describe('a chain', () => {
  it('calls modules and processes in one sequence', async () => {
    const operator = openOperator();
    const [first, second] = [operator.open('first'), operator.open('second')];
    await first.swap(await wasm(''));
    await second.swap(kvPlugin());
    await second.dispatch(put, { key: 'a', value: 'from the process' });
    const chain = createChain(
      defineChain(get, { kind: 'first_answer', isAnswer: ({ value }) => value !== '' }),
      [first, second],
    );
    expect(await chain.dispatch({ key: 'a' })).toMatchObject({
      kind: 'answered',
      response: { value: 'from the process' },
      links: [{ plugin: 'first' }, { plugin: 'second' }],
    });
    expect(chain.dispatchSync({ key: 'a' })).toMatchObject({ kind: 'unanswered' });
  });

  it('has the same outcomes with both, at every stage that both can reach', async () => {
    const strict = defineWireFunction({
      name: 'get',
      fallback: 'use_default',
      request: z.strictObject({ key: z.string() }),
      response: z.strictObject({ value: z.string().max(3) }),
      sample: { request: { key: '' }, response: { value: '' } },
    }).withDefault(() => ({ value: 'def' }));
    const unknown = defineWireFunction({
      name: 'other',
      fallback: 'fail_request',
      request: z.strictObject({}),
      response: z.strictObject({}),
      sample: { request: {}, response: {} },
    });
    const host = openHost({
      functions: [strict, unknown],
      limits: { deadlineMs: 20_000, requestBytes: 100 },
    });
    const proto = fileHere('./protos/kv.proto');
    const viaProcess = await host.load(
      kvPlugin([], {
        functions: [grpcFunction(strict, { proto, method: 'proto.KV/Get' })],
        env: { LARGE_BYTES: '8' },
      }),
      { name: 'process' },
    );
    const viaModule = await host.load(
      await buildPlugin({ functions: { get: behave.answer({ value: 'too long', _v: 1 }) } }),
      { name: 'module' },
    );
    const same = async (
      dispatch: (plugin: typeof viaProcess) => Promise<DispatchOutcome<typeof strict>>,
    ): Promise<void> => {
      const [a, b] = [await dispatch(viaProcess), await dispatch(viaModule)];
      const shown = ({ kind, ...outcome }: DispatchOutcome<typeof strict>) =>
        kind === 'ok'
          ? { kind }
          : { kind, ...outcome, error: 'error' in outcome ? { ...outcome.error, message: '' } : {} };
      expect(shown(a)).toEqual(shown(b));
    };
    // request_envelope, response_decode, version_lookup, and the size of a request.
    await same(async (plugin) => await plugin.dispatch(strict, { key: 1 } as never));
    await same(async (plugin) => await plugin.dispatch(strict, { key: 'large' }));
    await same(async (plugin) => await plugin.dispatch(unknown as never, {} as never));
    await same(async (plugin) => await plugin.dispatch(get as never, { key: '' } as never));
    await same(async (plugin) => await plugin.dispatch(strict, { key: 'x'.repeat(200) }));
    await same(async (plugin) => await plugin.dispatch(strict, { key: 'large' }, { deadlineMs: 0 }));
    await Promise.all([viaProcess.close(), viaModule.close()]);
    await same(async (plugin) => await plugin.dispatch(strict, { key: 'a' }));
  });
});

describe('a contract with several versions', () => {
  it('works with a process that serves an older version', async () => {
    const newer = defineWireFunction({
      name: 'get',
      fallback: 'silent_skip',
      request: z.strictObject({ key: z.string() }),
      response: z.strictObject({ value: z.string() }),
      sample: { request: { key: '' }, response: { value: '' } },
    }).next({
      request: z.strictObject({ path: z.array(z.string()) }),
      response: z.strictObject({ values: z.array(z.string()) }),
      sample: { request: { path: [] }, response: { values: [] } },
      downgradeRequest: ({ path }) => ({ key: path.join('.') }),
      upgradeResponse: ({ value }) => ({ values: [value] }),
    });
    const method = { proto: fileHere('./protos/kv.proto'), method: 'proto.KV/Get' };
    const plugin = await openHost({ functions: [newer] }).load(
      kvPlugin([], {
        functions: [grpcFunction(newer, { ...method, version: 1 })],
        env: { LARGE_BYTES: '1' },
      }),
    );
    expect(plugin.functions).toEqual({ get: 1 });
    expect(await plugin.dispatch(newer, { path: ['large'] })).toEqual({
      kind: 'ok',
      response: { values: ['\0'] },
      version: 1,
    });
  });
});

describe('a configuration file', () => {
  const config = (folder: string, more = ''): string => {
    mkdirSync(folder, { recursive: true });
    return [
      '[plugins.kv]',
      'carrier = "go_plugin"',
      more,
      '[plugins.kv.settings]',
      `command = ${JSON.stringify(process.execPath)}`,
      `args = [${JSON.stringify(fileHere('./plugins/kv-plugin.mjs'))}]`,
    ].join('\n');
  };

  it('starts a process, and replaces it when its settings change', async () => {
    const operator = openOperator();
    const folder = openFolder();
    const file = join(folder, 'plugwire.toml');
    writeFileSync(file, config(folder));
    await using watch = await watchConfig(operator, { file });
    expect(watch.start).toMatchObject({ isApplied: true, failures: [] });
    const kv = operator.get('kv');
    const first = await pidOf(kv);
    writeFileSync(file, config(folder, 'limits = { concurrentCalls = 7 }'));
    await vi.waitFor(async () => expect(await pidOf(kv)).not.toBe(first), PATIENT);
    // The executable has the same bytes: nothing is started for that.
    const second = await pidOf(kv);
    expect(await watch.reload()).toMatchObject({ isApplied: true, plan: [] });
    expect(await pidOf(kv)).toBe(second);
  });

  it('is refused if a carrier or one of its settings is unknown', async () => {
    const operator = openOperator();
    const failures = async (text: string) => {
      const report = await applyConfig(operator, parseConfigText(text, '/plugwire.toml'), {
        mode: 'what_works',
      });
      return report.failures.map(({ error }) => (error as { readonly code?: string }).code);
    };
    expect(await failures('[plugins.a]\ncarrier = "none"')).toEqual(['unknown_carrier']);
    expect(await failures('[plugins.a]\ncarrier = "go_plugin"\nsettings = { comand = "x" }')).toEqual([
      'bad_option',
    ]);
  });

  it.each([
    ['a path and a carrier', 'path = "a.wasm"\ncarrier = "go_plugin"', 'plugins.a.carrier'],
    ['neither', '', 'plugins.a.path'],
    ['settings without a carrier', 'path = "a.wasm"\nsettings = {}', 'plugins.a.settings'],
    ['what only modules have', 'carrier = "go_plugin"\ncapabilities = ["log"]', 'plugins.a.capabilities'],
  ])('is refused with %s', (_, body, key) => {
    expect(() => parseConfigText(`[plugins.a]\n${body}`, '/plugwire.toml')).toThrow(
      expect.objectContaining({ issues: [expect.objectContaining({ key })] }),
    );
  });
});
