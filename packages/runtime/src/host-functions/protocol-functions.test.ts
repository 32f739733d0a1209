import {
  behave,
  type Behaviour,
  buildPlugin,
  type HostArgument,
  type HostCall,
} from '@plugwire/pdk-fixtures';
import pino from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';

import { LOG_TARGETS } from '../observe/logger.ts';

import type { LoadOptions } from '../load/load-options.ts';
import { createPluginHost, type PluginHostOptions } from '../host/plugin-host.ts';
import type { Plugin } from '../plugin/plugin.ts';
import { ask } from '../testing/contracts.ts';
import { keepLines } from '../testing/keep-lines.ts';
import { openHost } from '../testing/open-plugin.ts';
import { defineHostFunction } from './define-host-function.ts';
import { numberBlockBytes } from './number-blocks.ts';
import { PROTOCOL_FUNCTIONS } from './protocol-functions.ts';

/** The result that a guest got from its last call and returned: bytes, or a number. */
let got: unknown;
const takeBytes = defineHostFunction({
  name: 'take_bytes',
  parameters: ['bytes?'],
  run: (bytes) => {
    got = bytes;
  },
});
const takeNumber = defineHostFunction({
  name: 'take_number',
  parameters: ['u64-block'],
  run: (number) => {
    got = number;
  },
});

/** A number in the form in which guests pass it. */
const u64 = (value: bigint): Uint8Array => numberBlockBytes('u64-block', value);

const CALLS: Readonly<Record<string, HostCall>> = {
  cc_lb_log: { name: 'cc_lb_log', args: ['info', 'hello'] },
  cc_lb_metric_incr: { name: 'cc_lb_metric_incr', args: ['hits', u64(1n)] },
  cc_lb_storage_get: { name: 'cc_lb_storage_get', args: ['key'], result: 'i64' },
  cc_lb_storage_put: { name: 'cc_lb_storage_put', args: ['key', 'value'] },
  cc_lb_now_unix_ms: { name: 'cc_lb_now_unix_ms', result: 'i64' },
  cc_lb_random_bytes: { name: 'cc_lb_random_bytes', args: [u64(8n)], result: 'i64' },
};
const ALL = PROTOCOL_FUNCTIONS.map(({ name, capability }) => [name, capability ?? ''] as const);
const CAPABILITIES = [...new Set(ALL.map(([, capability]) => capability))];

const call = (name: string, ...args: HostArgument[]): Behaviour =>
  behave.callHostFunction({ ...(CALLS[name] as HostCall), ...(args.length > 0 ? { args } : {}) });
const read = (name: string, ...args: HostArgument[]): Behaviour =>
  behave.callHostFunction({ name, args, result: 'i64', passesResultTo: 'take_bytes' });

const load = async (
  behaviours: readonly Behaviour[],
  { required = CAPABILITIES, ...loadOptions }: LoadOptions & { required?: string[] } = {},
  options: Partial<PluginHostOptions> = {},
): Promise<Plugin> => {
  const host = openHost({ functions: [ask], hostFunctions: [takeBytes, takeNumber], ...options });
  const run = behave.sequence(...behaviours, behave.answer({ _v: 1, text: 'done' }));
  const bytes = await buildPlugin({ functions: { ask: run }, requiredCapabilities: required });
  return await host.load(bytes, { name: 'it', capabilities: required, ...loadOptions });
};

const endOf = (plugin: Plugin): string => {
  const outcome = plugin.dispatchSync(ask, {});
  return outcome.kind === 'ok' ? 'ok' : outcome.error.code;
};

describe('the functions of the protocol', () => {
  it('are six, each with its capability', () => {
    expect(ALL.map(([name]) => name)).toEqual(Object.keys(CALLS));
    expect(CAPABILITIES).toEqual(['log', 'metrics', 'storage', 'clock', 'random']);
  });

  it.each(ALL)('include %s, which runs with the capability %s', async (name, capability) => {
    expect(endOf(await load([call(name)], { required: [capability] }))).toBe('ok');
  });

  it.each(ALL)('include %s, which is denied without the capability %s', async (name, capability) => {
    const others = CAPABILITIES.filter((other) => other !== capability);
    expect(endOf(await load([call(name)], { required: others }))).toBe('capability_denied');
  });

  it.each(ALL)('include %s, which is denied if %s is granted but not required', async (name, capability) => {
    expect(endOf(await load([call(name)], { required: [], capabilities: [capability] }))).toBe(
      'capability_denied',
    );
  });

  it.each(ALL)(
    'include %s: a plugin that requires %s is refused if it is not granted',
    async (name, capability) => {
      const loading = load([call(name)], { required: [capability], capabilities: [] });
      await expect(loading).rejects.toMatchObject({ stage: 'handshake', code: 'capability_not_offered' });
    },
  );

  it.each(ALL)('include %s, which fails during handshake and self-check', async (name, capability) => {
    const host = openHost({ functions: [ask] });
    const functions = { ask: behave.answer({ _v: 1, text: '' }) };
    const options = { name: 'it', capabilities: [capability] };
    const early = behave.sequence(call(name), behave.noOutput());
    for (const [phase, part] of [
      ['handshake', { handshake: early }],
      ['self_check', { selfCheck: early }],
    ] as const) {
      const bytes = await buildPlugin({ functions, ...part });
      await expect(host.load(bytes, options)).rejects.toMatchObject({
        stage: phase,
        code: 'host_call_refused',
      });
    }
  });

  it.each<[string, readonly HostArgument[]]>([
    ['cc_lb_log', [7n, 'hello']],
    ['cc_lb_log', ['info', 7n]],
    ['cc_lb_metric_incr', [-1n, u64(1n)]],
    ['cc_lb_metric_incr', ['hits', 7n]],
    ['cc_lb_random_bytes', [8n]],
    ['cc_lb_storage_get', [2n ** 63n]],
    ['cc_lb_storage_put', [7n, 'value']],
    ['cc_lb_storage_put', ['key', 7n]],
  ])('include %s, which fails the call for an argument that is not a handle: %s', async (name, args) => {
    expect(endOf(await load([call(name, ...args)]))).toBe('bad_handle');
  });

  it.each<[string, string, readonly HostArgument[]]>([
    ['a value of 4 bytes', 'cc_lb_metric_incr', ['hits', new Uint8Array(4)]],
    ['a value of 9 bytes', 'cc_lb_metric_incr', ['hits', new Uint8Array(9)]],
    ['no value', 'cc_lb_metric_incr', ['hits', 0n]],
    ['no count', 'cc_lb_random_bytes', [0n]],
    ['a key of a megabyte', 'cc_lb_storage_get', ['k'.repeat(2 ** 20)]],
    ['a key of a megabyte', 'cc_lb_storage_put', ['k'.repeat(2 ** 20), 'value']],
    ['a key of 1025 bytes', 'cc_lb_storage_put', ['k'.repeat(1025), 'value']],
    ['a key that is not UTF-8', 'cc_lb_storage_put', [Uint8Array.of(0xff), 'value']],
    ['a key that is not UTF-8', 'cc_lb_storage_get', [Uint8Array.of(0xff)]],
    ['65,537 bytes', 'cc_lb_random_bytes', [u64(65_537n)]],
    ['2^63 bytes', 'cc_lb_random_bytes', [u64(2n ** 63n)]],
    ['2^64 - 1 bytes', 'cc_lb_random_bytes', [u64(2n ** 64n - 1n)]],
  ])('reject %s: %s', async (_, name, args) => {
    expect(endOf(await load([call(name, ...args)]))).toBe('bad_argument');
  });

  it.each<[string, HostArgument, string]>([
    ['a known level', 'warn', 'warn'],
    ['an unknown level', 'loud', 'info'],
    ['capitals', 'ERROR', 'info'],
    ['no level', 0n, 'info'],
    ['a megabyte', 'x'.repeat(2 ** 20), 'info'],
    ['bytes that are not UTF-8', Uint8Array.of(0xff), 'info'],
  ])('include cc_lb_log, which chooses the level for %s (%#)', async (_, level, written) => {
    const { lines, logger } = keepLines();
    const plugin = await load([call('cc_lb_log', level, 'hello')], {}, { logger });
    expect(endOf(plugin)).toBe('ok');
    const own = lines.filter(({ target }) => target === LOG_TARGETS.guest);
    expect(own).toMatchObject([{ level: pino.levels.values[written], msg: 'hello' }]);
  });

  it.each<[HostArgument, string]>([
    ['hits', 'hits'],
    ['cache.hits/v2-total', 'cache_hits_v2_total'],
    ['a:b', 'a_b'],
    ['1hits', '_1hits'],
    ['hits"} 1\nup 1', 'hits___1_up_1'],
    ['größe', 'gr__e'],
    ['x'.repeat(65), 'x'.repeat(64)],
    ['', '_'],
    [Uint8Array.of(0xff), '_'],
  ])('include cc_lb_metric_incr, which changes the name %j to fit Prometheus', async (given, name) => {
    const registry = new Registry();
    const plugin = await load([call('cc_lb_metric_incr', given, u64(3n))], {}, { registry });
    expect(endOf(plugin)).toBe('ok');
    expect(await registry.metrics()).toContain(`cc_lb_plugin_metric_total{plugin="it",name="${name}"} 3`);
  });

  it('include cc_lb_metric_incr, which accepts the largest u64 as a double', async () => {
    const value = 2n ** 64n - 1n;
    const registry = new Registry();
    expect(endOf(await load([call('cc_lb_metric_incr', 'hits', u64(value))], {}, { registry }))).toBe('ok');
    expect(await registry.metrics()).toContain(`name="hits"} ${Number(value)}`);
  });

  it('cannot be replaced by a host', () => {
    const liar = defineHostFunction({ name: 'cc_lb_random_bytes', result: 'bytes', run: () => Buffer.of(4) });
    expect(() => createPluginHost({ functions: [], hostFunctions: [liar] })).toThrow(
      expect.objectContaining({ code: 'bad_host_function' }),
    );
  });

  it('are refused if the plugin imports them with other types', async () => {
    const wrong = behave.callHostFunction({ name: 'cc_lb_random_bytes', args: [8], result: 'i64' });
    await expect(load([wrong])).rejects.toMatchObject({ stage: 'instantiate', code: 'import_mismatch' });
  });
});

describe('cc_lb_now_unix_ms', () => {
  it('returns the wall clock', async () => {
    const now = { ...CALLS.cc_lb_now_unix_ms, name: 'cc_lb_now_unix_ms', passesResultTo: 'take_number' };
    const plugin = await load([behave.callHostFunction(now)]);
    expect(endOf(plugin)).toBe('ok');
    expect(Math.abs(Number(got) - Date.now())).toBeLessThan(60_000);
  });
});

describe('cc_lb_random_bytes', () => {
  it.each([0, 1, 65_536])('returns %d bytes', async (count) => {
    expect(endOf(await load([read('cc_lb_random_bytes', u64(BigInt(count)))]))).toBe('ok');
    expect((got as Uint8Array).length).toBe(count);
  });

  it('returns different bytes each time', async () => {
    const plugin = await load([read('cc_lb_random_bytes', u64(32n))]);
    const seen = new Set<string>();
    for (let times = 0; times < 10; times += 1) {
      plugin.dispatchSync(ask, {});
      seen.add(Buffer.from(got as Uint8Array).toString('hex'));
    }
    expect(seen.size).toBe(10);
  });
});

describe('the storage functions', () => {
  it('return stored values unchanged, and nothing for absent keys', async () => {
    const bytes = Uint8Array.of(0, 255, 10, 0);
    const plugin = await load([call('cc_lb_storage_put', 'grüß', bytes), read('cc_lb_storage_get', 'grüß')]);
    expect(endOf(plugin)).toBe('ok');
    expect(got).toEqual(bytes);
    expect(endOf(await load([read('cc_lb_storage_get', 'absent')]))).toBe('ok');
    expect(got).toBeUndefined();
  });

  it('fail the call past the quota, and keep the old values', async () => {
    const plugin = await load(
      [
        call('cc_lb_storage_put', 'key', 'x'.repeat(97)),
        read('cc_lb_storage_get', 'key'),
        call('cc_lb_storage_put', 'more', 'x'),
      ],
      { limits: { storageBytes: 103 } },
    );
    expect(endOf(plugin)).toBe('storage_quota');
    expect((got as Uint8Array).length).toBe(97);
  });

  it('count the plugin’s name and the key with each value, so many small values reach the quota', async () => {
    const puts = Array.from({ length: 20 }, (_, at) => call('cc_lb_storage_put', `key${at + 10}`, 'x'));
    expect(endOf(await load(puts, { limits: { storageBytes: 180 } }))).toBe('ok');
    expect(endOf(await load(puts, { limits: { storageBytes: 179 } }))).toBe('storage_quota');
  });

  it('accept a value as large as the quota', async () => {
    const plugin = await load([call('cc_lb_storage_put', 'k', new Uint8Array(2 ** 20 - 'it:k'.length))]);
    expect(endOf(plugin)).toBe('ok');
  });
});
