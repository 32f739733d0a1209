import { jsonValue } from '@plugwire/wire';
import { filter, shape, sign } from '@plugwire/wire/load-balancer';
import { z } from 'zod';

// Imports past the public entry of wire, because contracts do not expose their schemas and the other hosts must do the same work.
import {
  candidate,
  clientRequest,
  header,
  nullIfAbsent,
  principal,
  shapedRequest,
  upstream,
} from '../../packages/wire/dist/load-balancer/shapes.js';
import type { BenchContract } from './contracts.ts';
import { shapedOf } from './echo-contract.ts';

/** The load balancer's `sign`: one large text, and a state of any JSON. */
export const signing: BenchContract = {
  title: sign.name,
  wire: sign,
  request: z.strictObject({ shaped: shapedRequest, signer_state: jsonValue }),
  response: z.strictObject({
    url: nullIfAbsent(z.string()),
    method: nullIfAbsent(z.string()),
    headers: nullIfAbsent(z.array(header)),
    body_base64: nullIfAbsent(z.string()),
  }),
  messageOf: (bytes) => ({
    shaped: shapedOf(bytes - JSON.stringify(SIGNER_STATE).length),
    signer_state: SIGNER_STATE,
  }),
};

/** The state, as the load balancer's plugins keep it. */
const SIGNER_STATE = { keys: [{ key_id: 'k-1', key_base64: 'c2VjcmV0' }], counter: 0 };

/** The load balancer's `shape`: the response is almost the same as the request. */
export const shaping: BenchContract = {
  title: shape.name,
  wire: shape,
  request: z.strictObject({ request: clientRequest, upstream, principal }),
  response: shapedRequest,
  messageOf: (bytes) => {
    const bare = JSON.stringify(shapeOf('')).length;
    return bare > bytes ? undefined : shapeOf('QUJD'.repeat((bytes - bare) / 4));
  },
};

const CLIENT_REQUEST = {
  request_id: 'r-0123456789',
  headers: [
    { name: 'content-type', value_base64: 'YXBwbGljYXRpb24vanNvbg==' },
    { name: 'authorization', value_base64: 'QmVhcmVyIHNlY3JldA==' },
    { name: 'x-version', value_base64: 'MjAyMy0wNi0wMQ==' },
  ],
  method: 'POST',
  path: '/v1/messages',
  query: null,
};
const PRINCIPAL = { id: 'someone', kind: 'user', claims: { groups: ['one', 'two'] } };

const shapeOf = (base64: string): object => ({
  request: { ...CLIENT_REQUEST, body_base64: base64 },
  upstream: { kind: 'anthropic_direct' },
  principal: PRINCIPAL,
});

/** The load balancer's `filter`: many small objects, with as many candidates as fit. */
export const filtering: BenchContract = {
  title: filter.name,
  wire: filter,
  request: z.strictObject({ ...clientRequest.shape, principal, candidates: z.array(candidate) }),
  response: z.strictObject({
    results: z.array(z.strictObject({ upstream_id: z.string(), decision: z.string(), reason: z.string() })),
  }),
  messageOf: (bytes) => {
    const count = Math.round(
      (bytes - JSON.stringify(filterOf(0)).length) / JSON.stringify(candidateAt(0)).length,
    );
    return count < 1 ? undefined : filterOf(count);
  },
};

const filterOf = (candidates: number): object => ({
  ...CLIENT_REQUEST,
  body_base64: '',
  principal: PRINCIPAL,
  candidates: Array.from({ length: candidates }, (_, at) => candidateAt(at)),
});

const candidateAt = (at: number): object => ({
  upstream_id: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
  name: `upstream ${String(at).padStart(3, '0')}`,
  kind: 'anthropic_direct',
  observed_rate_limits: [
    { kind: 'requests', window: '1m', limit: 4000, remaining: 3999, reset: '2026-01-01T00:00:00Z' },
    { kind: 'tokens', window: '1m', limit: 400_000, remaining: 312_345, reset: null },
  ],
  subscription_quotas: [],
  observed_at_unix_secs: 1_750_000_000,
});
