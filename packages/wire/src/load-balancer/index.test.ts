import { describe, expect, it } from 'vitest';

import type { Ladder } from '../contract/ladder.ts';
import { findLadder } from '../contract/ladder.ts';
import { readResponse } from '../contract/read-response.ts';
import { checkRequest, writeRequest } from '../contract/write-request.ts';
import type { WireFunction } from '../contract/wire-function.ts';
import {
  buildSigner,
  filter,
  loadBalancerFunctions,
  normalizeError,
  observe,
  onUnauthorized,
  shape,
  sign,
} from './index.ts';

type Fields = Record<string, unknown>;
type Cases = readonly (readonly [what: string, parts: Fields])[];
const ladderOf = (contract: WireFunction): Ladder => findLadder(contract) ?? expect.fail('no contract');
const request = (contract: WireFunction, value: unknown) => checkRequest(ladderOf(contract), value);
const response = (contract: WireFunction, value: Fields) =>
  readResponse(ladderOf(contract), 1, JSON.stringify({ ...value, _v: 1 }));

const U64 = Number.MAX_SAFE_INTEGER;
const ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const header: Fields = { name: 'accept', value_base64: 'Ki8q' };
const principal: Fields = { id: 'p', kind: 'user', claims: { any: [{ json: null }] } };
const client: Fields = {
  request_id: 'r',
  headers: [header],
  method: 'POST',
  path: '/',
  query: null,
  body_base64: '',
};
const upstream: Fields = { kind: 'anthropic_direct' };
const shaped: Fields = { url: 'https://u', method: 'POST', headers: [header], body_base64: '' };
const rateLimit: Fields = { kind: 'k', window: 'w', limit: U64, remaining: null, reset: null };
const quota: Fields = {
  window: 'w',
  source: 's',
  data_state: 'd',
  utilization: 0.5,
  status: null,
  resets_at_unix_secs: null,
  surpassed_threshold: null,
  representative_claim: null,
  disabled_reason: null,
  observed_at_unix_millis: null,
  age_secs: null,
};
const score: Fields = {
  predicted_cache_read_tokens: 1,
  predicted_cache_creation_tokens_5m: 2,
  predicted_cache_creation_tokens_1h: 3,
  predicted_uncached_input_tokens: 0xffff_ffff,
  confidence: 0.9,
};
const candidate: Fields = {
  upstream_id: ID,
  name: 'one',
  kind: 'k',
  observed_rate_limits: [rateLimit],
  subscription_quotas: [quota],
  observed_at_unix_secs: U64,
};
const filterRequest = (parts: Fields = {}): Fields => ({
  ...client,
  principal,
  candidates: [{ ...candidate, ...parts }],
});
const kept: Fields = { results: [{ upstream_id: ID, decision: 'accept', reason: 'r' }] };
const error: Fields = { status: 401, body_base64: null, category: 'unauthorized' };
const finished: Fields = {
  kind: 'request_finished',
  status: 65_535,
  input_tokens: null,
  output_tokens: null,
  cache_creation_input_tokens: null,
  cache_read_input_tokens: null,
  duration_ms: U64,
};
const events: readonly Fields[] = [
  { kind: 'request_started', request_id: 'r', downstream_user_agent: null },
  { kind: 'authn_complete', principal_id: 'p', principal_kind: 'user' },
  { kind: 'upstream_chosen', upstream },
  { kind: 'chunk', batch_index: 0, event_count: 1, total_bytes: U64 },
  finished,
  { kind: 'error', code: 'c', message: 'm', source: 's' },
];

describe('the contracts of a load balancer', () => {
  it.each([
    [filter, 'filter', 'use_default'],
    [shape, 'shape', 'fail_request'],
    [buildSigner, 'build_signer', 'fail_request'],
    [sign, 'sign', 'fail_request'],
    [onUnauthorized, 'on_unauthorized', 'pass_through'],
    [normalizeError, 'normalize_error', 'pass_through'],
    [observe, 'observe', 'silent_skip'],
  ])('have the right name, policy and version: %#', (contract: WireFunction, name, fallback) => {
    expect(contract).toMatchObject({ name, fallback, versions: [1] });
    expect(loadBalancerFunctions).toContain(contract);
  });

  it('are seven', () => {
    expect(new Set(loadBalancerFunctions.map(({ name }) => name)).size).toBe(7);
    expect(loadBalancerFunctions).toHaveLength(7);
  });

  it.each(loadBalancerFunctions.map((contract) => [contract.name, contract] as const))(
    'have samples that can be written and read: %s',
    (_, contract) => {
      const ladder = ladderOf(contract);
      const { sample } = ladder.newest;
      const checked = checkRequest(ladder, sample.request);
      const written = checked.ok ? writeRequest(ladder, 1, checked.message) : checked;
      expect(written.ok && JSON.parse(written.text)).toStrictEqual({ ...(sample.request as object), _v: 1 });
      expect(response(contract, sample.response as Fields)).toStrictEqual({
        ok: true,
        response: sample.response,
      });
    },
  );
});

const requests: readonly (readonly [name: string, contract: WireFunction, value: Fields])[] = [
  ['filter', filter, filterRequest()],
  ['shape', shape, { request: client, upstream, principal }],
  ['build_signer', buildSigner, { upstream, factory_state: [1, null, { a: 'x' }] }],
  ['sign', sign, { shaped, signer_state: 'any' }],
  ['on_unauthorized', onUnauthorized, { error, signer_state: null }],
  ['normalize_error', normalizeError, { status: 0, body_base64: '' }],
  ['observe', observe, { events }],
];
const responses: readonly (readonly [name: string, contract: WireFunction, value: Fields])[] = [
  ['filter', filter, kept],
  ['shape', shape, shaped],
  ['build_signer', buildSigner, { signer_state: [1, null] }],
  ['sign', sign, { url: null, method: null, headers: null, body_base64: null }],
  ['on_unauthorized', onUnauthorized, { decision: 'retry', signer_state: 1 }],
  ['normalize_error', normalizeError, { body_base64: null }],
  ['observe', observe, {}],
];

/** Copies of a value, in each of which one key of one of its objects is removed, or an unknown one added. */
const variants = (value: unknown, change: 'remove' | 'add'): [path: string, value: unknown][] => {
  if (Array.isArray(value)) {
    return value.flatMap((item, at) =>
      variants(item, change).map(
        ([path, other]) => [`[${at}]${path}`, value.with(at, other)] as [string, unknown],
      ),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  const own: [string, unknown][] =
    change === 'add'
      ? [['.unknown', { ...value, unknown: 1 }]]
      : Object.keys(value).map((key) => [
          `.${key}`,
          Object.fromEntries(Object.entries(value).filter(([each]) => each !== key)),
        ]);
  const inner = Object.entries(value)
    .filter(([key]) => !['claims', 'factory_state', 'signer_state'].includes(key)) // any JSON
    .flatMap(([key, part]) =>
      variants(part, change).map(
        ([path, other]) => [`.${key}${path}`, { ...value, [key]: other }] as [string, unknown],
      ),
    );
  return [...own, ...inner];
};

describe.each(requests)('a request of %s', (_, contract, value) => {
  it('is accepted', () => expect(request(contract, value)).toMatchObject({ ok: true }));

  it.each(variants(value, 'remove'))('is refused without %s', (_path, other) => {
    expect(request(contract, other)).toMatchObject({ ok: false, code: 'schema_mismatch' });
  });

  it.each(variants(value, 'add'))('is refused with %s', (_path, other) => {
    expect(request(contract, other)).toMatchObject({ ok: false, code: 'schema_mismatch' });
  });
});

describe.each(responses)('a response of %s', (name, contract, value) => {
  it('is accepted', () => expect(response(contract, value)).toStrictEqual({ ok: true, response: value }));

  const optional = new Set(['url', 'method', 'headers', 'body_base64'].map((key) => `.${key}`));
  const mayMiss = (path: string): boolean => ['sign', 'normalize_error'].includes(name) && optional.has(path);
  const missing = variants(value, 'remove');

  it.each(missing.filter(([path]) => mayMiss(path)))(
    'is accepted without %s, which becomes null',
    (path, other) => {
      expect(response(contract, other as Fields)).toStrictEqual({
        ok: true,
        response: { ...(other as Fields), [path.slice(1)]: null },
      });
    },
  );

  it.each([...missing.filter(([path]) => !mayMiss(path)), ...variants(value, 'add')])(
    'is refused if %s is removed or added',
    (_path, other) => {
      expect(response(contract, other as Fields)).toMatchObject({ ok: false, code: 'schema_mismatch' });
    },
  );
});

describe('in the messages,', () => {
  const more: Fields = {
    predicted_expires_at_unix_secs: U64,
    matched_breakpoint_index: 0,
    ambiguity_reason: 'a',
  };

  const taken: Cases = [
    ['a cache score', { cache_score: score }],
    ['a cache score with all of its keys', { cache_score: { ...score, ...more } }],
    ...Object.keys(more).map(
      (key) => [`a cache score with ${key}`, { cache_score: { ...score, [key]: more[key] } }] as const,
    ),
    ...Object.entries({ limit: null, remaining: 0, reset: 'soon' }).map(
      ([key, value]) =>
        [`a rate limit with ${key}`, { observed_rate_limits: [{ ...rateLimit, [key]: value }] }] as const,
    ),
    [
      'a quota with all of its values',
      {
        subscription_quotas: [
          {
            ...quota,
            utilization: -0.25,
            status: 's',
            resets_at_unix_secs: U64,
            surpassed_threshold: true,
            representative_claim: 'c',
            disabled_reason: 'd',
            observed_at_unix_millis: U64,
            age_secs: 0,
          },
        ],
      },
    ],
    ...['', 'one', 'upstream-1', '00000000-0000-0000-0000-000000000000', 'größe 1'].map(
      (id) => [`the id "${id}"`, { upstream_id: id }] as const,
    ),
  ];
  it.each(taken)('a candidate may have %s', (_, parts) => {
    expect(request(filter, filterRequest(parts))).toMatchObject({ ok: true });
  });

  const tooMuch = 2 ** 53;
  const notU64 = [-1, 0.5, tooMuch, '1'];
  const notU32 = [-1, 0.5, 0x1_0000_0000];
  const refused: Cases = [
    ...notU64.map((value) => [`observed_at_unix_secs ${value}`, { observed_at_unix_secs: value }] as const),
    ...['limit', 'remaining'].flatMap((key) =>
      notU64.map(
        (value) => [`${key} ${value}`, { observed_rate_limits: [{ ...rateLimit, [key]: value }] }] as const,
      ),
    ),
    ...['resets_at_unix_secs', 'observed_at_unix_millis', 'age_secs'].flatMap((key) =>
      notU64.map(
        (value) => [`${key} ${value}`, { subscription_quotas: [{ ...quota, [key]: value }] }] as const,
      ),
    ),
    ...[...Object.keys(score).filter((key) => key !== 'confidence'), 'matched_breakpoint_index'].flatMap(
      (key) =>
        notU32.map((value) => [`${key} ${value}`, { cache_score: { ...score, [key]: value } }] as const),
    ),
    ...notU64.map(
      (value) =>
        [`expiry ${value}`, { cache_score: { ...score, predicted_expires_at_unix_secs: value } }] as const,
    ),
    ...Object.keys(more).map(
      (key) => [`null as ${key}`, { cache_score: { ...score, [key]: null } }] as const,
    ),
    ['null as cache_score', { cache_score: null }],
    ['a cache score with an unknown key', { cache_score: { ...score, unknown: 1 } }],
    ['a cache score without confidence', { cache_score: { ...score, confidence: undefined } }],
  ];
  it.each(refused)('a candidate may not have %s', (_, parts) => {
    expect(request(filter, filterRequest(parts))).toMatchObject({ ok: false, code: 'schema_mismatch' });
  });

  it.each([-1, 65_536, 1.5, '500', null])('a status may not be %s', (status) => {
    for (const [contract, value] of [
      [normalizeError, { status, body_base64: '' }],
      [onUnauthorized, { error: { ...error, status }, signer_state: null }],
      [observe, { events: [{ ...finished, status }] }],
    ] as const) {
      expect(request(contract, value)).toMatchObject({ ok: false, code: 'schema_mismatch' });
    }
  });

  const counts = ['input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'];
  it.each([...counts, 'duration_ms'])('%s of an event is an unsigned integer up to 2^53 − 1', (key) => {
    expect(request(observe, { events: [{ ...finished, [key]: U64 }] })).toMatchObject({ ok: true });
    for (const value of notU64) {
      expect(request(observe, { events: [{ ...finished, [key]: value }] })).toMatchObject({ ok: false });
    }
  });

  it.each(['batch_index', 'event_count', 'total_bytes'])(
    '%s of a chunk is an unsigned integer up to 2^53 − 1',
    (key) => {
      for (const value of [...notU64, null]) {
        expect(request(observe, { events: [{ ...events[3], [key]: value }] })).toMatchObject({ ok: false });
      }
    },
  );

  it.each(['unauthorized', 'retryable', 'failed'])(
    'an upstream error may have the category %s',
    (category) => {
      expect(request(onUnauthorized, { error: { ...error, category }, signer_state: {} })).toMatchObject({
        ok: true,
      });
    },
  );

  it.each([
    ['another category', onUnauthorized, { error: { ...error, category: 'lost' }, signer_state: {} }],
    ['another upstream', buildSigner, { upstream: { kind: 'other' }, factory_state: {} }],
    ['another event', observe, { events: [{ kind: 'other' }] }],
    ['claims in an array', shape, { request: client, upstream, principal: { ...principal, claims: [] } }],
    ['no claims', shape, { request: client, upstream, principal: { ...principal, claims: null } }],
    ['a body of bytes', normalizeError, { status: 500, body_base64: new Uint8Array(1) }],
  ])('%s is refused', (_, contract: WireFunction, value) => {
    expect(request(contract, value)).toMatchObject({ ok: false, code: 'schema_mismatch' });
  });

  it('base64 is not checked', () => {
    expect(request(normalizeError, { status: 500, body_base64: 'not base64!' })).toMatchObject({ ok: true });
  });

  it.each(['accept', 'reject', 'defer', ''])('a filter may decide "%s"', (decision) => {
    const results = [{ upstream_id: 'any form', decision, reason: '' }];
    expect(response(filter, { results })).toStrictEqual({ ok: true, response: { results } });
  });

  it('sign may return all parts of the request', () => {
    expect(response(sign, shaped)).toStrictEqual({ ok: true, response: shaped });
  });
});
