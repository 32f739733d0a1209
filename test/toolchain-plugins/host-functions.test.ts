import { createHmac } from 'node:crypto';

import { createMemoryStorage, METRICS, type Plugin } from '@plugwire/runtime';
import { createLogSpy, createMetricSpy } from '@plugwire/testing';
import { filter, observe, sign } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';

import { GUARDS } from '../support/balancer-plugins.ts';
import {
  countThrough,
  filterRequestOf,
  GUARD,
  GUARD_NEEDS,
  letsThrough,
  loadGuard,
} from '../support/load-guard.ts';
import { fromBase64, responseOf, toBase64 } from '../support/load-toolchain-plugin.ts';

const STATE = { keys: [{ key_id: 'k', key_base64: toBase64('secret') }], counter: 0 };
const CLIENT_HEADERS = ['accept', 'X-Signature-Nonce', 'x-signature-unix-ms'].map((name) => ({
  name,
  value_base64: toBase64('mine'),
}));

/** The headers of a signed request, by name. */
const signedHeaders = (plugin: Plugin, body = 'body'): Record<string, string> => {
  const shaped = { url: '/v1', method: 'POST', headers: CLIENT_HEADERS, body_base64: toBase64(body) };
  const { headers } = responseOf(plugin.dispatchSync(sign, { shaped, signer_state: STATE }));
  return Object.fromEntries((headers ?? []).map((each) => [each.name, fromBase64(each.value_base64)]));
};

const signatureOf = (...parts: string[]): string =>
  createHmac('sha256', 'secret').update(parts.join('\n')).digest('base64');

const errors = (count: number) => ({
  events: [
    { kind: 'chunk' as const, batch_index: 0, event_count: 1, total_bytes: 1 },
    ...Array.from({ length: count }, () => ({
      kind: 'error' as const,
      code: 'private',
      message: 'private',
      source: 'private',
    })),
  ],
});

describe.each(GUARDS)('%s', (guard) => {
  it('stores its counts with cc_lb_storage_put, and reads them with cc_lb_storage_get', async () => {
    const storage = createMemoryStorage();
    const store = await storage.open(GUARD, { quotaBytes: 1000 });
    const sources = { nowUnixMs: () => 5_999 };
    const config = { requests_per_second: '3', limit_by: 'everyone' };
    const plugin = await loadGuard(guard, config, ['storage', 'clock'], { storage, sources });
    expect(countThrough(plugin, 2)).toBe(2);
    const kept = Buffer.from(store.get('limit:0') ?? []);
    // The current second, its requests, and the requests of the previous second.
    expect([0, 8, 16].map((at) => kept.readBigUInt64LE(at))).toEqual([5n, 2n, 0n]);
    kept.writeBigUInt64LE(1n, 8);
    expect(store.put('limit:0', kept)).toBe('stored');
    expect(countThrough(plugin, 5)).toBe(2);
  });

  it('distinguishes seconds with cc_lb_now_unix_ms', async () => {
    let unixMs = 1_000;
    const sources = { nowUnixMs: () => unixMs };
    const plugin = await loadGuard(guard, { requests_per_second: '1' }, ['storage', 'clock'], { sources });
    expect(countThrough(plugin, 3)).toBe(1);
    unixMs = 1_999;
    expect(letsThrough(plugin)).toBe(false);
    unixMs = 2_000;
    expect(countThrough(plugin, 3)).toBe(1);
  });

  it('signs with a nonce from cc_lb_random_bytes', async () => {
    const plugin = await loadGuard(guard, { sign_once: 'true' }, ['clock', 'random']);
    const made = [signedHeaders(plugin), signedHeaders(plugin)];
    for (const headers of made) {
      const { 'x-signature-nonce': nonce = '', 'x-signature-unix-ms': unixMs = '' } = headers;
      expect(nonce).toMatch(/^[A-Za-z0-9+/]{24}$/);
      expect(Math.abs(Number(unixMs) - Date.now())).toBeLessThan(60_000);
      expect(headers['x-signature']).toBe(signatureOf(unixMs, nonce, 'POST', '/v1', 'body'));
    }
    expect(made[0]?.['x-signature-nonce']).not.toBe(made[1]?.['x-signature-nonce']);
  });

  it('creates identical signatures from the same sources', async () => {
    const signAll = async (): Promise<Record<string, string>[]> => {
      let at = 0;
      const sources = {
        nowUnixMs: () => 1_700_000_000_000 + (at += 1),
        fillRandom: (bytes: Uint8Array) => void bytes.fill((at += 1)),
      };
      const plugin = await loadGuard(guard, { sign_once: 'true' }, ['clock', 'random'], { sources });
      return [signedHeaders(plugin), signedHeaders(plugin)];
    };
    const first = await signAll();
    expect(await signAll()).toEqual(first);
    // Go's runtime reads random bytes when it starts. After that, each signature reads the time and then a nonce.
    const begun = guard === 'guard-go' ? 2 : 0;
    const nonces = [2, 4].map((byte) => Buffer.alloc(18, byte + begun).toString('base64'));
    expect(first.map((headers) => headers['x-signature-nonce'])).toEqual(nonces);
    expect(first.map((headers) => headers['x-signature-unix-ms'])).toEqual(
      [1, 3].map((ms) => String(1_700_000_000_000 + ms + begun)),
    );
  });

  it('counts events with cc_lb_metric_incr', async () => {
    const metrics = createMetricSpy();
    const plugin = await loadGuard(guard, { count_events: 'true' }, ['metrics'], {
      registry: metrics.registry,
    });
    for (const count of [2, 0, 1])
      expect(responseOf(plugin.dispatchSync(observe, errors(count)))).toEqual({});
    const countOf = async (name: string): Promise<number> =>
      await metrics.value(METRICS.guestMetric.name, { plugin: GUARD, name });
    expect(await countOf('events_error')).toBe(3);
    expect(await countOf('events_chunk')).toBe(3);
    expect(await countOf('events_request_started')).toBe(0);
  });

  it('counts limited requests with cc_lb_metric_incr', async () => {
    const metrics = createMetricSpy();
    const plugin = await loadGuard(
      guard,
      { requests_per_second: '1', count_events: 'true' },
      ['storage', 'clock', 'metrics'],
      { registry: metrics.registry, sources: { nowUnixMs: () => 0 } },
    );
    expect(countThrough(plugin, 5)).toBe(1);
    const labels = { plugin: GUARD, name: 'requests_limited' };
    expect(await metrics.value(METRICS.guestMetric.name, labels)).toBe(4);
  });

  it('logs the number of errors with cc_lb_log, without their content', async () => {
    const logs = createLogSpy();
    const plugin = await loadGuard(guard, { log_errors: 'true' }, ['log'], { logger: logs.logger });
    for (const count of [0, 2]) expect(responseOf(plugin.dispatchSync(observe, errors(count)))).toEqual({});
    const said = logs.lines({ plugin: GUARD, level: 'warn' });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({
      origin: 'guest',
      function: 'observe',
      msg: expect.stringContaining('error events: 2'),
    });
    expect(logs.text()).not.toContain('private');
  });

  it('uses none of them if nothing is switched on, whatever is granted', async () => {
    for (const capabilities of [[], ['log', 'metrics', 'storage', 'clock', 'random']]) {
      const logs = createLogSpy();
      const metrics = createMetricSpy();
      const plugin = await loadGuard(guard, {}, capabilities, {
        logger: logs.logger,
        registry: metrics.registry,
      });
      expect(plugin.metadata.negotiated_capabilities).toEqual([]);
      expect(countThrough(plugin, 50)).toBe(50);
      expect(Object.keys(signedHeaders(plugin))).toEqual(['accept', 'x-signature-key-id', 'x-signature']);
      expect(signedHeaders(plugin)['x-signature']).toBe(signatureOf('POST', '/v1', 'body'));
      expect(responseOf(plugin.dispatchSync(observe, errors(1)))).toEqual({});
      expect(logs.lines({ level: 'warn' })).toEqual([]);
      expect(await metrics.value(METRICS.guestMetric.name)).toBe(0);
    }
  });

  it.each(GUARD_NEEDS)(
    'is refused at load if %s is switched on without its capability',
    async (key, value, needs) => {
      const plugin = await loadGuard(guard, { [key]: value }, [...needs]);
      expect(plugin.metadata.negotiated_capabilities.toSorted()).toEqual([...needs].toSorted());
      for (const lacking of needs) {
        const granted = needs.filter((each) => each !== lacking);
        await expect(loadGuard(guard, { [key]: value }, granted)).rejects.toMatchObject({
          stage: 'handshake',
          code: 'capability_not_offered',
          message: expect.stringContaining(lacking),
        });
      }
    },
  );

  it.each([
    ['no limit', { requests_per_second: '' }],
    ['a limit of 0', { requests_per_second: '0' }],
    ['a limit with a sign', { requests_per_second: '-1' }],
    ['a limit with a point', { requests_per_second: '1.5' }],
    ['a limit of ten digits', { requests_per_second: '1000000000' }],
    ['a slot that does not exist', { requests_per_second: '1', slot: '2', slots: '2' }],
    ['no slots', { requests_per_second: '1', slots: '0' }],
    ['too many slots', { requests_per_second: '1', slots: '65' }],
    ['a limit by an unknown key', { requests_per_second: '1', limit_by: 'host' }],
    ['a switch with an invalid value', { count_events: 'yes' }],
  ])('is refused at load with %s in its configuration', async (_, config) => {
    const capabilities = ['log', 'metrics', 'storage', 'clock', 'random'];
    await expect(loadGuard(guard, config, capabilities)).rejects.toMatchObject({
      stage: 'handshake',
      code: 'guest_error',
    });
  });

  it('needs no more memory after thousands of calls with everything switched on', async () => {
    let unixMs = 0;
    const config = { ...Object.fromEntries(GUARD_NEEDS.map(([key, value]) => [key, value])), slots: '8' };
    const capabilities = ['log', 'metrics', 'storage', 'clock', 'random'];
    const plugin = await loadGuard(guard, config, capabilities, {
      sources: { nowUnixMs: () => (unixMs += 7) },
    });
    const round = (): void => {
      letsThrough(plugin);
      signedHeaders(plugin);
      responseOf(plugin.dispatchSync(observe, errors(1)));
    };
    for (let rounds = 0; rounds < 2000; rounds += 1) round();
    expect(plugin.health().status).toBe('ready');
    // Go's garbage collector first lets the heap grow to a few MB.
    const most = guard === 'guard-go' ? 8 * 1024 * 1024 : 256 * 1024;
    expect(plugin.health().usage.memoryBytes).toBeLessThanOrEqual(most);
  });

  it('fails a call and keeps old values if the store is full', async () => {
    const plugin = await loadGuard(guard, { requests_per_second: '5' }, ['storage', 'clock'], {
      limits: { storageBytes: 80 },
      sources: { nowUnixMs: () => 0 },
    });
    expect(countThrough(plugin, 3, 'first')).toBe(3);
    expect(plugin.dispatchSync(filter, filterRequestOf('second'))).toMatchObject({
      kind: 'fallback',
      policy: 'use_default',
      error: { code: 'storage_quota' },
    });
  });
});
