import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readToolchainPlugin } from '@plugwire/pdk-fixtures';
import { parseRecordings } from '@plugwire/runtime';
import { createLogSpy, createMetricSpy, failingPlugin, findLeaks } from '@plugwire/testing';
import { shape } from '@plugwire/wire/load-balancer';
import { describe, expect, it, onTestFinished } from 'vitest';

import { recordedFunctions } from '../service/recorded-functions.ts';
import { openService, type Service, type ServiceOptions } from '../service/open-service.ts';
import { closeAfterTest, PATIENT_LIMITS, reflect, startUpstream } from '../testing/balancer-test.ts';

const HEALTHY = readToolchainPlugin('load-balancer-assemblyscript');
/** The same plugin with different bytes: it has one more custom section, named "x". */
const OTHER = Uint8Array.from([...HEALTHY, 0, 2, 1, 0x78]);

interface AdminTest {
  readonly service: Service;
  readonly folder: string;
  readonly file: string;
  write(text: string): void;
  ask(method: 'GET' | 'POST', path: string, body?: string | object, headers?: object): Promise<Answer>;
  /** Sends a request to the balancer. Resolves to its status. */
  request(): Promise<number>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

const CONFIG = `[plugins.shaper]
path = "healthy.wasm"
[plugins.watcher]
path = "healthy.wasm"
[hosts.balancer]
plugins = ["shaper", "watcher"]
roles = { shape = "shaper" }
chains = { observer = ["watcher"] }
`;

const open = async (more: Partial<ServiceOptions> = {}): Promise<AdminTest> => {
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'healthy.wasm'), HEALTHY);
  writeFileSync(join(folder, 'other.wasm'), OTHER);
  const file = join(folder, 'plugwire.toml');
  writeFileSync(file, CONFIG);
  const { logger } = createLogSpy();
  const { registry } = createMetricSpy();
  const upstreams = [await startUpstream(reflect)];
  const limits = { drainMs: 5000 };
  const options = {
    config: file,
    upstreams,
    logger,
    registry,
    limits,
    pluginLimits: PATIENT_LIMITS,
    ...more,
  };
  const service = closeAfterTest(await openService(options));
  return {
    service,
    folder,
    file,
    write: (text) => {
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
    },
    ask: async (method, path, body, headers = {}) => {
      const answer = await fetch(`${service.admin.origin}${path}`, {
        method,
        headers: { connection: 'close', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const isJson = answer.headers.get('content-type') === 'application/json';
      return { status: answer.status, text, json: isJson ? (JSON.parse(text) as Answer['json']) : {} };
    },
    request: async () => (await fetch(service.balancer.origin, { headers: { connection: 'close' } })).status,
  };
};

describe('the admin server', () => {
  it('shows health, metrics, and the fallback policies of each plugin', async () => {
    const { ask, request } = await open();
    expect(await request()).toBe(200);
    expect(await ask('GET', '/health')).toMatchObject({
      status: 200,
      json: { status: 'ready', isReady: true, plugins: [{ name: 'shaper' }, { name: 'watcher' }] },
    });
    const { text } = await ask('GET', '/metrics');
    expect(text).toContain('balancer_responses_total{status="200",failure="none"} 1');
    expect(text).toMatch(/cc_lb_plugin_info\{plugin="shaper",version=".+",sha256="[0-9a-f]{64}"\} 1/);
    const { plugins } = (await ask('GET', '/plugins')).json as { plugins: { explain: object[] }[] };
    expect(plugins).toHaveLength(2);
    expect(plugins[0]?.explain).toContainEqual(
      expect.objectContaining({ function: 'shape', policy: 'fail_request', version: 1 }),
    );
    expect(await ask('GET', '/plugins/watcher')).toMatchObject({
      json: { name: 'watcher', state: 'serving' },
    });
  });

  it('reports failing if requests cannot be served, and degraded if an optional plugin is missing', async () => {
    const { ask, request, service } = await open();
    await service.operator.get('watcher').close();
    service.operator.open('watcher');
    expect(await ask('GET', '/health')).toMatchObject({
      status: 200,
      json: { status: 'degraded', isReady: true },
    });
    await ask('POST', '/plugins/shaper/disable');
    expect(await ask('GET', '/health')).toMatchObject({
      status: 503,
      json: { status: 'failing', isReady: false },
    });
    expect(await request()).toBe(502);
    await ask('POST', '/plugins/shaper/enable');
    expect((await ask('GET', '/health')).status).toBe(200);
    expect(await request()).toBe(200);
  });

  it('reports draining until the last request has ended', async () => {
    const { ask, service } = await open();
    await service.balancer.close();
    expect(await ask('GET', '/health')).toMatchObject({ status: 503, json: { status: 'draining' } });
  });
});

describe('recorded calls', () => {
  it('are returned to plugwire record without the data of clients', async () => {
    const { ask, service } = await open({ recordings: recordedFunctions(1) });
    await fetch(`${service.balancer.origin}/?token=secret-query`, {
      method: 'POST',
      body: 'secret-body',
      headers: { connection: 'close', 'x-api-key': 'secret-header', 'content-type': 'text/plain' },
    });
    const { status, text } = await ask('GET', '/recordings');
    expect(status).toBe(200);
    const recording = parseRecordings(text).find(({ calls }) => calls.length > 0);
    expect(recording).toMatchObject({
      header: { plugin: 'shaper', function: 'shape' },
      calls: [{ request: { request: { method: 'POST' } }, outcome: { kind: 'ok' } }],
    });
    expect(await findLeaks('secret-query', { others: { text } })).toEqual([]);
    expect(await findLeaks('secret-body', { others: { text } })).toEqual([]);
    expect(await findLeaks('secret-header', { others: { text } })).toEqual([]);
    expect(await ask('GET', '/recordings/shaper')).toMatchObject({ status: 404 });
  });

  it('are replayed before a swap with replay', async () => {
    const { ask, request, folder } = await open({ recordings: recordedFunctions(1) });
    await request();
    const { source } = await failingPlugin(shape, { stage: 'plugin_call', code: 'unreachable' });
    writeFileSync(join(folder, 'failing.wasm'), source as Uint8Array);
    const swap = async (file: string, replay: object) =>
      await ask('POST', '/plugins/shaper/swap', {
        path: join(folder, file),
        allowAnotherPlugin: true,
        replay,
      });
    expect(await swap('failing.wasm', {})).toMatchObject({
      status: 409,
      json: { error: { code: 'replay_differs' } },
    });
    expect(await request()).toBe(200);
    expect(await swap('other.wasm', { calls: 10 })).toMatchObject({
      status: 200,
      json: { replayed: { calls: 2, differences: 0 } },
    });
    expect(await swap('other.wasm', { calls: 0 })).toMatchObject({ status: 400 });
  });
});

describe('an action', () => {
  it('keeps a plugin disabled after a restart, and is refused without a registry', async () => {
    const { ask } = await open();
    expect(await ask('POST', '/plugins/shaper/disable', { persist: true })).toMatchObject({
      status: 409,
      json: { error: { code: 'not_persisted' } },
    });
    const kept = await open({ registryFolder: mkdtempSync(join(tmpdir(), 'plugwire-')) });
    expect(await kept.ask('POST', '/plugins/shaper/disable', { persist: true })).toMatchObject({
      status: 200,
      json: { state: 'disabled' },
    });
    expect(kept.service.operator.get('shaper').health().state).toBe('disabled');
  });

  it('swaps and rolls back, and reports both', async () => {
    const { ask, service, folder } = await open();
    const before = service.operator.get('shaper').health().version;
    const swapped = await ask('POST', '/plugins/shaper/swap', { path: join(folder, 'other.wasm') });
    expect(swapped).toMatchObject({ status: 200, json: { how: 'swap', from: before } });
    expect(service.operator.get('shaper').health().version?.sha256).not.toBe(before?.sha256);
    expect(await ask('POST', '/plugins/shaper/rollback')).toMatchObject({
      status: 200,
      json: { to: before },
    });
    // A swap without a path uses the file of the configuration.
    expect((await ask('POST', '/plugins/shaper/swap')).json['to']).toEqual(before);
  });

  it('pings a plugin', async () => {
    const { ask, service } = await open();
    expect(await ask('POST', '/plugins/shaper/ping')).toMatchObject({ status: 200, json: { ok: true } });
    await service.operator.get('watcher').close();
    service.operator.open('watcher');
    expect((await ask('POST', '/plugins/watcher/ping')).json).toMatchObject({
      ok: false,
      code: 'not_loaded',
    });
  });

  it('starts a canary, and promotes it, withdraws it, or lets it be withdrawn automatically', async () => {
    const { ask, request, folder } = await open();
    const path = join(folder, 'failing.wasm');
    const { source } = await failingPlugin(shape, { stage: 'plugin_call', code: 'unreachable' });
    writeFileSync(path, source);
    const started = { path, share: 1, minimumCalls: 3, allowAnotherPlugin: true };
    expect((await ask('POST', '/plugins/shaper/canary', started)).json['canary']).toMatchObject({
      status: 'running',
    });
    expect([await request(), await request(), await request(), await request()]).toEqual([
      502, 502, 502, 200,
    ]);
    expect((await ask('GET', '/plugins/shaper')).json['canary']).toMatchObject({
      status: 'withdrawn',
      fallbacks: 3,
    });

    const other = { path: join(folder, 'other.wasm'), share: 0.5 };
    await ask('POST', '/plugins/shaper/canary', other);
    expect(await ask('POST', '/plugins/shaper/promote')).toMatchObject({
      status: 200,
      json: { how: 'canary' },
    });
    await ask('POST', '/plugins/shaper/canary', other);
    expect((await ask('POST', '/plugins/shaper/withdraw')).json['canary']).toMatchObject({
      status: 'withdrawn',
    });
  });

  it('reloads the configuration and changed modules', async () => {
    const { ask, folder } = await open();
    writeFileSync(join(folder, 'healthy.wasm'), OTHER);
    expect(await ask('POST', '/config/reload')).toMatchObject({
      status: 200,
      json: { isApplied: true, plan: [{ plugin: 'shaper', because: ['bytes'] }, { plugin: 'watcher' }] },
    });
    expect((await ask('POST', '/config/reload')).json).toMatchObject({ plan: [] });
  });

  it.each([
    ['an unknown plugin', '/plugins/shape/disable', '', 404, 'unknown_name'],
    ['an unknown action', '/plugins/shaper/toString', '', 404, 'unknown_action'],
    ['a body that is not JSON', '/plugins/shaper/swap', 'path=x', 400, 'not_json'],
    ['a misspelt key', '/plugins/shaper/swap', '{"file":"x"}', 400, 'bad_body'],
    ['an invalid share', '/plugins/shaper/canary', '{"share":2}', 400, 'bad_body'],
    ['a missing file', '/plugins/shaper/swap', '{"path":"none.wasm"}', 409, 'not_found'],
    ['a wrong hash', '/plugins/shaper/swap', `{"sha256":"${'0'.repeat(64)}"}`, 409, 'hash_mismatch'],
    ['a rollback without a previous version', '/plugins/shaper/rollback', '', 409, 'nothing_to_roll_back'],
    ['a promotion without a canary', '/plugins/shaper/promote', '', 409, 'no_canary'],
    ['a body that is too large', '/plugins/shaper/swap', ' '.repeat(70_000), 413, 'too_large'],
  ])('is refused for %s, and nothing changes', async (_, path, body, status, code) => {
    const { ask, request } = await open();
    const answer = await ask('POST', path, body);
    expect(answer).toMatchObject({ status, json: { error: { code } } });
    expect(await request()).toBe(200);
  });

  it('is refused with the line if the configuration file is invalid', async () => {
    const { ask, write } = await open();
    write(CONFIG.replace('shape =', 'shapes ='));
    expect(await ask('POST', '/config/reload')).toMatchObject({
      status: 409,
      json: { error: { code: 'invalid', issues: [{ line: 7, key: 'hosts.balancer.roles.shapes' }] } },
    });
  });

  it('is refused from web pages, and for other methods and paths', async () => {
    const { ask, service } = await open();
    const origin = { origin: service.admin.origin };
    expect((await ask('POST', '/plugins/shaper/disable', undefined, origin)).status).toBe(403);
    expect((await fetch(`${service.admin.origin}/health`, { method: 'PUT' })).status).toBe(405);
    expect((await ask('GET', '/healthz')).status).toBe(404);
    expect((await ask('GET', '/plugins/shaper/disable')).status).toBe(404);
  });
});
