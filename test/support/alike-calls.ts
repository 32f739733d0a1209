import { readFileSync } from 'node:fs';

import {
  buildOffer,
  canonicalOffer,
  type ContractDescription,
  generateMessages,
  hostileMessages,
  readDescription,
  stringifyExactJson,
} from '@plugwire/wire';

import { toBase64 } from './load-toolchain-plugin.ts';
import { randomRequests } from './random-requests.ts';

const DESCRIPTIONS = new URL('../../packages/pdk-fixtures/plugins/shared/contracts/', import.meta.url);
const contractsOf = (name: string): readonly ContractDescription[] =>
  readDescription(readFileSync(new URL(`${name}.json`, DESCRIPTIONS), 'utf8')).contracts;

/** One call. Requests have their wire form. */
export interface Call {
  readonly label: string;
  readonly name: string;
  readonly request: string | Uint8Array<ArrayBuffer>;
}

const call = (name: string, request: object): Call => {
  const text = stringifyExactJson({ ...request, _v: 1 });
  return { label: `${name} ${text}`, name, request: text };
};

/** Requests of every shape, including requests that must be refused. */
const generated = (contracts: readonly ContractDescription[]): readonly Call[] =>
  contracts.flatMap(({ name, versions }) =>
    versions.flatMap(({ version, request, sample }) => [
      ...generateMessages(request, sample.request, { count: 60 }).map((message) =>
        call(name, message as object),
      ),
      ...hostileMessages(request, sample.request, version).map(({ label, content }) => ({
        label: `${name}: ${label}`,
        name,
        request: content,
      })),
    ]),
  );

const protocolCalls = (contracts: readonly ContractDescription[]): readonly Call[] => {
  const names = contracts.map(({ name }) => name);
  const offers = [[1], [1, 2], [2, 3]].flatMap((versions) =>
    [[], ['clock', 'log', 'metrics', 'random', 'storage']].map((capabilities) =>
      canonicalOffer(
        buildOffer(
          [...names, 'another'].map((name) => ({ name, versions })),
          capabilities,
        ),
      ),
    ),
  );
  return [
    ...offers.map((request) => ({ label: `handshake ${request}`, name: 'cc_lb_handshake', request })),
    ...[names, ['another'], [...names, 'another']].map((tested) => {
      const request = JSON.stringify({ functions_to_test: tested, initiated_at: 1_700_000_000 });
      return { label: `self-check ${request}`, name: 'cc_lb_self_check', request };
    }),
  ];
};

const HEADERS = ['Accept', 'X-Signature', 'cookie', 'x-one', 'TE', 'x-Principal-Id', 'Host', 'x-two'].map(
  (name) => ({ name, value_base64: toBase64(`value of ${name}`) }),
);
const CLIENT_REQUEST = {
  request_id: 'r-1',
  headers: [...HEADERS, { name: 'Connection', value_base64: toBase64(' close ,X-One,, \tx-two') }],
  method: 'POST',
  path: '/v1/messages',
  query: 'a=1#?\\ü',
  body_base64: toBase64('{"prompt":"…"}'),
};
const PRINCIPAL = { id: 'Grüße 100% \n', kind: 'user', claims: { groups: [1, 'two', null] } };
const PATHS = [
  '/',
  '',
  'v1',
  '//host',
  '/\\host',
  '/v1',
  '/v10/x',
  '/v1/x?y',
  '/ü #\\',
  '/v1/messages/',
].concat(['/a/../b', '/a/%2e%2E/b', '/a/.b', '/internal', '/internal/', '/..', '/%2e']);
const shapes = PATHS.map((path) =>
  call('shape', {
    request: { ...CLIENT_REQUEST, path, query: path.length % 2 === 0 ? null : CLIENT_REQUEST.query },
    upstream: { kind: 'anthropic_direct' },
    principal: PRINCIPAL,
  }),
);

const limit = (most: number | null, remaining: number | null) => ({
  kind: 'tokens',
  window: '1m',
  limit: most,
  remaining,
  reset: null,
});
const quota = (utilization: number | null, surpassed: boolean | null) => ({
  window: '5h',
  source: 'headers',
  data_state: 'fresh',
  utilization,
  status: null,
  resets_at_unix_secs: null,
  surpassed_threshold: surpassed,
  representative_claim: null,
  disabled_reason: null,
  observed_at_unix_millis: null,
  age_secs: null,
});
const candidates = [
  ...[limit(null, null), limit(100, 0), limit(100, 4), limit(100, 5), limit(null, 1), limit(0, 1)].map(
    (each) => [[each], []],
  ),
  ...[quota(null, null), quota(0.95, false), quota(0.949, null), quota(0, true), quota(1e300, false)].map(
    (each) => [[], [each]],
  ),
  [[limit(10, 9), limit(10, 0)], [quota(1, true)]],
].map(([limits, quotas], at) => ({
  upstream_id: `upstream ${at} "ü"`,
  name: 'n',
  kind: 'k',
  observed_rate_limits: limits,
  subscription_quotas: quotas,
  observed_at_unix_secs: at,
}));
const filterOf = (id: string, from: readonly object[]): Call =>
  call('filter', { ...CLIENT_REQUEST, principal: { ...PRINCIPAL, id }, candidates: from });
const filters = [
  filterOf('ada', candidates),
  ...['ada', 'ada', 'ada', 'bob', 'ada', 'ada', 'bob', 'bob'].map((id) =>
    filterOf(id, candidates.slice(0, 2)),
  ),
  filterOf('ada', candidates.slice(1, 2)),
  filterOf('ada', []),
];

const key = (id: string, secret: string) => ({ key_id: id, key_base64: toBase64(secret) });
const STATES = [
  { keys: [key('k', 's')], counter: 0 },
  { counter: 1, keys: [key('k', 's'), key('k-2', 'x'.repeat(200)), key('"\\', 'é')] },
  { keys: [key('k', 's')], counter: 1 },
  { keys: [], counter: 0 },
  { keys: Array.from({ length: 16 }, (_, at) => key(`k-${at}`, `${at}`)), counter: 15 },
  { keys: Array.from({ length: 17 }, () => key('k', 's')), counter: 0 },
  { keys: [key('', 's')], counter: 0 },
  { keys: [key('k', '')], counter: 0 },
  { keys: [key('ü', 's')], counter: 0 },
  { keys: [{ ...key('k', 's'), more: 1 }], counter: 0 },
  { keys: [{ key_id: 'k', key_base64: 'QQ=' }], counter: 0 },
  { keys: [{ key_id: 'k', key_base64: 'QR==' }], counter: 0 },
  { keys: [key('k', 's')], counter: -1 },
  { keys: [key('k', 's')] },
  { keys: 'k', counter: 0 },
  {},
  null,
  [1],
];
const URLS = ['/v1?x', 'https://host', 'https://host/v1?x', 'a/b://c/d', '', '/x://y/z', 'c:d', '://'];
const signers = [
  ...STATES.flatMap((state) => [
    call('sign', {
      shaped: {
        url: '/v1',
        method: 'POST',
        headers: CLIENT_REQUEST.headers,
        body_base64: toBase64('b'.repeat(100)),
      },
      signer_state: state,
    }),
    call('build_signer', { upstream: { kind: 'anthropic_direct' }, factory_state: state }),
    ...['unauthorized', 'retryable', 'other'].map((category) =>
      call('on_unauthorized', { error: { status: 401, body_base64: null, category }, signer_state: state }),
    ),
  ]),
  ...URLS.map((url) =>
    call('sign', {
      shaped: { url, method: 'GET', headers: [], body_base64: '' },
      signer_state: STATES[0],
    }),
  ),
  call('build_signer', {
    upstream: { kind: 'anthropic_direct' },
    factory_state: { keys: [key('"k"', 's'), key('k-2', 't')] },
  }),
];

const BODIES = [
  '',
  '{}',
  'null',
  '<html>',
  '"text"',
  '[1]',
  '{"message":"m","message":"n"}',
  '{"message":7}',
  '{"type":"error","error":{"type":"busy","message":"später \\ud83d\\ude00 \\u0001\\b"}}',
  '{"error":{"message":"a \\"b\\" \\n","detail":"d"},"detail":"outside"}',
  '{"error":"never","type":"outside"}',
  ' {"detail":"gone"} ',
  '{"type":"error","error":{"type":"teapot","message":"ü","status":418}}',
  `${'['.repeat(200)}${']'.repeat(200)}`,
];
const errors = [200, 400, 401, 403, 404, 413, 418, 429, 500, 529, 599].flatMap((status) =>
  BODIES.map((body) => call('normalize_error', { status, body_base64: toBase64(body) })),
);
const badBase64 = ['A', 'AA=A', 'AAA', 'A A=', 'AB==', '=', '====', 'ä==', 'AA\n='].map((body) =>
  call('normalize_error', { status: 500, body_base64: body }),
);
const events = [
  { kind: 'request_started', request_id: 'r', downstream_user_agent: null },
  { kind: 'chunk', batch_index: 0, event_count: 1, total_bytes: Number.MAX_SAFE_INTEGER },
  { kind: 'error', code: 'c', message: 'm', source: 's' },
  { code: 'c', message: 'm', source: 's', kind: 'error' },
];
const observations = [[], events, events.slice(2)].map((each) => call('observe', { events: each }));

const GREET = contractsOf('greet');
const LOAD_BALANCER = contractsOf('load-balancer');
const greetings = ['Ada', '', 'Grüße 🌍\u0000\u007f"\\/\n', 'x'.repeat(100_000)].map((name) =>
  call('greet', { name }),
);
const balancing = [
  ...protocolCalls(LOAD_BALANCER),
  ...filters,
  ...shapes,
  ...signers,
  ...errors,
  ...badBase64,
  ...observations,
  ...randomRequests().map(([name, request]) => call(name, request)),
];

/** The calls to each kind of plugin, in order. */
export const CALLS = {
  greeter: [...protocolCalls(GREET), ...greetings, ...generated(GREET)],
  'load balancer': [...balancing, ...generated(LOAD_BALANCER)],
  guard: [...balancing, ...generated(LOAD_BALANCER)],
} as const satisfies Record<string, readonly Call[]>;

/** Kinds of plugins that exist in several languages with the same behaviour. */
export type PluginKind = keyof typeof CALLS;

const BALANCER_CONFIGS = [
  {},
  {
    path_prefixes: '{"/v1":"/api/v2 ?ü","/v1/messages":"/m/","/internal":"/..","/internal/":"/in//"}',
    min_remaining_share: '0.5',
    max_utilization: '1e1',
    signing_key_id: 'configured',
    signing_key_base64: toBase64('configured'),
  },
  {
    path_prefixes: '{"/v1":"/x","/v1/":"/y/","/a%2e":"/","":"/e"}',
    signing_key_id: 'k',
    signing_key_base64: 'QQ==',
  },
  { path_prefixes: '[]', min_remaining_share: '1.5', max_utilization: 'x', signing_key_id: 'k' },
  { path_prefixes: '{"/v1":1}', max_utilization: '-0.1', signing_key_id: ' ', signing_key_base64: 'QQ==' },
];
/** The configurations with which they are called. */
export const CONFIGS: Readonly<Record<PluginKind, readonly Readonly<Record<string, string>>[]>> = {
  greeter: [{}],
  'load balancer': BALANCER_CONFIGS,
  guard: [
    ...BALANCER_CONFIGS.slice(0, 2),
    { requests_per_second: '2', count_events: 'true', log_errors: 'true', sign_once: 'true' },
    { requests_per_second: '3', slots: '3', slot: '1', limit_by: 'everyone', log_errors: 'true' },
    { requests_per_second: '0' },
    { requests_per_second: '1', slot: '1' },
    { requests_per_second: '1', limit_by: 'nobody' },
    { requests_per_second: '1', slots: '65' },
    { sign_once: 'yes', count_events: '', log_errors: '1' },
  ],
};
