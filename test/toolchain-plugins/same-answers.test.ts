import { readToolchainPlugin, TOOLCHAIN_PLUGINS, type ToolchainPluginName } from '@plugwire/pdk-fixtures';
import { createSandbox, PROTOCOL_FUNCTIONS, type Sandbox } from '@plugwire/runtime';
import { describeContracts, generateMessages } from '@plugwire/wire';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { BALANCERS, GUARDS } from '../support/balancer-plugins.ts';
import { toBase64 } from '../support/load-toolchain-plugin.ts';

const NAMES: readonly ToolchainPluginName[] = [...BALANCERS, ...GUARDS];
const CONFIG = {
  signing_key_id: 'configured',
  signing_key_base64: 'QQ==',
  path_prefixes: '{"/v1":"/x","/v1/":"/y/","/a%2e":"/","":"/e"}',
};
const SEED = 1;

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

/** What only a request of a certain form gets to. */
const REQUESTS = {
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

describe('the balancers of all languages', () => {
  const sandboxes: Sandbox[] = [];
  beforeAll(async () => {
    for (const name of NAMES) {
      const { needsWasi: wasi } = TOOLCHAIN_PLUGINS[name];
      const options = {
        wasi,
        config: CONFIG,
        hostFunctions: PROTOCOL_FUNCTIONS,
        limits: { deadlineMs: 10_000 },
      };
      sandboxes.push(await createSandbox(readToolchainPlugin(name), options));
    }
  }, 60_000);
  afterAll(() => {
    for (const sandbox of sandboxes) sandbox.close();
  });

  /** What each answers, by its code where it fails. Escapes may be spelled in several ways. */
  const answersTo = (name: string, request: object): readonly string[] =>
    sandboxes.map((sandbox) => {
      try {
        const output = sandbox.call(name, JSON.stringify({ ...request, _v: 1 })) ?? [];
        return JSON.stringify(JSON.parse(Buffer.from(output).toString()));
      } catch (error) {
        return (error as { code: string }).code;
      }
    });
  const expectSame = (name: string, request: object): void => {
    const [first, ...others] = answersTo(name, request);
    expect(others).toEqual(others.map(() => first));
  };

  it.each(Object.entries(REQUESTS))('give the same answers of %s', (name, requests) => {
    for (const request of fc.sample(requests as fc.Arbitrary<object>, { numRuns: 500, seed: SEED }))
      expectSame(name, request);
  });

  it.each(describeContracts(loadBalancerFunctions).contracts)(
    'give the same answers to any request of $name',
    ({ name, versions }) => {
      for (const { request, sample } of versions)
        for (const message of generateMessages(request, sample.request, { count: 200, seed: SEED }))
          expectSame(name, message as object);
    },
  );
});
