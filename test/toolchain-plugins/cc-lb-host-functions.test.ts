import { createMemoryStorage, METRICS, type Plugin } from '@plugwire/runtime';
import { createLogSpy, createMetricSpy } from '@plugwire/testing';
import { filter, observe, sign } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';

import { CC_LB, decisionsOf, filterRequest, loadCcLbRust } from '../support/load-cc-lb-rust.ts';
import { fromBase64, responseOf, toBase64 } from '../support/load-toolchain-plugin.ts';

const STATE = { keys: [{ key_id: 'k', key_base64: toBase64('secret') }], key_index: 0, serial: 1 };
const SHAPED = { url: '/', method: 'GET', headers: [], body_base64: '' };

const signedHeaders = (plugin: Plugin): Record<string, string> => {
  const { headers } = responseOf(plugin.dispatchSync(sign, { shaped: SHAPED, signer_state: STATE }));
  return Object.fromEntries((headers ?? []).map((each) => [each.name, fromBase64(each.value_base64)]));
};

const finished = (inputTokens: number, outputTokens: number | null = null) => ({
  kind: 'request_finished' as const,
  status: 200,
  input_tokens: inputTokens,
  output_tokens: outputTokens,
  cache_creation_input_tokens: null,
  cache_read_input_tokens: null,
  duration_ms: 1,
});
const error = (code: string) => ({ kind: 'error' as const, code, message: 'private', source: 'private' });

describe('the host functions, called through the Rust PDK', () => {
  it('cc_lb_storage_put and cc_lb_storage_get keep the counts of a plugin', async () => {
    const storage = createMemoryStorage();
    const store = await storage.open(CC_LB, { quotaBytes: 1000 });
    const minute = 28_333_333 * 60_000;
    const plugin = await loadCcLbRust({ requests_per_minute: '2' }, ['storage', 'clock'], {
      storage,
      sources: { nowUnixMs: () => minute + 59_999 },
    });
    expect([1, 2, 3].map(() => decisionsOf(plugin))).toEqual([
      ['one accept: '],
      ['one accept: '],
      ['one reject: more than 2 requests in this minute'],
    ]);
    const kept = Buffer.from(store.get('requests:ada') ?? []);
    expect([kept.length, kept.readBigUInt64LE(0), kept.readBigUInt64LE(8)]).toEqual([16, BigInt(minute), 2n]);

    kept.writeBigUInt64LE(1n, 8);
    expect(store.put('requests:ada', kept)).toBe('stored');
    expect([1, 2].map(() => decisionsOf(plugin)[0]?.split(':')[0])).toEqual(['one accept', 'one reject']);
    expect(decisionsOf(plugin, { principal: { id: 'bob', kind: 'user', claims: {} } })).toEqual([
      'one accept: ',
    ]);
  });

  it('cc_lb_storage_put fails if the plugin’s name, the key and the value exceed the quota', async () => {
    const bytes = `${CC_LB}:requests:ada`.length + 16;
    const loadWithin = async (storageBytes: number): Promise<Plugin> =>
      await loadCcLbRust({ requests_per_minute: '2' }, ['storage', 'clock'], { limits: { storageBytes } });
    expect(decisionsOf(await loadWithin(bytes))).toEqual(['one accept: ']);
    expect((await loadWithin(bytes - 1)).dispatchSync(filter, filterRequest())).toMatchObject({
      kind: 'fallback',
      policy: 'use_default',
      error: { code: 'storage_quota' },
    });
  });

  it.each([0, 1, 1_700_000_000_123, 18_446_744_073_709])(
    'cc_lb_now_unix_ms returns exactly %i milliseconds',
    async (unixMs) => {
      const plugin = await loadCcLbRust({ sign_time: 'true' }, ['clock'], {
        sources: { nowUnixMs: () => unixMs },
      });
      expect(signedHeaders(plugin)['x-signature-unix-ms']).toBe(String(unixMs));
    },
  );

  it('cc_lb_now_unix_ms lets a plugin distinguish minutes', async () => {
    let unixMs = 60_000;
    const plugin = await loadCcLbRust({ requests_per_minute: '1' }, ['storage', 'clock'], {
      sources: { nowUnixMs: () => unixMs },
    });
    const isThrough = (): boolean => decisionsOf(plugin).join('') === 'one accept: ';
    expect([isThrough(), isThrough()]).toEqual([true, false]);
    unixMs = 120_000;
    expect([isThrough(), isThrough()]).toEqual([true, false]);
  });

  it.each([0, 1, 18, 65_536])('cc_lb_random_bytes returns %i bytes', async (count) => {
    let filled = 0;
    const plugin = await loadCcLbRust({ nonce_bytes: String(count) }, ['random'], {
      sources: {
        fillRandom: (bytes) => {
          for (let at = 0; at < bytes.length; at += 1) bytes[at] = (filled += 1) % 251;
        },
      },
    });
    const nonce = Buffer.from(signedHeaders(plugin)['x-signature-nonce'] ?? '', 'base64');
    expect([...nonce]).toEqual(Array.from({ length: count }, (_, at) => (at + 1) % 251));
  });

  it.each(['65537', '4294967296', '18446744073709551615'])(
    'cc_lb_random_bytes fails for %s bytes',
    async (count) => {
      const plugin = await loadCcLbRust({ nonce_bytes: count }, ['random']);
      expect(plugin.dispatchSync(sign, { shaped: SHAPED, signer_state: STATE })).toMatchObject({
        kind: 'fallback',
        policy: 'fail_request',
        error: { stage: 'plugin_call' },
      });
    },
  );

  it('cc_lb_metric_incr adds numbers of any size under the plugin’s name', async () => {
    const metrics = createMetricSpy();
    const plugin = await loadCcLbRust({ metric_prefix: 'lb_' }, ['metrics'], { registry: metrics.registry });
    const observed = [[finished(7, 2 ** 40), error('a')], [], [finished(0), finished(5)]];
    for (const events of observed) expect(responseOf(plugin.dispatchSync(observe, { events }))).toEqual({});
    const countOf = async (name: string): Promise<number> =>
      await metrics.value(METRICS.guestMetric.name, { plugin: CC_LB, name });
    expect(await countOf('lb_requests_finished')).toBe(3);
    expect(await countOf('lb_input_tokens')).toBe(12);
    expect(await countOf('lb_output_tokens')).toBe(2 ** 40);
    expect(await countOf('lb_errors')).toBe(1);
  });

  it.each(['cc-lb/rust.', '9 lives: ', 'ü', '"\n'])(
    'cc_lb_metric_incr accepts a name that Prometheus does not allow: %j',
    async (prefix) => {
      const metrics = createMetricSpy();
      const plugin = await loadCcLbRust({ metric_prefix: prefix }, ['metrics'], {
        registry: metrics.registry,
      });
      expect(responseOf(plugin.dispatchSync(observe, { events: [error('a')] }))).toEqual({});
      expect(await metrics.value(METRICS.guestMetric.name, { plugin: CC_LB })).toBe(1);
    },
  );

  it.each([
    ['debug', 'debug'],
    ['info', 'info'],
    ['warn', 'warn'],
    ['error', 'error'],
    ['WARN', 'info'],
    ['fatal', 'info'],
  ] as const)('cc_lb_log writes a line of level %s at %s', async (given, level) => {
    const logs = createLogSpy();
    const plugin = await loadCcLbRust({ log_level: given }, ['log'], { logger: logs.logger });
    expect(decisionsOf(plugin)).toEqual(['one accept: ']);
    expect(responseOf(plugin.dispatchSync(observe, { events: [error('overloaded')] }))).toEqual({});
    const said = logs.lines({ plugin: CC_LB, level }).filter((line) => line['origin'] === 'guest');
    expect(said.map((line) => [line['function'], line.msg])).toEqual([
      ['filter', expect.stringContaining('filter accepts 1 of 1 candidates')],
      ['observe', expect.stringContaining('an error with the code overloaded')],
    ]);
  });

  it.each([
    [{ requests_per_minute: '1' }, ['clock', 'storage']],
    [{ sign_time: 'true' }, ['clock']],
    [{ nonce_bytes: '1' }, ['random']],
    [{ metric_prefix: 'x' }, ['metrics']],
    [{ log_level: 'info' }, ['log']],
  ] as const)('are required only if the configuration needs them: %j', async (config, needs) => {
    const plugin = await loadCcLbRust(config, [...needs]);
    expect(plugin.metadata.negotiated_capabilities).toEqual(needs);
    for (const lacking of needs) {
      await expect(
        loadCcLbRust(
          config,
          needs.filter((each) => each !== lacking),
        ),
      ).rejects.toMatchObject({ stage: 'handshake', code: 'capability_not_offered' });
    }
  });

  it('need no more memory after thousands of calls', async () => {
    let unixMs = 0;
    const config = {
      requests_per_minute: '1000000',
      sign_time: 'true',
      nonce_bytes: '18',
      metric_prefix: 'lb_',
      log_level: 'debug',
    };
    const plugin = await loadCcLbRust(config, ['storage', 'clock', 'random', 'metrics', 'log'], {
      sources: { nowUnixMs: () => (unixMs += 7) },
    });
    const round = (): void => {
      decisionsOf(plugin);
      signedHeaders(plugin);
      responseOf(plugin.dispatchSync(observe, { events: [finished(1), error('a')] }));
    };
    for (let rounds = 0; rounds < 100; rounds += 1) round();
    const { memoryBytes } = plugin.health().usage;
    for (let rounds = 0; rounds < 1000; rounds += 1) round();
    expect(plugin.health()).toMatchObject({ status: 'ready', usage: { memoryBytes } });
  });
});
