import type { DispatchOutcome } from '@plugwire/runtime';
import { filter, loadBalancerFunctions, shape } from '@plugwire/wire/load-balancer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { GUARDS, BALANCERS } from '../support/balancer-plugins.ts';
import { fromBase64, loadToolchainPlugin, responseOf, toBase64 } from '../support/load-toolchain-plugin.ts';

const ID = (at: number): string => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
const REQUEST = {
  request_id: 'r-1',
  headers: [],
  method: 'POST',
  path: '/v1/messages',
  query: null,
  body_base64: '',
};
/** Returns the upstreams that a plugin accepts, in the plugin's order. */
const acceptedBy = (outcome: DispatchOutcome<typeof filter>): string[] =>
  responseOf(outcome)
    .results.filter(({ decision }) => decision === 'accept')
    .map(({ upstream_id: id }) => id);

const PRINCIPAL = { id: 'someone', kind: 'user', claims: {} };
const LIMIT = { kind: 'tokens', window: '1m', limit: 100, remaining: 50, reset: null };
const QUOTA = {
  window: '5h',
  source: 'headers',
  data_state: 'fresh',
  utilization: 0.5,
  status: null,
  resets_at_unix_secs: 1,
  surpassed_threshold: false,
  representative_claim: null,
  disabled_reason: null,
  observed_at_unix_millis: null,
  age_secs: 3,
};
const SCORE = {
  predicted_cache_read_tokens: 1,
  predicted_cache_creation_tokens_5m: 2,
  predicted_cache_creation_tokens_1h: 0xffff_ffff,
  predicted_uncached_input_tokens: 4,
  confidence: 1e-7,
};
const candidate = (at: number, parts: object = {}) => ({
  upstream_id: ID(at),
  name: `upstream ${at} ü`,
  kind: 'anthropic_direct',
  observed_rate_limits: [LIMIT],
  subscription_quotas: [QUOTA],
  observed_at_unix_secs: Number.MAX_SAFE_INTEGER,
  ...parts,
});
const filterOf = (...candidates: ReturnType<typeof candidate>[]) => ({
  ...REQUEST,
  principal: PRINCIPAL,
  candidates,
});

describe.each([...BALANCERS, ...GUARDS])('filter of %s', (name) => {
  const load = async (config: Record<string, string> = {}) =>
    await loadToolchainPlugin(name, loadBalancerFunctions, { config });

  it.each([
    ['a rate limit with enough left', {}, true, 'within its limits'],
    ['no observations', { observed_rate_limits: [], subscription_quotas: [] }, true, 'within its limits'],
    [
      'a rate limit that is unknown',
      { observed_rate_limits: [{ ...LIMIT, remaining: null }] },
      true,
      'within its limits',
    ],
    [
      'a rate limit at the share',
      { observed_rate_limits: [{ ...LIMIT, remaining: 5 }] },
      true,
      'within its limits',
    ],
    [
      'a rate limit below the share',
      { observed_rate_limits: [LIMIT, { ...LIMIT, kind: 'requests', remaining: 4 }] },
      false,
      'rate limit nearly exhausted: requests per 1m',
    ],
    [
      'nothing left',
      { observed_rate_limits: [{ ...LIMIT, limit: null, remaining: 0 }] },
      false,
      'rate limit exhausted: tokens per 1m',
    ],
    [
      'something left of an unknown limit',
      { observed_rate_limits: [{ ...LIMIT, limit: null, remaining: 1 }] },
      true,
      'within its limits',
    ],
    [
      'a quota at the threshold',
      { subscription_quotas: [{ ...QUOTA, utilization: 0.95 }] },
      false,
      'quota nearly used up: headers per 5h',
    ],
    [
      'a quota just below it',
      { subscription_quotas: [{ ...QUOTA, utilization: 0.9499999 }] },
      true,
      'within its limits',
    ],
    [
      'an unknown quota',
      { subscription_quotas: [{ ...QUOTA, utilization: null, surpassed_threshold: null }] },
      true,
      'within its limits',
    ],
    [
      'a surpassed quota',
      { subscription_quotas: [{ ...QUOTA, surpassed_threshold: true }] },
      false,
      'quota surpassed: headers per 5h',
    ],
    [
      'a cache score',
      { cache_score: { ...SCORE, matched_breakpoint_index: 0, ambiguity_reason: '"' } },
      true,
      'within its limits',
    ],
  ])('decides for %s', async (_, parts, accepted, reason) => {
    const plugin = await load();
    const answer = responseOf(plugin.dispatchSync(filter, filterOf(candidate(1, parts), candidate(2))));
    expect(answer.results).toEqual([
      { upstream_id: ID(1), decision: accepted ? 'accept' : 'reject', reason },
      { upstream_id: ID(2), decision: 'accept', reason: 'within its limits' },
    ]);
  });

  it('rejects all upstreams if all are exhausted', async () => {
    const spent = { observed_rate_limits: [{ ...LIMIT, remaining: 0 }] };
    const plugin = await load();
    expect(
      acceptedBy(plugin.dispatchSync(filter, filterOf(candidate(1, spent), candidate(2, spent)))),
    ).toEqual([]);
    expect(responseOf(plugin.dispatchSync(filter, filterOf()))).toEqual({ results: [] });
  });

  it('reads its thresholds from the configuration, and fails if they are invalid', async () => {
    const plugin = await load({ min_remaining_share: '0.6', max_utilization: '2.5e-1' });
    const [one, other] = [
      candidate(1, { subscription_quotas: [] }),
      candidate(2, { observed_rate_limits: [] }),
    ];
    expect(acceptedBy(plugin.dispatchSync(filter, filterOf(one, other)))).toEqual([]);
    const broken = await load({ min_remaining_share: '2' });
    expect(broken.dispatchSync(filter, filterOf(one))).toMatchObject({ error: { code: 'guest_error' } });
  });

  it('decides like the same rule in TypeScript for random observations', async () => {
    const plugin = await load();
    const count = fc.option(fc.integer({ min: 0, max: 1000 }));
    const parts = fc.record({
      observed_rate_limits: fc.array(
        fc.record({ limit: count, remaining: count }).map((some) => Object.assign({}, LIMIT, some)),
        { maxLength: 3 },
      ),
      subscription_quotas: fc.array(
        fc
          .record({
            utilization: fc.option(fc.double({ min: 0, max: 2, noNaN: true })),
            surpassed_threshold: fc.option(fc.boolean()),
          })
          .map((some) => Object.assign({}, QUOTA, some)),
        { maxLength: 3 },
      ),
    });
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), (list) => {
        const expected = list.flatMap(({ observed_rate_limits: limits, subscription_quotas: quotas }, at) => {
          const isSpent = limits.some(
            ({ limit, remaining }) =>
              remaining !== null && (remaining === 0 || (limit !== null && remaining < limit * 0.05)),
          );
          const isUsed = quotas.some(
            ({ utilization, surpassed_threshold: surpassed }) =>
              surpassed || (utilization !== null && utilization >= 0.95),
          );
          return isSpent || isUsed ? [] : [ID(at)];
        });
        const outcome = plugin.dispatchSync(filter, filterOf(...list.map((some, at) => candidate(at, some))));
        expect(acceptedBy(outcome)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe.each(BALANCERS)('shape of %s', (name) => {
  const load = async (config: Record<string, string> = {}) =>
    await loadToolchainPlugin(name, loadBalancerFunctions, { config });
  const shapeOf = (request: Partial<typeof REQUEST> | object, id = 'someone') => ({
    request: { ...REQUEST, ...request },
    upstream: { kind: 'anthropic_direct' as const },
    principal: { ...PRINCIPAL, id },
  });
  const PREFIXES = JSON.stringify({ '/v1': '/api/v1', '/v1/models': '/models', '/old/': '/', '/ü': '/u e' });

  it.each([
    ['/v1/messages', null, '/api/v1/messages'],
    ['/v1', '', '/api/v1?'],
    ['/v1/models/x', 'a=b&c', '/models/x?a=b&c'],
    ['/v10/x', null, '/v10/x'],
    ['/old/x', null, '/x'],
    ['/ü/é', 'ü=#?', '/u%20e/%C3%A9?%C3%BC=%23?'],
    ['/a b?c#d', null, '/a%20b%3Fc%23d'],
    ['/', null, '/'],
    ['/.../..a/%2ex', null, '/.../..a/%2ex'],
  ])('converts the path %s and the query %s to the target %s', async (path, query, url) => {
    const plugin = await load({ path_prefixes: PREFIXES });
    expect(responseOf(plugin.dispatchSync(shape, shapeOf({ path, query }))).url).toBe(url);
  });

  it.each([
    '',
    'v1',
    '//evil.example/',
    '/\\evil.example',
    '/v1/../admin',
    '/v1/%2e%2E/admin',
    '/.',
    '/a\\..\\b',
    '/old//x',
  ])('refuses the path "%s"', async (path) => {
    const plugin = await load({ path_prefixes: PREFIXES });
    expect(plugin.dispatchSync(shape, shapeOf({ path }))).toMatchObject({
      kind: 'fallback',
      policy: 'fail_request',
      error: { code: 'guest_error' },
    });
  });

  it('removes headers that must not be sent upstream, and adds the principal', async () => {
    const plugin = await load();
    const header = (of: string, value: string) => ({ name: of, value_base64: toBase64(value) });
    const headers = [
      header('Accept', '*/*'),
      header('CONNECTION', 'close, X-Hop'),
      header('x-hop', '1'),
      ...['Host', 'Content-Length', 'Authorization', 'cookie', 'X-Api-Key', 'TE', 'Upgrade'].map((of) =>
        header(of, 'x'),
      ),
      header('X-Principal-Id', 'root'),
      header('x-signature', 'forged'),
      header('Accept', 'twice'),
    ];
    const answer = responseOf(plugin.dispatchSync(shape, shapeOf({ headers }, 'Jörg\r\nx: y%')));
    expect(answer.headers.map((each) => [each.name, fromBase64(each.value_base64)])).toEqual([
      ['Accept', '*/*'],
      ['Accept', 'twice'],
      ['x-principal-id', 'J%C3%B6rg%0D%0Ax:%20y%25'],
    ]);
  });

  it('keeps the method and the body, even a body of a megabyte', async () => {
    const plugin = await load();
    const body = toBase64(Uint8Array.from({ length: 1 << 20 }, (_, at) => (at * at) % 251));
    const answer = responseOf(plugin.dispatchSync(shape, shapeOf({ method: 'PATCH', body_base64: body })));
    expect(answer.method).toBe('PATCH');
    expect(answer.body_base64 === body).toBe(true);
  });
});
