import { createHmac } from 'node:crypto';

import {
  buildSigner,
  normalizeError,
  observe,
  onUnauthorized,
  shape,
  sign,
} from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';

import { candidate, decisionsOf, loadCcLbRust } from '../support/load-cc-lb-rust.ts';
import { fromBase64, responseOf, toBase64 } from '../support/load-toolchain-plugin.ts';

const UPSTREAM = { kind: 'anthropic_direct' as const };
const KEYS = ['first', 'second'].map((id) => ({ key_id: id, key_base64: toBase64(`secret of ${id}`) }));

const header = (name: string, value: string) => ({ name, value_base64: toBase64(value) });
const textOf = (headers: readonly { name: string; value_base64: string }[] | null | undefined) =>
  Object.fromEntries((headers ?? []).map((each) => [each.name, fromBase64(each.value_base64)]));

const rateLimit = (remaining: number | null) => ({
  kind: 'requests',
  window: '1m',
  limit: 10,
  remaining,
  reset: null,
});
const quota = (more: { utilization?: number; surpassed_threshold?: boolean }) => ({
  window: '5h',
  source: 'headers',
  data_state: 'fresh',
  utilization: null,
  status: null,
  resets_at_unix_secs: null,
  surpassed_threshold: null,
  representative_claim: null,
  disabled_reason: null,
  observed_at_unix_millis: null,
  age_secs: null,
  ...more,
});

describe('a plugin made with cc-lb’s crates', () => {
  it('loads with all seven functions, and without configuration needs no capability', async () => {
    const { metadata } = await loadCcLbRust();
    expect(metadata.identity).toMatchObject({ plugin_name: 'cc-lb-rust', plugin_version: '1.0.0' });
    expect(metadata.negotiated_functions).toEqual({
      build_signer: 1,
      filter: 1,
      normalize_error: 1,
      observe: 1,
      on_unauthorized: 1,
      shape: 1,
      sign: 1,
    });
    expect(metadata.negotiated_capabilities).toEqual([]);
    expect(metadata.self_check_passed).toBe(true);
  });

  it('decides for each candidate in filter, whatever form its id has', async () => {
    const plugin = await loadCcLbRust();
    const score = {
      predicted_cache_read_tokens: 4_000_000_000,
      predicted_cache_creation_tokens_5m: 0,
      predicted_cache_creation_tokens_1h: 0,
      predicted_uncached_input_tokens: 1,
      confidence: 0.85,
    };
    expect(
      decisionsOf(plugin, {
        candidates: [
          candidate('free', { observed_rate_limits: [rateLimit(1), rateLimit(null)] }),
          candidate('used up', { observed_rate_limits: [rateLimit(1), rateLimit(0)] }),
          candidate('', { subscription_quotas: [quota({ surpassed_threshold: true })] }),
          candidate('über/1', { subscription_quotas: [quota({ utilization: 1 })] }),
          candidate('warm', { subscription_quotas: [quota({ utilization: 0.99 })], cache_score: score }),
        ],
      }),
    ).toEqual([
      'free accept: ',
      'used up reject: no requests left in 1m',
      ' reject: the quota of 5h is used up',
      'über/1 reject: the quota of 5h is used up',
      'warm accept: 4000000000 tokens expected from its cache',
    ]);
    expect(decisionsOf(plugin, { candidates: [] })).toEqual([]);
  });

  it('rejects all candidates in filter if the request has a denied header', async () => {
    const plugin = await loadCcLbRust({ deny_header: 'x-debug' });
    const candidates = [candidate('a'), candidate('b')];
    expect(decisionsOf(plugin, { candidates, headers: [header('X-Debug', '1')] })).toEqual([
      'a reject: requests with x-debug are denied',
      'b reject: requests with x-debug are denied',
    ]);
    expect(decisionsOf(plugin, { candidates, headers: [header('x-debugger', '1')] })).toEqual([
      'a accept: ',
      'b accept: ',
    ]);
  });

  it('adds the principal, removes headers of the client, and sets its base URL in shape', async () => {
    const request = {
      request_id: 'r-7',
      headers: [
        header('Accept', '*/*'),
        header('Authorization', 'Bearer x'),
        header('X-Principal', 'forged'),
        header('X-Api-Key', 'x'),
      ],
      method: 'PUT',
      path: '/v1/messages',
      query: 'beta=true&q=%C3%A4',
      body_base64: toBase64('\u00E4\u0000'),
    };
    const principal = { id: 'ada', kind: 'user', claims: { tenant: 'ü', level: 9_007_199_254_740_991 } };
    const asked = { request, upstream: UPSTREAM, principal };
    const plain = responseOf((await loadCcLbRust()).dispatchSync(shape, asked));
    expect(plain).toMatchObject({
      url: '/v1/messages?beta=true&q=%C3%A4',
      method: 'PUT',
      body_base64: request.body_base64,
    });
    expect(textOf(plain.headers)).toEqual({
      Accept: '*/*',
      'anthropic-version': '2023-06-01',
      'x-request-id': 'r-7',
      'x-principal': 'user/ada',
      'x-principal-claims': '{"level":9007199254740991,"tenant":"ü"}',
    });
    const elsewhere = await loadCcLbRust({ base_url: 'https://api.example' });
    const withoutQuery = { ...asked, request: { ...request, query: null } };
    expect(responseOf(elsewhere.dispatchSync(shape, withoutQuery)).url).toBe(
      'https://api.example/v1/messages',
    );
  });

  it.each([0n, 2n ** 53n + 1n, 12_345_678_901_234_567_890n, 2n ** 64n - 2n])(
    'builds a signer, signs and refreshes with the exact serial number %s',
    async (serial) => {
      const plugin = await loadCcLbRust();
      const shaped = {
        url: '/v1/messages?x=1',
        method: 'POST',
        headers: [header('accept', '*/*'), header('X-Signature', 'forged')],
        body_base64: toBase64('\u00E4\u0000'),
      };
      const expectSigned = (state: Parameters<typeof signWith>[0], key: string, number: bigint): void => {
        const signed = textOf(signWith(state).headers);
        const lines = `x-signature-key-id:${key}\nx-signature-serial:${number}\n`;
        expect(signed).toEqual({
          accept: '*/*',
          'x-signature-key-id': key,
          'x-signature-serial': String(number),
          'x-signature': createHmac('sha256', `secret of ${key}`)
            .update(`POST\n/v1/messages?x=1\n${lines}\u00E4\u0000`)
            .digest('base64'),
        });
      };
      const signWith = (state: ReturnType<typeof build>['signer_state']) => {
        const response = responseOf(plugin.dispatchSync(sign, { shaped, signer_state: state }));
        expect(response).toMatchObject({ url: null, method: null, body_base64: null });
        return response;
      };
      const build = () =>
        responseOf(
          plugin.dispatchSync(buildSigner, { upstream: UPSTREAM, factory_state: { keys: KEYS, serial } }),
        );
      const refuse = (state: ReturnType<typeof build>['signer_state'], category: 'unauthorized' | 'failed') =>
        responseOf(
          plugin.dispatchSync(onUnauthorized, {
            error: { status: 401, body_base64: null, category },
            signer_state: state,
          }),
        );

      const { signer_state: first } = build();
      expectSigned(first, 'first', serial);
      expect(refuse(first, 'failed')).toEqual({ decision: 'fail', signer_state: first });
      const { decision, signer_state: second } = refuse(first, 'unauthorized');
      expect(decision).toBe('refresh');
      expectSigned(second, 'second', serial + 1n);
      expect(refuse(second, 'unauthorized')).toEqual({ decision: 'fail', signer_state: second });
    },
  );

  it('refuses to build a signer from another state', async () => {
    const plugin = await loadCcLbRust();
    for (const state of [null, {}, { keys: [] }, { keys: KEYS, serial: -1 }, { keys: KEYS, more: 1 }]) {
      expect(plugin.dispatchSync(buildSigner, { upstream: UPSTREAM, factory_state: state })).toMatchObject({
        kind: 'fallback',
        policy: 'fail_request',
        error: { code: 'guest_error' },
      });
    }
  });

  it.each([
    [400, 'bad', 'invalid_request_error'],
    [429, 'slow down', 'rate_limit_error'],
    [500, '{"type":"error"}', 'api_error'],
    [529, '', 'overloaded_error'],
  ])('normalises the body of a %i', async (status, body, type) => {
    const plugin = await loadCcLbRust();
    const response = responseOf(plugin.dispatchSync(normalizeError, { status, body_base64: toBase64(body) }));
    expect(JSON.parse(fromBase64(response.body_base64 ?? ''))).toEqual({
      type: 'error',
      error: { type, message: body },
    });
  });

  it('leaves error bodies unchanged that are already normal', async () => {
    const plugin = await loadCcLbRust();
    const normal = JSON.stringify({ type: 'error', error: { type: 'api_error', message: 'm' } });
    for (const [status, body] of [
      [500, normal],
      [200, 'fine'],
    ] as const) {
      expect(
        responseOf(plugin.dispatchSync(normalizeError, { status, body_base64: toBase64(body) })),
      ).toEqual({ body_base64: null });
    }
  });

  it('observes every kind of event', async () => {
    const plugin = await loadCcLbRust();
    const events = [
      { kind: 'request_started' as const, request_id: 'r', downstream_user_agent: null },
      { kind: 'authn_complete' as const, principal_id: 'p', principal_kind: 'k' },
      { kind: 'upstream_chosen' as const, upstream: UPSTREAM },
      { kind: 'chunk' as const, batch_index: 2 ** 53 - 1, event_count: 1, total_bytes: 2 ** 32 - 1 },
      {
        kind: 'request_finished' as const,
        status: 200,
        input_tokens: 1,
        output_tokens: null,
        cache_creation_input_tokens: null,
        cache_read_input_tokens: null,
        duration_ms: 2 ** 53 - 1,
      },
      { kind: 'error' as const, code: 'c', message: 'm', source: 's' },
    ];
    expect(responseOf(plugin.dispatchSync(observe, { events }))).toEqual({});
  });
});
