import fc from 'fast-check';

import { toBase64 } from './load-toolchain-plugin.ts';

const SEED = 1;
/** Number of requests for each function. */
const COUNT = 400;

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const path = fc
  .array(
    fc.oneof(
      text,
      fc.constantFrom('/v1', '/v1/m', '//x', '/a/../b', '/%2e%2e/x', '/a%2e/b', '/v10', '/v1/?#\\'),
    ),
    { maxLength: 3 },
  )
  .map((parts) => `/${parts.join('')}`.replace('//', '/'));
const header = fc
  .tuple(
    fc.oneof(text, fc.constantFrom('Connection', 'Cookie', 'X-Signature', 'accept', 'x-y')),
    fc.oneof(text, fc.constantFrom('x-y, close', ' a ,\tACCEPT')),
  )
  .map(([name, value]) => ({ name, value_base64: toBase64(value) }));
const headers = fc.array(header, { maxLength: 5 });
const inner = fc.record({ type: text, message: text, detail: text }, { requiredKeys: [] });
const body = fc.oneof(
  text,
  fc.json(),
  fc
    .record({ error: fc.oneof(text, inner), message: text }, { requiredKeys: [] })
    .map((value) => JSON.stringify(value)),
);

/** Generators of requests with special forms, which generators from the contracts rarely create. */
const REQUESTS: Readonly<Record<string, fc.Arbitrary<object>>> = {
  shape: fc.tuple(path, fc.option(text), headers, text).map(([to, query, given, id]) => ({
    request: { request_id: 'r', headers: given, method: 'GET', path: to, query, body_base64: 'QUI=' },
    upstream: { kind: 'anthropic_direct' },
    principal: { id, kind: 'user', claims: {} },
  })),
  sign: fc
    .tuple(
      fc.oneof(
        path,
        text,
        path.map((to) => `https://a.b${to}`),
      ),
      headers,
      text,
      fc.nat(3),
      text,
    )
    .map(([url, given, content, counter, id]) => ({
      shaped: { url, method: 'POST', headers: given, body_base64: toBase64(content) },
      signer_state: {
        keys: [
          { key_id: 'k', key_base64: 'QQ==' },
          { key_id: id, key_base64: 'QUJD' },
        ],
        counter,
      },
    })),
  normalize_error: fc
    .tuple(fc.constantFrom(200, 400, 401, 403, 404, 413, 429, 500, 529), body)
    .map(([status, content]) => ({ status, body_base64: toBase64(content) })),
};

/** Returns these requests as pairs of a function and a request. They are the same in each run. */
export const randomRequests = (): readonly (readonly [string, object])[] =>
  Object.entries(REQUESTS).flatMap(([name, requests]) =>
    fc.sample(requests, { numRuns: COUNT, seed: SEED }).map((request) => [name, request] as const),
  );
