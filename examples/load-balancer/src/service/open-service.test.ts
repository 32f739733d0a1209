import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readToolchainPlugin } from '@plugwire/pdk-fixtures';
import { answeringPlugin, createLogSpy, createMetricSpy } from '@plugwire/testing';
import { buildSigner, filter, onUnauthorized, sign } from '@plugwire/wire/load-balancer';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';

import { closeServer, listen } from '@plugwire/example-shared/listen';
import { closeAfterTest, idOf, PATIENT_LIMITS, startUpstream } from '../testing/balancer-test.ts';
import { openService, type Service, type ServiceOptions } from './open-service.ts';

interface ServiceTest {
  readonly service: Service;
  readonly metrics: ReturnType<typeof createMetricSpy>;
  readonly logs: ReturnType<typeof createLogSpy>;
  put(name: string, bytes: Uint8Array | string): void;
  /** Writes the configuration as editors do, and waits until it holds. */
  edit(text: string): Promise<void>;
  get(path?: string): Promise<{ readonly status: number; readonly text: string }>;
  health(): Promise<{ readonly status: string; readonly isReady: boolean }>;
}

const open = async (
  text: string,
  files: Readonly<Record<string, Uint8Array>>,
  options: Partial<ServiceOptions> = {},
): Promise<ServiceTest> => {
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const put: ServiceTest['put'] = (name, bytes) => writeFileSync(join(folder, name), bytes);
  for (const [name, bytes] of Object.entries(files)) put(name, bytes);
  const config = join(folder, 'plugwire.toml');
  writeFileSync(config, text);
  const logs = createLogSpy();
  const metrics = createMetricSpy();
  const upstreams = [1, 2].map(async (at) => await startUpstream((_, reply) => reply.end(`${at}`), at));
  const service = closeAfterTest(
    await openService({
      config,
      upstreams: options.upstreams ?? (await Promise.all(upstreams)),
      logger: logs.logger,
      registry: metrics.registry,
      pluginLimits: PATIENT_LIMITS,
      ...options,
    }),
  );
  const agent = closeAfterTest(new Agent());
  const ask = async (origin: string, path: string) => {
    const { statusCode: status, body } = await agent.request({ origin, path, method: 'GET' });
    return { status, text: await body.text() };
  };
  return {
    service,
    metrics,
    logs,
    put,
    edit: async (next) => {
      const before = service.watch.current();
      writeFileSync(`${config}.new`, next);
      renameSync(`${config}.new`, config);
      await expect.poll(() => service.watch.current()).not.toBe(before);
    },
    get: async (path = '/') => await ask(service.balancer.origin, path),
    health: async () =>
      JSON.parse((await ask(service.admin.origin, '/health')).text) as { status: string; isReady: boolean },
  };
};

const HEALTHY = readToolchainPlugin('load-balancer-assemblyscript');
const plugin = (name: string): string => `[plugins.${name}]\npath = "${name}.wasm"\n`;
const host = (plugins: readonly string[], more: string): string =>
  `[hosts.balancer]\nplugins = ${JSON.stringify(plugins)}\n${more}\n`;
const keeps = async (at: number): Promise<Uint8Array> =>
  await answeringPlugin(filter, { results: [{ upstream_id: idOf(at), decision: 'accept', reason: '' }] });

describe('a balancer at its start', () => {
  it('serves without a plugin that cannot be loaded, and uses it once it can be loaded', async () => {
    const text =
      plugin('good') +
      plugin('missing') +
      host(['good', 'missing'], 'roles.shape = "good"\nchains.filter = ["missing"]');
    const test = await open(text, { 'good.wasm': HEALTHY });
    expect((await test.get()).status).toBe(200);
    expect(await test.health()).toMatchObject({ status: 'degraded', isReady: true });
    test.put('missing.wasm', await keeps(2));
    await test.service.watch.reload();
    expect(await test.health()).toMatchObject({ status: 'ready', isReady: true });
    expect([(await test.get()).text, (await test.get()).text]).toEqual(['2', '2']);
  });

  it('is not ready without a plugin that every request needs', async () => {
    const text = plugin('missing') + host(['missing'], 'roles.signer = "missing"');
    const test = await open(text, {});
    expect(await test.health()).toMatchObject({ status: 'failing', isReady: false });
    expect((await test.get()).status).toBe(502);
    expect(await test.metrics.fallbacks()).toMatchObject([{ stage: 'plugin_call', code: 'not_loaded' }]);
  });

  it('is refused if the configuration has no host "balancer", and leaves nothing open', async () => {
    await expect(open('', {})).rejects.toMatchObject({ code: 'invalid', issues: [{ key: 'hosts' }] });
  });

  it('is refused if the port is in use, and leaves nothing open', async () => {
    const server = createServer();
    const { port } = new URL(await listen(server));
    const address = { host: '127.0.0.1', port: Number(port) };
    const text = plugin('good') + host(['good'], '');
    await expect(open(text, { 'good.wasm': HEALTHY }, { address })).rejects.toThrow(`${port} is taken`);
    await closeServer(server, 0);
  });
});

describe('an edit of the configuration under load', () => {
  it('moves roles and chains to other plugins atomically, and loses no request', async () => {
    const signs = async (name: string): Promise<Uint8Array> =>
      await answeringPlugin(
        sign,
        { url: null, method: null, headers: [{ name: 'x-by', value_base64: btoa(name) }], body_base64: null },
        { alongside: [buildSigner, onUnauthorized] },
      );
    const seen: unknown[] = [];
    const upstream = await startUpstream((incoming, reply) => {
      seen.push(incoming.headers['x-by']);
      reply.end('served');
    });
    const text = (name: string): string =>
      plugin(name) +
      plugin('keeps') +
      host([name, 'keeps'], `roles.signer = "${name}"\nchains.filter = ["keeps"]`);
    const files = { 'a.wasm': await signs('a'), 'b.wasm': await signs('b'), 'keeps.wasm': await keeps(1) };
    const test = await open(text('a'), files, { upstreams: [upstream] });
    let isOver = false;
    const statuses = new Map<number, number>();
    const client = async (): Promise<void> => {
      while (!isOver) {
        const { status } = await test.get();
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    const clients = Promise.all([client(), client(), client()]);
    for (const name of ['b', 'a', 'b', 'a', 'b']) await test.edit(text(name));
    isOver = true;
    await clients;
    await test.get();
    expect([...statuses.keys()]).toEqual([200]);
    expect(await test.metrics.fallbacks()).toEqual([]);
    expect(new Set(seen)).toEqual(new Set(['a', 'b']));
    expect(seen.at(-1)).toBe('b');
    expect(test.service.operator.names()).toEqual(['keeps', 'b']);
  });

  it('removes a chain', async () => {
    const test = await open(plugin('keeps') + host(['keeps'], 'chains.filter = ["keeps"]'), {
      'keeps.wasm': await keeps(2),
    });
    expect([(await test.get()).text, (await test.get()).text]).toEqual(['2', '2']);
    await test.edit(plugin('keeps') + host(['keeps'], ''));
    expect([(await test.get()).text, (await test.get()).text].toSorted()).toEqual(['1', '2']);
  });

  it('changes nothing for a role that the balancer does not have', async () => {
    const test = await open(plugin('keeps') + host(['keeps'], 'chains.filter = ["keeps"]'), {
      'keeps.wasm': await keeps(2),
    });
    const before = test.service.watch.current();
    test.put('plugwire.toml', plugin('keeps') + host(['keeps'], 'roles.filter = "keeps"'));
    expect(await test.service.watch.reload()).toMatchObject({ code: 'invalid', issues: [{ line: 5 }] });
    expect(test.service.watch.current()).toBe(before);
    expect((await test.get()).text).toBe('2');
    expect(test.logs.lines({ level: 'warn' })[0]).toMatchObject({
      msg: 'configuration refused, nothing has changed',
    });
  });
});
