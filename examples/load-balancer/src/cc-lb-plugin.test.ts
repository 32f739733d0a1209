import { createHmac } from 'node:crypto';
import type { RequestListener } from 'node:http';

import { readToolchainPlugin } from '@plugwire/pdk-fixtures';
import { createOperator } from '@plugwire/operate';
import { createPluginHost, METRICS } from '@plugwire/runtime';
import { createLogSpy, createMetricSpy } from '@plugwire/testing';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { expect, it } from 'vitest';

import { startBalancer } from './balancer.ts';
import { assignPlugins } from './balancer-plugins.ts';
import { inEveryRole } from './demo/healthy-plugin.ts';
import { closeAfterTest, PATIENT_LIMITS, reflect, startUpstream } from './testing/balancer-test.ts';

/** Beyond 2^53: the upstream accepts no other. */
const SERIAL = 12_345_678_901_234_567_890n;
const SECRETS = { former: 'key of before', current: 'key of today' };
const KEYS = Object.entries(SECRETS).map(([id, secret]) => ({
  key_id: id,
  key_base64: Buffer.from(secret).toString('base64'),
}));
const CONFIG = {
  deny_header: 'x-debug',
  requests_per_minute: '4',
  log_level: 'debug',
  metric_prefix: 'balancer_',
  sign_time: 'true',
  nonce_bytes: '12',
};
const UNIX_MS = 1_700_000_000_000;

/** Refuses what is not signed with the current key, and with the serial number after the first. */
const serve: RequestListener = (incoming, reply) => {
  const { headers, method, url } = incoming;
  const signed = ['key-id', 'serial', 'unix-ms', 'nonce'].map((part) => `x-signature-${part}`);
  const expected = createHmac('sha256', SECRETS.current)
    .update(`${method}\n${url}\n`)
    .update(signed.map((name) => `${name}:${String(headers[name])}\n`).join(''))
    .digest('base64');
  const isSigned =
    headers['x-signature'] === expected &&
    headers['x-signature-key-id'] === 'current' &&
    headers['x-signature-serial'] === String(SERIAL + 1n) &&
    headers['x-signature-unix-ms'] === String(UNIX_MS);
  if (!isSigned) reply.writeHead(401).end('not signed with the current key');
  else if (url === '/error') reply.writeHead(500).end('broken');
  else reflect(incoming, reply);
};

it('a plugin made with cc-lb’s crates serves requests in every role, with all host functions', async () => {
  const logs = createLogSpy();
  const metrics = createMetricSpy();
  const observed = { logger: logs.logger, registry: metrics.registry };
  const host = closeAfterTest(
    createPluginHost({
      functions: loadBalancerFunctions,
      limits: PATIENT_LIMITS,
      sources: { nowUnixMs: () => UNIX_MS },
      ...observed,
    }),
  );
  const operator = closeAfterTest(createOperator({ host }));
  await operator.open('cc-lb').swap(readToolchainPlugin('cc-lb-rust'), {
    config: CONFIG,
    capabilities: ['storage', 'clock', 'log', 'metrics', 'random'],
  });
  const upstream = {
    ...(await startUpstream(serve)),
    id: 'an id of any form',
    factoryState: { keys: KEYS, serial: SERIAL },
  };
  const plugins = assignPlugins(operator, inEveryRole('cc-lb'));
  const balancer = closeAfterTest(
    await startBalancer({ upstreams: [upstream], plugins: () => plugins, ...observed }),
  );
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${balancer.origin}${path}`, { headers });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  };

  const first = await get('/v1/messages?x=1', { authorization: 'Bearer of the client' });
  expect(first).toMatchObject({ status: 200, json: { url: '/v1/messages?x=1' } });
  const seen = (first.json['rawHeaders'] as string[]).map((each) => each.toLowerCase());
  expect(seen).toContain('x-principal');
  expect(seen).toContain('anthropic-version');
  expect(seen).not.toContain('authorization');

  expect(await get('/error')).toEqual({
    status: 500,
    json: { type: 'error', error: { type: 'api_error', message: 'broken' } },
  });
  // What the plugin's header rule rejects does not count towards its limit.
  expect(await get('/', { 'X-Debug': '1' })).toMatchObject({
    status: 503,
    json: { error: { code: 'nothing_kept' } },
  });
  expect((await get('/3')).status).toBe(200);
  expect((await get('/4')).status).toBe(200);
  expect(await get('/5')).toMatchObject({ status: 503, json: { error: { code: 'nothing_kept' } } });

  await balancer.close();
  expect(await metrics.fallbacks()).toEqual([]);
  const dispatches = async (name: string): Promise<number> =>
    await metrics.value(METRICS.dispatchTotal.name, { function: name, outcome: 'ok' });
  // The first request was refused once, with the former key.
  expect(await dispatches('build_signer')).toBe(1);
  expect(await dispatches('on_unauthorized')).toBe(1);
  expect(await dispatches('sign')).toBe(5);
  expect(await dispatches('filter')).toBe(6);
  expect(await dispatches('shape')).toBe(4);
  expect(await dispatches('observe')).toBe(6);
  const counted = async (name: string): Promise<number> =>
    await metrics.value(METRICS.guestMetric.name, { plugin: 'cc-lb', name });
  expect(await counted('balancer_requests_finished')).toBe(6);
  const said = (accepted: number): string => `filter accepts ${accepted} of 1 candidates`;
  const toldOfError = 'observe is told of an error with the code nothing_kept';
  expect(logs.lines({ plugin: 'cc-lb', level: 'debug' }).map((line) => line.msg)).toEqual([
    said(1),
    said(1),
    said(0),
    toldOfError,
    said(1),
    said(1),
    said(0),
    toldOfError,
  ]);
  expect(logs.lines({ level: 'warn' }).map((line) => line.msg)).toEqual(['request failed', 'request failed']);
});
