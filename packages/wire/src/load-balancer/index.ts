/**
 * The seven functions of a load balancer (protocol §7), in the order of a request. Every header value and body is base64
 * and stays a string here: a codec would cost more than the call.
 *
 * @module
 */
import { z } from 'zod';

import { defineWireFunction } from '../contract/define-wire-function.ts';
import { jsonValue } from '../json/json-value.ts';
import {
  candidate,
  clientRequest,
  event,
  header,
  nullIfAbsent,
  principal,
  shapedRequest,
  u16,
  upstream,
  upstreamError,
} from './shapes.ts';

const SAMPLE_ID = '00000000-0000-4000-8000-000000000001';
const SAMPLE_PRINCIPAL = { id: 'someone', kind: 'user', claims: {} };
const SAMPLE_UPSTREAM = { kind: 'anthropic_direct' as const };
const SAMPLE_SHAPED = { url: 'https://upstream.example/v1', method: 'POST', headers: [], body_base64: '' };
const SAMPLE_REQUEST = {
  request_id: 'r-1',
  headers: [{ name: 'accept', value_base64: 'Ki8q' }],
  method: 'POST',
  path: '/v1/messages',
  query: null,
  body_base64: '',
};

/**
 * Chooses among the upstreams that could serve a request: a decision for each candidate. `accept` and `reject` are known; other words may
 * come, and are no acceptance. By default all candidates are accepted.
 */
export const filter = defineWireFunction({
  name: 'filter',
  fallback: 'use_default',
  request: z.strictObject({
    ...clientRequest.shape,
    principal,
    candidates: z.array(candidate),
  }),
  response: z.strictObject({
    results: z.array(z.strictObject({ upstream_id: z.string(), decision: z.string(), reason: z.string() })),
  }),
  sample: {
    request: {
      ...SAMPLE_REQUEST,
      principal: SAMPLE_PRINCIPAL,
      candidates: [
        {
          upstream_id: SAMPLE_ID,
          name: 'one',
          kind: 'anthropic_direct',
          observed_rate_limits: [],
          subscription_quotas: [],
          observed_at_unix_secs: 1,
        },
      ],
    },
    response: { results: [{ upstream_id: SAMPLE_ID, decision: 'accept', reason: 'only one' }] },
  },
}).withDefault(({ candidates }) => ({
  results: candidates.map(({ upstream_id: id }) => ({
    upstream_id: id,
    decision: 'accept',
    reason: 'the plugin gave no answer: all candidates are accepted',
  })),
}));

/** Turns the client's request into the upstream's. Without an answer the request fails. */
export const shape = defineWireFunction({
  name: 'shape',
  fallback: 'fail_request',
  request: z.strictObject({ request: clientRequest, upstream, principal }),
  response: shapedRequest,
  sample: {
    request: { request: SAMPLE_REQUEST, upstream: SAMPLE_UPSTREAM, principal: SAMPLE_PRINCIPAL },
    response: SAMPLE_SHAPED,
  },
});

/** Makes the state that `sign` needs, from what the operator configured. Without an answer the request fails. */
export const buildSigner = defineWireFunction({
  name: 'build_signer',
  fallback: 'fail_request',
  request: z.strictObject({ upstream, factory_state: jsonValue }),
  response: z.strictObject({ signer_state: jsonValue }),
  sample: { request: { upstream: SAMPLE_UPSTREAM, factory_state: {} }, response: { signer_state: {} } },
});

/** Signs the upstream's request; null, or no key, leaves a part as it is. Without an answer the request fails. */
export const sign = defineWireFunction({
  name: 'sign',
  fallback: 'fail_request',
  request: z.strictObject({ shaped: shapedRequest, signer_state: jsonValue }),
  response: z.strictObject({
    url: nullIfAbsent(z.string()),
    method: nullIfAbsent(z.string()),
    headers: nullIfAbsent(z.array(header)),
    body_base64: nullIfAbsent(z.string()),
  }),
  sample: {
    request: { shaped: SAMPLE_SHAPED, signer_state: {} },
    response: { url: null, method: null, headers: [], body_base64: null },
  },
});

/** Says what to do when an upstream refuses the signature. Without an answer the refusal passes through. */
export const onUnauthorized = defineWireFunction({
  name: 'on_unauthorized',
  fallback: 'pass_through',
  request: z.strictObject({ error: upstreamError, signer_state: jsonValue }),
  response: z.strictObject({ decision: z.string(), signer_state: jsonValue }),
  sample: {
    request: { error: { status: 401, body_base64: null, category: 'unauthorized' }, signer_state: {} },
    response: { decision: 'give_up', signer_state: {} },
  },
});

/** Rewrites an upstream's error for the client; null, or no key, leaves it. Without an answer the error passes through. */
export const normalizeError = defineWireFunction({
  name: 'normalize_error',
  fallback: 'pass_through',
  request: z.strictObject({ status: u16, body_base64: z.string() }),
  response: z.strictObject({ body_base64: nullIfAbsent(z.string()) }),
  sample: { request: { status: 500, body_base64: '' }, response: { body_base64: null } },
});

/** Watches what happens to requests; its loss does no harm. */
export const observe = defineWireFunction({
  name: 'observe',
  fallback: 'silent_skip',
  request: z.strictObject({ events: z.array(event) }),
  response: z.strictObject({}),
  sample: {
    request: { events: [{ kind: 'request_started', request_id: 'r-1', downstream_user_agent: null }] },
    response: {},
  },
});

/** All seven, in the order of a request: what a balancer gives to `createPluginHost`. */
export const loadBalancerFunctions = [
  filter,
  shape,
  buildSigner,
  sign,
  onUnauthorized,
  normalizeError,
  observe,
] as const;
