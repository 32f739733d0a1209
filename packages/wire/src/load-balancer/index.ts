/**
 * The contracts of the seven functions of a load balancer (protocol §7), in the order of a request. Header values and bodies are base64
 * strings. They are not decoded, because a codec would cost more than the call.
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
 * Chooses among the upstreams that could serve a request. The answer has a decision for each candidate: `accept`, `reject`, or another word,
 * which does not count as `accept`. The default accepts all candidates.
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

/** Converts the client's request to the request for the upstream. If the dispatch fails, the request fails. */
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

/** Creates the state that `sign` needs from the operator's configuration. If the dispatch fails, the request fails. */
export const buildSigner = defineWireFunction({
  name: 'build_signer',
  fallback: 'fail_request',
  request: z.strictObject({ upstream, factory_state: jsonValue }),
  response: z.strictObject({ signer_state: jsonValue }),
  sample: { request: { upstream: SAMPLE_UPSTREAM, factory_state: {} }, response: { signer_state: {} } },
});

/** Signs the request for the upstream. A key that is null or missing leaves that part unchanged. If the dispatch fails, the request fails. */
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

/** Decides what to do when an upstream refuses the signature. If the dispatch fails, the client gets the upstream's response. */
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

/** Rewrites an upstream's error for the client. Null or a missing key leaves it unchanged. If the dispatch fails, it is unchanged, too. */
export const normalizeError = defineWireFunction({
  name: 'normalize_error',
  fallback: 'pass_through',
  request: z.strictObject({ status: u16, body_base64: z.string() }),
  response: z.strictObject({ body_base64: nullIfAbsent(z.string()) }),
  sample: { request: { status: 500, body_base64: '' }, response: { body_base64: null } },
});

/** Observes what happens to requests. If the dispatch fails, the events are dropped. */
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

/** All seven contracts, in the order of a request. Pass them to `createPluginHost({ functions })`. */
export const loadBalancerFunctions = [
  filter,
  shape,
  buildSigner,
  sign,
  onUnauthorized,
  normalizeError,
  observe,
] as const;
